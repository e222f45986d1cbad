package api

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAPanicOfAHandlerIsAnAnswer(t *testing.T) {
	w := newWorld(t)
	handler := w.api.measured(route{path: "/test"}, func(http.ResponseWriter, *http.Request) error {
		var none []int
		_ = none[len(none)]
		return nil
	})
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, httptest.NewRequest(http.MethodPost, "/test", nil))
	if out.Code != http.StatusInternalServerError {
		t.Errorf("status %d, want 500", out.Code)
	}
}
