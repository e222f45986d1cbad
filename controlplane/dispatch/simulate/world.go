package simulate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"assay/controlplane/dispatch"
	"assay/controlplane/fleet"
	"assay/controlplane/queue"
	"assay/controlplane/state"
	"assay/judge"
)

// world is one run.
type world struct {
	Scenario
	calendar
	rng   *rand.Rand
	epoch time.Time
	now   int64 // nanoseconds from the epoch
	cfg   dispatch.Config
	rules *dispatch.Rules

	requests  []request
	suites    []judge.Digest
	languages []string
	nodes     []*node // those that are there
	born      int
	left      int // submissions that have not ended

	usage usage
	tally tally
}

// Run simulates sc until its last submission has ended.
func Run(sc Scenario) Report {
	started, used := time.Now(), processor()
	w := newWorld(sc)
	w.begin()
	for w.left > 0 {
		e := w.next()
		w.now = e.at
		e.do(w, e)
	}
	// On a machine that is shared with other work the real time says little; the
	// processor time is not to be had for every single input.
	core := w.tally.core.Seconds() / time.Since(started).Seconds() * float64(processor()-used)
	return w.sum(time.Duration(core))
}

func newWorld(sc Scenario) *world {
	w := &world{
		Scenario: sc, rng: rand.New(rand.NewPCG(sc.Seed, 1)), cfg: dispatch.DefaultConfig(),
		epoch: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	w.requests = crowd(sc, w.rng)
	w.left = len(w.requests)
	for i := range max(1, sc.Suites) {
		w.suites = append(w.suites, judge.DigestOf([]byte(fmt.Sprint("suite ", i))))
	}
	for _, t := range sc.Tenants {
		for _, p := range t.Programs {
			if !slices.Contains(w.languages, p.Language) {
				w.languages = append(w.languages, p.Language)
			}
		}
	}
	w.usage.tenants = make([]usageOf, len(sc.Tenants))
	w.rules = dispatch.NewRules(w.cfg, w.terms(), w.epoch, w.propose)
	return w
}

func (w *world) terms() func(string) queue.Terms {
	terms := map[string]queue.Terms{}
	for _, t := range w.Tenants {
		terms[t.Name] = queue.Terms{Weight: t.Weight}
	}
	return func(tenant string) queue.Terms { return terms[tenant] }
}

// begin enters what happens of itself.
func (w *world) begin() {
	for range w.Nodes {
		w.attach(event{})
	}
	w.after(int64(w.cfg.Tick), event{do: (*world).tick})
	if w.Requests > 0 {
		w.add(event{at: w.requests[0].arrival, do: (*world).submit})
	}
	for i := w.Requests; i < len(w.requests); i++ {
		w.add(event{at: w.requests[i].arrival, do: (*world).submit, n: i})
	}
	w.scheduleLoss()
}

func (w *world) at(ns int64) time.Time { return w.epoch.Add(time.Duration(ns)) }

func (w *world) after(ns int64, e event) {
	e.at = w.now + ns
	w.add(e)
}

// submit is the commit of submission number n. The next of the crowd follows
// it.
func (w *world) submit(e event) {
	r := &w.requests[e.n]
	if next := e.n + 1; next < w.Requests {
		w.add(event{at: w.requests[next].arrival, do: (*world).submit, n: next})
	}
	w.waits(r, true)
	w.submitted(r)
}

func (w *world) tick(e event) {
	w.ticked()
	w.after(int64(w.cfg.Tick), e)
}

// propose is the log: what is proposed is committed a moment later.
func (w *world) propose(c state.Command) {
	switch c := c.(type) {
	case state.Finish:
		n := index(c.ID)
		if c.Verdict == judge.JudgeError {
			w.tally.judgeErrors++
		}
		w.after(int64(commit), event{do: (*world).finished, n: n})
	case state.Requeue:
		w.tally.requeued++
		w.after(int64(commit), event{do: (*world).requeued, n: index(c.ID)})
	}
}

func (w *world) finished(e event) {
	r := &w.requests[e.n]
	if r.ended != never {
		return
	}
	r.ended = w.now
	w.left--
	w.waits(r, false)
	if w.left == len(w.requests)/100 {
		w.settle()
		w.usage.most = w.usage.boxTime / w.usage.capacity
	}
	w.ended(r)
}

func (w *world) requeued(e event) {
	r := &w.requests[e.n]
	if r.ended != never {
		return
	}
	r.lost++
	w.waits(r, true)
	w.lostOne(r)
}

// attach brings a new node.
func (w *world) attach(event) {
	n := &node{
		world: w, name: fmt.Sprintf("node-%05d", w.born), attempts: map[fleet.Token]*attempt{},
		suites: map[int]bool{}, programs: map[uint64]*artifact{},
	}
	w.born++
	w.settle()
	w.nodes = append(w.nodes, n)
	w.heard(n, n.hello())
	n.giveCredit()
	// Real agents do not beat in step either.
	w.after(w.rng.Int64N(int64(time.Second)), event{do: (*world).beat, node: n})
}

func (w *world) scheduleLoss() {
	if w.Losses > 0 {
		perSecond := w.Losses * float64(w.Nodes) / 60
		w.after(int64(w.rng.ExpFloat64()/perSecond*1e9), event{do: (*world).lose})
	}
}

// lose takes away a node, whichever.
func (w *world) lose(event) {
	w.scheduleLoss()
	if len(w.nodes) == 0 {
		return
	}
	at := w.rng.IntN(len(w.nodes))
	n := w.nodes[at]
	n.gone = true
	for _, a := range n.attempts {
		w.occupied(a.tenant, -a.boxes)
	}
	w.settle()
	w.nodes = slices.Delete(w.nodes, at, at+1)
	w.tally.nodes++
	w.after(int64(w.Replace), event{do: (*world).attach})
}
