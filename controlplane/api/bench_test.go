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

// What an answer with 20 tests costs, and what the connection adds.
func BenchmarkAnswer(b *testing.B) {
	w := newWorld(b)
	id := w.submit(small).ID
	w.finish(id, accepted(20))
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := httptest.NewRequest("GET", "/v1/submissions/"+id, nil)
			r.Host = "localhost"
			out := httptest.NewRecorder()
			w.api.ServeHTTP(out, r)
			if out.Code != http.StatusOK {
				b.Fatal(out.Code, out.Body)
			}
		}
	})
	b.Run("connection", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.do("GET", "/v1/submissions/"+id, "").is(http.StatusOK)
		}
	})
}
