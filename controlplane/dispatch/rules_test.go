package dispatch

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"assay/controlplane/fleet"
	"assay/controlplane/queue"
	"assay/controlplane/state"
	"assay/judge"
)

// crowded is a term with a hundred agents of 64 boxes, all of them busy, and
// so many submissions waiting.
type crowded struct {
	rules    *Rules
	now      time.Time
	proposed []state.Finish
	given    []given
	next     int
}

type given struct {
	to *sink
	at fleet.Attempt
}

// sink is an agent that keeps what it is given for the benchmark to finish.
type sink struct {
	*crowded
	node string
}

func (s *sink) Assign(a fleet.Assignment)     { s.given = append(s.given, given{s, a.Attempt}) }
func (s *sink) Watch(fleet.Attempt, int)      {}
func (s *sink) Ack(fleet.Attempt)             {}
func (s *sink) Abandon(fleet.Attempt, string) {}

func newCrowded(agents, queued int) *crowded {
	c := &crowded{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	c.rules = NewRules(DefaultConfig(), func(string) queue.Terms { return queue.Terms{} }, c.now, func(cmd state.Command) {
		c.proposed = append(c.proposed, cmd.(state.Finish))
	})
	for i := range agents {
		s := &sink{c, fmt.Sprintf("node-%03d", i)}
		c.rules.Heard(c.now, s, s.node, fleet.Hello{Node: s.node, Boxes: 64, Languages: []judge.Language{
			{ID: "c", Available: true}, {ID: "cpp", Available: true}, {ID: "java", Available: true}, {ID: "python3", Available: true},
		}})
		c.rules.Heard(c.now, s, s.node, fleet.Credit(65))
	}
	for range queued {
		c.submit()
	}
	return c
}

// submit hands in the next one of 50 tenants', whose strings the replicated
// state would own.
func (c *crowded) submit() {
	c.next++
	c.rules.Submitted(c.now, state.Record{
		Submit: state.Submit{
			ID: fmt.Sprintf("01J%023d", c.next), Tenant: tenants[c.next%len(tenants)],
			Language: []string{"c", "cpp", "java", "python3"}[c.next%4], Tests: 20, Timeout: time.Minute,
			Spec:  judge.Payload{Digest: digests[c.next%len(digests)]},
			Suite: judge.Payload{Digest: digests[c.next%200]},
		},
		Status: judge.StatusQueued, CreatedAt: c.now,
	})
}

var tenants, digests = func() (t []string, d []judge.Digest) {
	for i := range 50 {
		t = append(t, fmt.Sprint("tenant-", i))
	}
	for i := range 4096 {
		d = append(d, judge.DigestOf([]byte(fmt.Sprint(i))))
	}
	return t, d
}()

// finish brings the oldest assignment to its end, and hands in another
// submission in its place.
func (c *crowded) finish() {
	g := c.given[0]
	c.given = c.given[1:]
	c.rules.Heard(c.now, g.to, g.to.node, fleet.Report{Attempt: g.at, Verdict: judge.Accepted, BoxTime: 300 * time.Millisecond})
	c.rules.Heard(c.now, g.to, g.to.node, fleet.Credit(1))
	f := c.proposed[0]
	c.proposed = c.proposed[:0]
	c.rules.Ended(c.now, f.ID, judge.StatusFinished)
	c.submit()
	c.now = c.now.Add(10 * time.Microsecond)
}

// One submission through the rules, from acceptance by assignment to the end,
// with idle agents and with a backlog. Processor time, the collector's
// included, counts on machines that are shared with other work.
func BenchmarkAssignAndFinish(b *testing.B) {
	for _, queued := range []int{100, 3000, 200_000, 1_000_000} {
		b.Run(fmt.Sprint("of ", queued), func(b *testing.B) {
			c := newCrowded(100, queued)
			b.ReportAllocs()
			b.ResetTimer()
			start := cpu(b)
			for range b.N {
				c.finish()
			}
			b.ReportMetric(float64(cpu(b)-start)/float64(b.N), "cpu-ns/op")
		})
	}
}

func cpu(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// What a waiting submission takes in the leader, beyond what the replicated
// state holds anyway.
func TestAWaitingSubmissionTakesLessThanAKilobyte(t *testing.T) {
	const n = 100_000
	c := newCrowded(1, 0)
	before := heap()
	for range n {
		c.submit()
	}
	ids := uint64(n * 32) // which the state shares
	each := (heap() - before - ids) / n
	runtime.KeepAlive(c)
	t.Logf("%d bytes", each)
	if each > 1024 {
		t.Errorf("a waiting submission takes %d bytes", each)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
