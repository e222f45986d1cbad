package api

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestNoTenantTakesEveryPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces("bodies", 4)
		take := func(tenant string) func() {
			release, err := p.turn(t.Context(), tenant, time.Second)
			if err != nil {
				t.Fatalf("%s: %v", tenant, err)
			}
			return release
		}
		take("greedy")
		take("greedy")
		free := take("greedy")
		_, err := p.turn(t.Context(), "greedy", time.Second)
		if r := explain(err); r == nil || r.Status != http.StatusServiceUnavailable || r.RetryAfter != time.Second {
			t.Errorf("a fourth place: %v, want 503", err)
		}
		other := take("modest")
		if _, err := p.turn(t.Context(), "modest", time.Second); err == nil {
			t.Error("there were five places")
		}
		other()
		free()
		take("greedy")
		if n := p.taken(); n != 3 {
			t.Errorf("%d are taken, want 3", n)
		}
	})
}

func TestASinglePlaceIsEverybodysInTurn(t *testing.T) {
	p := newPlaces("bodies", 1)
	for _, tenant := range []string{"a", "b", "a"} {
		release, err := p.turn(t.Context(), tenant, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
}
