package state

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/judge"
)

// script turns bytes into commands over few ids, so that they meet.
type script []byte

func (s *script) next(n int) int {
	if len(*s) == 0 {
		return 0
	}
	b := (*s)[0]
	*s = (*s)[1:]
	return int(b) % n
}

func (s *script) command() Command {
	id := fmt.Sprintf("%02d", s.next(12))
	tenant := fmt.Sprint("tenant-", s.next(3))
	switch s.next(11) {
	case 0, 1, 2:
		key := []string{"", "", "k1", "k2"}[s.next(4)]
		return Submit{
			ID: id, Tenant: tenant, Batch: []string{"", "b1", "b2"}[s.next(3)], Language: []string{"go", "cpp"}[s.next(2)],
			IdempotencyKey: key, Fingerprint: fmt.Sprint(s.next(2)), Spec: judge.Payload{Inline: []byte(id), Size: 2},
		}
	case 3:
		verdict := judge.Verdicts()[s.next(len(judge.Verdicts()))]
		return Finish{ID: id, Attempt: s.next(4), Verdict: verdict, Summary: judge.Summary{Groups: make([]judge.GroupResult, s.next(2))}}
	case 4:
		return Requeue{ID: id, Attempt: s.next(5), Reason: "lost"}
	case 5:
		return Cancel{ID: id, Tenant: tenant}
	case 6:
		return Expire{Before: t0.Add(time.Duration(s.next(256)) * time.Second), Limit: s.next(4)}
	case 7:
		return SetLevel{Level: s.next(4)}
	case 8:
		return Check{Index: uint64(s.next(20)), Voters: []string{"a", "b", "c"}[:s.next(4)]}
	case 9:
		return Vote{Index: uint64(s.next(20)), Server: string(rune('a' + s.next(4))), Hash: [32]byte{byte(s.next(2))}}
	default:
		return StoreSuite{Tenant: tenant, Digest: judge.DigestOf([]byte(id)), Size: 2, Tests: 1}
	}
}

// restored is the store that a snapshot of s makes.
func restored(s *Store) *Store {
	v, c := s.View(), New()
	for r := range v.Records() {
		c.LoadRecord(r)
	}
	for x := range v.Suites() {
		c.LoadSuite(x)
	}
	c.LoadClock(v.Now())
	c.LoadLevel(v.Level())
	c.LoadChecks(v.Checks())
	return c
}

// Two stores are given the same commands, in the same or in other portions.
// One of them is now and then replaced by what its snapshot makes.
func FuzzStoresAgreeWhateverIsRestoredInBetween(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 16 {
		seed := make([]byte, 500)
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := script(data)
		a, b := New(), New()
		for len(s) > 0 {
			now := t0.Add(time.Duration(s.next(256)) * time.Second)
			var cs []Command
			for range 1 + s.next(6) {
				cs = append(cs, s.command())
			}
			before := a.View()
			hash := before.Hash()
			events := a.Apply(now, cs)
			if s.next(4) == 0 {
				b = restored(b)
			}
			if again := oneByOne(b, now, cs); !reflect.DeepEqual(events, again) {
				t.Fatalf("events differ:\n%s", cmp.Diff(events, again, cmpopts.EquateErrors()))
			}
			if before.Hash() != hash {
				t.Fatal("a view changed")
			}
			invariants(t, a)
			agree(t, a.View(), b.View())
		}
	})
}

func oneByOne(s *Store, now time.Time, cs []Command) []Event {
	var events []Event
	for _, c := range cs {
		events = append(events, s.Apply(now, []Command{c})...)
	}
	return events
}

// agree compares every query.
func agree(t *testing.T, a, b View) {
	t.Helper()
	if a.Hash() != b.Hash() || a.Counts() != b.Counts() || a.Len() != b.Len() {
		t.Fatalf("hash or counts differ: %+v, %+v", a.Counts(), b.Counts())
	}
	compare := func(what string, x, y any) {
		t.Helper()
		if !reflect.DeepEqual(x, y) {
			t.Fatalf("%s:\n%s", what, cmp.Diff(x, y))
		}
	}
	compare("queued", ids(a.Queued()), ids(b.Queued()))
	for i := range 3 {
		tenant := fmt.Sprint("tenant-", i)
		x, nextX := a.List(tenant, Filter{Language: "go"}, "", 3)
		y, nextY := b.List(tenant, Filter{Language: "go"}, "", 3)
		compare("list", x, y)
		compare("cursor", nextX, nextY)
		compare("counts", a.TenantCounts(tenant), b.TenantCounts(tenant))
		for _, key := range []string{"k1", "k2"} {
			p, _ := a.Idempotent(tenant, key)
			q, _ := b.Idempotent(tenant, key)
			compare("key", p, q)
		}
	}
	for _, batch := range []string{"b1", "b2"} {
		compare("batch", ids(a.Batch(batch)), ids(b.Batch(batch)))
	}
}

// invariants holds every index against the records.
func invariants(t *testing.T, s *Store) {
	t.Helper()
	v := s.View()
	var want Counts
	var queued []string
	ended, keys, batched := 0, 0, 0
	for r := range v.Records() {
		want = want.plus(r.Status, 1)
		if r.Status.Terminal() != !r.FinishedAt.IsZero() || r.Status.Terminal() != (r.Verdict != "") {
			t.Fatalf("half finished: %+v", r)
		}
		if r.Status.Terminal() {
			ended++
		} else {
			queued = append(queued, r.ID)
		}
		if r.IdempotencyKey != "" {
			keys++
		}
		if r.Batch != "" {
			batched++
		}
	}
	if v.Counts() != want || !slices.Equal(ids(v.Queued()), queued) {
		t.Fatalf("counts %+v, want %+v", v.Counts(), want)
	}
	if s.ended.Len() != ended || s.keys.Len() != keys || s.batches.Len() != batched || s.tenants.Len() != s.records.Len() {
		t.Fatal("an index does not match the records")
	}
}
