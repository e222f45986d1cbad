package replica

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestALeaderLeadsWhenAMajorityOfTheVotersIsInItsTerm(t *testing.T) {
	const term = 7
	silent := uint64(0) // no answer before the question is given up
	for name, tt := range map[string]struct {
		terms []uint64 // of the others, which vote
		rest  []uint64 // of those that do not vote
		leads bool
	}{
		"nobody else":                           {nil, nil, true},
		"all":                                   {[]uint64{7, 7}, nil, true},
		"one of three is elsewhere":             {[]uint64{7, 8}, nil, true},
		"one of three is silent":                {[]uint64{silent, 7}, nil, true},
		"two of three are in a newer term":      {[]uint64{8, 8}, nil, false},
		"two of three have forgotten the term":  {[]uint64{6, 6}, nil, false},
		"one of three is silent, one elsewhere": {[]uint64{silent, 8}, nil, false},
		"two of four":                           {[]uint64{7, 8, 8}, nil, false},
		"three of five":                         {[]uint64{7, 8, 7, 8}, nil, true},
		"those who do not vote do not count":    {[]uint64{8, 8}, []uint64{7, 7, 7}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				servers, terms := []Peer{}, map[string]uint64{}
				for i, its := range append(append([]uint64{term}, tt.terms...), tt.rest...) {
					id := string(rune('a' + i))
					terms[id] = its
					servers = append(servers, Peer{ID: id, Address: id, Voter: i <= len(tt.terms)})
				}
				r := &Replica{board: newBoard(), cfg: Config{TermOf: func(ctx context.Context, address string) (uint64, error) {
					if terms[address] == silent {
						<-ctx.Done()
						return 0, ctx.Err()
					}
					return terms[address], nil
				}}}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, changed := r.board.get()
				if err := r.followed(ctx, servers, term, changed); (err == nil) != tt.leads {
					t.Errorf("leads: %v", err)
				}
			})
		})
	}
}

func TestALeaderThatLosesItsTermWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Replica{board: newBoard(), cfg: Config{TermOf: func(ctx context.Context, _ string) (uint64, error) {
			<-ctx.Done()
			return 0, ctx.Err()
		}}}
		r.board.set(standing{leader: "a", term: 7, led: 7})
		_, changed := r.board.get()
		answer := make(chan error)
		go func() {
			answer <- r.followed(t.Context(), []Peer{{ID: "b", Voter: true}, {ID: "c", Voter: true}}, 7, changed)
		}()
		r.board.set(standing{leader: "a", address: "elsewhere", term: 7, led: 7}) // that is no reason
		synctest.Wait()
		r.board.set(standing{})
		if err := <-answer; !errors.Is(err, ErrNotLeader) {
			t.Errorf("%v", err)
		}
	})
}

// What raft itself takes for a sign that it leads goes on here: heartbeats are
// answered.
func TestALeaderWhoseFollowersAreInANewerTermKnowsNothingOfTheLatest(t *testing.T) {
	var newer atomic.Uint64
	c := threeReplicasWith(t, func(_ int, cfg Config) Config {
		terms := cfg.TermOf
		cfg.TermOf = func(ctx context.Context, address string) (uint64, error) {
			term, err := terms(ctx, address)
			return term + newer.Load(), err
		}
		return cfg
	})
	c.must(t, submit("1"))
	leader, _ := c.leader(t)
	if _, err := leader.LeaderIndex(t.Context()); err != nil {
		t.Errorf("before: %v", err)
	}
	newer.Store(1)
	if _, err := leader.LeaderIndex(t.Context()); !errors.Is(err, ErrNotLeader) {
		t.Errorf("afterwards: %v", err)
	}
}
