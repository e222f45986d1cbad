package state

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/judge"
)

var t0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// do applies one command at t0 and returns its event.
func do(s *Store, c Command) Event { return s.Apply(t0, []Command{c})[0] }

func submission(id string) Submit { return Submit{ID: id, Tenant: "acme", Language: "cpp", Tests: 3} }

func accepted(id string) Finish {
	return Finish{ID: id, Attempt: 1, Verdict: judge.Accepted, Node: "node-1", Summary: judge.Summary{Total: 3, Passed: 3}}
}

// A submission is put into a state by some commands; one more shows what that
// state allows.
func TestEveryCommandInEveryState(t *testing.T) {
	queued := []Command{submission("1")}
	lost := append(queued, Requeue{ID: "1", Attempt: 1, Reason: "node-1 is gone"})
	finished := append(queued, accepted("1"))
	cancelled := append(queued, Cancel{ID: "1", Tenant: "acme"})
	rejected := Finish{ID: "1", Attempt: 2, Verdict: judge.WrongAnswer}
	tests := []struct {
		name      string
		given     []Command
		command   Command
		status    judge.Status
		lost      int
		duplicate bool
		err       error
	}{
		{"submit", nil, submission("1"), judge.StatusQueued, 0, false, nil},
		{"submit again", queued, submission("1"), judge.StatusQueued, 0, true, nil},
		{"submit again after the end", finished, submission("1"), judge.StatusFinished, 0, true, nil},
		{"submit another tenant's id", queued, Submit{ID: "1", Tenant: "other"}, "", 0, false, ErrExists},

		{"finish nothing", nil, accepted("1"), "", 0, false, ErrNotFound},
		{"finish", queued, accepted("1"), judge.StatusFinished, 0, false, nil},
		{"finish after a lost attempt", lost, rejected, judge.StatusFinished, 1, false, nil},
		{"finish by an attempt that was thought lost", lost, accepted("1"), judge.StatusFinished, 1, false, nil},
		{"finish again", finished, rejected, judge.StatusFinished, 0, true, nil},
		{"finish after a cancel", cancelled, accepted("1"), judge.StatusCancelled, 0, true, nil},

		{"requeue nothing", nil, Requeue{ID: "1", Attempt: 1}, "", 0, false, ErrNotFound},
		{"requeue", queued, Requeue{ID: "1", Attempt: 1}, judge.StatusQueued, 1, false, nil},
		{"requeue the same attempt again", lost, Requeue{ID: "1", Attempt: 1}, judge.StatusQueued, 1, true, nil},
		{"requeue the next attempt", lost, Requeue{ID: "1", Attempt: 2}, judge.StatusQueued, 2, false, nil},
		{"requeue after a finish", finished, Requeue{ID: "1", Attempt: 1}, judge.StatusFinished, 0, true, nil},
		{"requeue after a cancel", cancelled, Requeue{ID: "1", Attempt: 1}, judge.StatusCancelled, 0, true, nil},

		{"cancel nothing", nil, Cancel{ID: "1", Tenant: "acme"}, "", 0, false, ErrNotFound},
		{"cancel", queued, Cancel{ID: "1", Tenant: "acme"}, judge.StatusCancelled, 0, false, nil},
		{"cancel another tenant's", queued, Cancel{ID: "1", Tenant: "other"}, "", 0, false, ErrNotFound},
		{"cancel after a finish", finished, Cancel{ID: "1", Tenant: "acme"}, judge.StatusFinished, 0, false, ErrFinished},
		{"cancel again", cancelled, Cancel{ID: "1", Tenant: "acme"}, judge.StatusCancelled, 0, true, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := New()
			s.Apply(t0, tt.given)
			e := do(s, tt.command)
			told := recordOf(e)
			if told.Status != tt.status || told.Lost != tt.lost || e.Duplicate != tt.duplicate || !errors.Is(e.Err, tt.err) {
				t.Errorf("status %q, lost %d, duplicate %v, err %v", told.Status, told.Lost, e.Duplicate, e.Err)
			}
			if stored, ok := s.Get("1"); ok && tt.status != "" && !cmp.Equal(stored, told) {
				t.Errorf("the event does not tell what is stored:\n%s", cmp.Diff(stored, told))
			}
			if changes := !tt.duplicate && tt.err == nil; e.Changed() != changes {
				t.Errorf("changed: %v", e.Changed())
			}
		})
	}
}

// recordOf is the zero Record when an event tells of none.
func recordOf(e Event) Record {
	if e.Record == nil {
		return Record{}
	}
	return *e.Record
}

func TestTheFirstResultStands(t *testing.T) {
	s := New()
	do(s, submission("1"))
	want := do(s, accepted("1")).Record
	late := do(s, Finish{ID: "1", Attempt: 2, Verdict: judge.JudgeError, Node: "node-2"})
	if diff := cmp.Diff(want, late.Record); diff != "" {
		t.Error(diff)
	}
}

func TestAnIdempotencyKeyStandsForOneRequestOfOneTenant(t *testing.T) {
	s := New()
	keyed := func(id, tenant, fingerprint string) Submit {
		return Submit{ID: id, Tenant: tenant, IdempotencyKey: "k", Fingerprint: fingerprint}
	}
	do(s, keyed("1", "acme", "f"))
	if e := do(s, keyed("2", "acme", "f")); !e.Duplicate || e.Record.ID != "1" {
		t.Errorf("same request: %+v", e)
	}
	if e := do(s, keyed("3", "acme", "g")); !errors.Is(e.Err, ErrExists) || e.Record != nil {
		t.Errorf("another request: %+v", e)
	}
	if e := do(s, keyed("4", "other", "g")); e.Err != nil || e.Record.ID != "4" {
		t.Errorf("another tenant: %+v", e)
	}
	if r, ok := s.View().Idempotent("acme", "k"); !ok || r.ID != "1" {
		t.Errorf("lookup found %q", r.ID)
	}
	if n := s.View().Counts().Queued; n != 2 {
		t.Errorf("%d are queued", n)
	}
}

func TestSubmissionsWithoutAKeyAreNeverTheSame(t *testing.T) {
	s := New()
	do(s, submission("1"))
	if e := do(s, submission("2")); e.Duplicate || e.Err != nil {
		t.Errorf("%+v", e)
	}
	if _, ok := s.View().Idempotent("acme", ""); ok {
		t.Error("the empty key stands for something")
	}
}

func TestSuitesBelongToTheirTenant(t *testing.T) {
	s := New()
	d := judge.DigestOf([]byte("suite"))
	c := StoreSuite{Tenant: "acme", Digest: d, Size: 5, Tests: 2}
	if e := do(s, c); e.Duplicate || e.Suite != Suite(c) {
		t.Errorf("first: %+v", e)
	}
	if e := do(s, c); !e.Duplicate || e.Suite != Suite(c) {
		t.Errorf("again: %+v", e)
	}
	if _, ok := s.View().Suite("other", d); ok {
		t.Error("another tenant sees the suite")
	}
	if e := do(s, StoreSuite{Tenant: "other", Digest: d, Size: 5, Tests: 2}); e.Duplicate {
		t.Error("storing a suite tells that another tenant has it")
	}
}

func TestTimeNeverGoesBack(t *testing.T) {
	s := New()
	s.Apply(t0, []Command{submission("1")})
	e := s.Apply(t0.Add(-time.Hour), []Command{submission("2")})[0]
	if !e.Record.CreatedAt.Equal(t0) || !s.View().Now().Equal(t0) {
		t.Errorf("created at %v, now %v", e.Record.CreatedAt, s.View().Now())
	}
}

func TestTimesAreEqualValuesWhateverTheLeadersZone(t *testing.T) {
	s, u := New(), New()
	s.Apply(t0.In(time.FixedZone("there", 3600)), []Command{submission("1")})
	u.Apply(t0, []Command{submission("1")})
	a, _ := s.Get("1")
	b, _ := u.Get("1")
	if a.CreatedAt != b.CreatedAt {
		t.Errorf("%#v is not %#v", a.CreatedAt, b.CreatedAt)
	}
}

func TestExpireForgetsTheOldestThatEnded(t *testing.T) {
	s := New()
	for i := range 5 {
		c := submission(fmt.Sprint(i))
		c.Batch, c.IdempotencyKey = "b", "key-"+c.ID
		s.Apply(t0.Add(time.Duration(i)*time.Minute), []Command{c})
		if i != 2 {
			do(s, accepted(c.ID))
		}
	}
	e := do(s, Expire{Before: t0.Add(4 * time.Minute), Limit: 2})
	if !slices.Equal(e.Forgot, []string{"0", "1"}) || !e.Changed() {
		t.Errorf("first forgot %v", e.Forgot)
	}
	e = do(s, Expire{Before: t0.Add(4 * time.Minute), Limit: 2})
	if !slices.Equal(e.Forgot, []string{"3"}) {
		t.Errorf("then forgot %v: not the queued one, nor the one that ended at the limit", e.Forgot)
	}
	if e := do(s, Expire{Before: t0, Limit: 100}); e.Changed() {
		t.Errorf("then forgot %v", e.Forgot)
	}
	if got := ids(s.View().Batch("b")); !slices.Equal(got, []string{"2", "4"}) {
		t.Errorf("the batch still has %v", got)
	}
	if e := do(s, Submit{ID: "9", Tenant: "acme", IdempotencyKey: "key-0", Fingerprint: "new"}); e.Err != nil {
		t.Errorf("the key of what was forgotten is taken: %v", e.Err)
	}
}

func TestAForgottenTenantLeavesNothing(t *testing.T) {
	s := New()
	c := submission("1")
	c.Batch, c.IdempotencyKey = "b", "k"
	do(s, c)
	do(s, accepted("1"))
	do(s, Expire{Before: t0.Add(time.Hour), Limit: 10})
	empty := New()
	empty.LoadClock(t0)
	if s.View().Hash() != empty.View().Hash() {
		t.Error("something is left in the records")
	}
	left := s.queued.Len() + s.ended.Len() + s.tenants.Len() + s.batches.Len() + s.keys.Len() + s.counts.Len()
	if left != 0 || s.total != (Counts{}) {
		t.Errorf("%d index entries are left, counts %+v", left, s.total)
	}
}

func TestCountsAreByTenant(t *testing.T) {
	s := New()
	s.Apply(t0, []Command{
		submission("1"), submission("2"), submission("3"),
		Submit{ID: "4", Tenant: "other"},
		accepted("1"),
		Cancel{ID: "2", Tenant: "acme"},
		Requeue{ID: "3", Attempt: 1},
	})
	v := s.View()
	if got, want := v.Counts(), (Counts{Queued: 2, Finished: 1, Cancelled: 1}); got != want {
		t.Errorf("all: %+v", got)
	}
	if got, want := v.TenantCounts("acme"), (Counts{Queued: 1, Finished: 1, Cancelled: 1}); got != want {
		t.Errorf("acme: %+v", got)
	}
	if got := v.TenantCounts("nobody"); got != (Counts{}) {
		t.Errorf("nobody: %+v", got)
	}
}

func TestAViewStaysAsItWas(t *testing.T) {
	s := New()
	do(s, submission("1"))
	v := s.View()
	hash := v.Hash()
	s.Apply(t0.Add(time.Hour), []Command{accepted("1"), submission("2"), Expire{Before: t0.Add(2 * time.Hour), Limit: 9}})
	if r, ok := v.Get("1"); !ok || r.Status != judge.StatusQueued || v.Hash() != hash {
		t.Errorf("the view has %+v, %v", r, ok)
	}
	if got := ids(v.Queued()); !slices.Equal(got, []string{"1"}) {
		t.Errorf("the view has queued %v", got)
	}
}

func TestAPageContinuesWhereTheLastOneEnded(t *testing.T) {
	s := New()
	for i := range 7 {
		do(s, submission(fmt.Sprint(i)))
		do(s, Submit{ID: fmt.Sprintf("%d-other", i), Tenant: "other", Language: "cpp"})
	}
	do(s, accepted("5"))
	do(s, accepted("2"))
	tests := []struct {
		name   string
		filter Filter
		limit  int
		want   [][]string
	}{
		{"all", Filter{}, 3, [][]string{{"6", "5", "4"}, {"3", "2", "1"}, {"0"}}},
		{"a full last page", Filter{}, 7, [][]string{{"6", "5", "4", "3", "2", "1", "0"}}},
		{"by status", Filter{Status: judge.StatusFinished}, 1, [][]string{{"5"}, {"2"}, nil}},
		{"by verdict", Filter{Verdict: judge.Accepted}, 5, [][]string{{"5", "2"}}},
		{"by language", Filter{Language: "go"}, 5, [][]string{nil}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got [][]string
			cursor := ""
			for {
				page, next := s.View().List("acme", tt.filter, cursor, tt.limit)
				got = append(got, ids(slices.Values(page)))
				if cursor = next; cursor == "" {
					break
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPageThatFindsNothingStillEnds(t *testing.T) {
	s := New()
	for i := range maxScan + 10 {
		do(s, submission(fmt.Sprintf("%06d", i)))
	}
	page, next := s.View().List("acme", Filter{Language: "go"}, "", 5)
	if len(page) != 0 || next != "000010" {
		t.Errorf("%d found, next is %q", len(page), next)
	}
	if page, next = s.View().List("acme", Filter{Language: "go"}, next, 5); len(page) != 0 || next != "" {
		t.Errorf("%d found, then next is %q", len(page), next)
	}
}

func ids(records func(func(Record) bool)) []string {
	var got []string
	for r := range records {
		got = append(got, r.ID)
	}
	return got
}
