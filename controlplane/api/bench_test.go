package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What the API itself costs per submission, without network, disk and quorum.
func BenchmarkSubmit(b *testing.B) {
	w := newWorld(b, func(s *settings) {
		s.tenants.Tenants = generous
		s.tenants.Tenants[0].Queue, s.intake.Queue = 1<<30, 1<<30
	})
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/v1/submissions", strings.NewReader(small))
		r.Host = "localhost"
		r.Header.Set("Content-Type", "application/json")
		out := httptest.NewRecorder()
		w.api.ServeHTTP(out, r)
		if out.Code != http.StatusAccepted {
			b.Fatal(out.Code, out.Body)
		}
	}
}
