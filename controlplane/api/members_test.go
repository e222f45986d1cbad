package api

import (
	"net/http"
	"testing"
)

func TestAServerThatIsAloneHasNoClusterToChange(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"PUT", "/v1/cluster/servers/n2?address=127.0.0.1:2360", http.StatusConflict},
		{"PUT", "/v1/cluster/servers/n2?address=nowhere", http.StatusUnprocessableEntity},
		{"PUT", "/v1/cluster/servers/n%209?address=127.0.0.1:2360", http.StatusUnprocessableEntity},
		{"PUT", "/v1/cluster/servers/%1B%5B2J?address=127.0.0.1:2360", http.StatusUnprocessableEntity},
		{"PUT", "/v1/cluster/servers/%2E%2E?address=127.0.0.1:2360", http.StatusUnprocessableEntity},
		{"PUT", "/v1/cluster/servers/n2?address=n%1B2:2360", http.StatusUnprocessableEntity},
		{"DELETE", "/v1/cluster/servers/s1", http.StatusConflict},
		{"DELETE", "/v1/cluster/servers/unknown", http.StatusNotFound},
		{"POST", "/v1/cluster/transfer", http.StatusConflict},
		{"POST", "/v1/cluster/transfer?to=unknown", http.StatusNotFound},
	} {
		w.do(tt.method, tt.path, "", "Authorization", "Bearer op").problem(tt.status)
		w.do(tt.method, tt.path, "").problem(http.StatusUnauthorized)
	}
}

func TestAServerThatCannotBeLetInIsToldByField(t *testing.T) {
	w := newWorld(t)
	p := w.do("PUT", "/v1/cluster/servers/n%209?address=nowhere", "", "Authorization", "Bearer op").problem(http.StatusUnprocessableEntity)
	if len(p.Errors) != 2 || p.Errors[0].Field != "id" || p.Errors[1].Field != "address" {
		t.Errorf("%+v", p.Errors)
	}
}
