package dispatch

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"assay/controlplane/fleet"
	"assay/controlplane/queue"
	"assay/controlplane/state"
	"assay/judge"
)

// simulation plays agents against a term: they do what they are told, or the
// opposite, as the fuzzer likes. It is a script whose peers remember.
type simulation struct {
	*script
	nodes map[string]*simulated
	terms uint64
}

// simulated is an agent as it sees itself.
type simulated struct {
	*scriptPeer
	incarnation int
	held        []fleet.Attempt
}

func (a *simulated) Assign(as fleet.Assignment) { a.held = append(a.held, as.Attempt) }

// Watch is said of what the agent holds alone.
func (a *simulated) Watch(at fleet.Attempt, _ int) {
	if !slices.ContainsFunc(a.held, func(h fleet.Attempt) bool { return h.Token == at.Token }) {
		panic("asked for what happens in " + token(at) + ", which " + a.node + " does not hold")
	}
}

func (a *simulated) Ack(at fleet.Attempt) {
	a.held = slices.DeleteFunc(a.held, func(h fleet.Attempt) bool { return h.Token == at.Token })
}

func (a *simulated) Abandon(at fleet.Attempt, _ string) { a.Ack(at) }

func newSimulation() *simulation {
	s := &simulation{script: newScript(), nodes: map[string]*simulated{}}
	for _, node := range []string{"n0", "n1", "n2"} {
		s.nodes[node] = &simulated{}
	}
	s.elect()
	return s
}

// elect begins the next term over the same log; every stream is gone.
func (s *simulation) elect() {
	s.terms++
	s.pending, s.board = nil, newBoard()
	s.term = newTerm(DefaultConfig(), s.terms, func(string) queue.Terms { return queue.Terms{Running: 4} }, s.script, s.now)
	s.term.recover(s.store.View().Queued())
	for _, a := range s.nodes {
		a.scriptPeer = nil
	}
}

// attach begins a new session of an agent.
func (s *simulation) attach(node string) {
	a := s.nodes[node]
	b := &simulated{scriptPeer: &scriptPeer{script: s.script, node: node}, incarnation: a.incarnation, held: a.held}
	s.nodes[node] = b
	s.term.heard(s.now, b, node, fleet.Hello{
		Node: node, Incarnation: fmt.Sprint(a.incarnation), Boxes: 2, Held: slices.Clone(a.held), Reserve: int(node[1]-'0') / 2,
		Languages: []judge.Language{{ID: "c", Available: true}},
	})
	s.sayAs(node, fleet.Credit(3))
}

func (s *simulation) sayAs(node string, said fleet.Said) {
	if a := s.nodes[node]; a.scriptPeer != nil {
		s.term.heard(s.now, a, node, said)
	}
}

func (s *simulation) step(i int, op, arg byte) {
	node := fmt.Sprint("n", arg%3)
	a := s.nodes[node]
	switch op % 12 {
	case 0, 1:
		s.apply(state.Submit{
			ID: fmt.Sprint("s", i), Tenant: fmt.Sprint(arg % 2), Language: "c", Tests: int(arg),
			Priority: judge.Priority(arg%4) - 1, Timeout: time.Duration(1+arg%20) * time.Second,
		})
	case 2:
		s.attach(node)
	case 3: // a new process
		a.incarnation++
		a.held = nil
		s.attach(node)
	case 4:
		s.sayAs(node, fleet.Gone{})
		a.scriptPeer = nil
	case 5, 6:
		s.finish(node, int(arg), fleet.Report{Verdict: judge.Accepted, BoxTime: time.Duration(arg) * time.Millisecond})
	case 7:
		s.finish(node, int(arg), fleet.Report{Fault: "broken", Returned: arg%2 == 0})
	case 8:
		s.commit(nil)
	case 9:
		s.unknown(nil)
	case 10:
		for range int(arg) {
			s.now = s.now.Add(s.term.cfg.Tick)
			s.term.tick(s.now)
		}
	case 11:
		s.rare(arg)
	}
}

func (s *simulation) rare(arg byte) {
	switch arg % 5 {
	case 0:
		s.elect()
	case 1:
		s.apply(state.Cancel{ID: fmt.Sprint("s", int(arg)*2), Tenant: "0"})
	case 2:
		s.term.reconcile(s.now, s.store.View())
	case 3:
		s.sayAs("n0", fleet.Beat{Draining: arg > 200})
	case 4:
		s.term.follow(s.now, fmt.Sprint("s", int(arg)*2))
	}
}

// finish reports one of what the agent holds, which it keeps until it hears.
func (s *simulation) finish(node string, arg int, r fleet.Report) {
	if a := s.nodes[node]; len(a.held) > 0 {
		r.Attempt = a.held[arg/3%len(a.held)]
		s.sayAs(node, r)
		s.sayAs(node, fleet.Credit(1))
	}
}

// check holds the term to what must be true between any two inputs.
func (s *simulation) check(t *testing.T) {
	t.Helper()
	term := s.term
	for r := range s.store.View().Queued() {
		if term.subs[r.ID] == nil {
			t.Fatalf("%s is queued, and the term does not know it", r.ID)
		}
	}
	held, waits, out := 0, 0, 0
	for id, sub := range term.subs {
		if r, ok := s.store.Get(id); !ok || r.Status.Terminal() {
			t.Fatalf("%s is known to the term and has ended", id)
		}
		if (sub.phase == leased) != (sub.lease != nil) {
			t.Fatalf("%s is in phase %d with lease %v", id, sub.phase, sub.lease)
		}
		if l := sub.lease; l != nil {
			held++
			if term.leases[l.attempt.Token] != l || !slices.Contains(l.agent.leases, l) || term.agents[l.agent.hello.Node] != l.agent {
				t.Fatalf("the lease of %s is not where it belongs", id)
			}
		}
		if sub.phase == waiting {
			waits++
		}
		if sub.out {
			out++
		}
	}
	if held != len(term.leases) || held != len(s.board.all) || waits != term.queue.Len() {
		t.Fatalf("%d leased and %d waiting, but %d leases, %d on the board and %d in the queue",
			held, waits, len(term.leases), len(s.board.all), term.queue.Len())
	}
	if n := term.queue.Out("0") + term.queue.Out("1"); n != out {
		t.Fatalf("the queue counts %d as handed out, the term %d", n, out)
	}
	for which, f := range term.free {
		for i, a := range f.agents {
			enough := a.credits > 0 && (which == express || a.credits > a.hello.Reserve)
			if a.peer == nil || !enough || term.agents[a.hello.Node] != a || a.seats[which].at != i {
				t.Fatalf("%s counts as free", a.hello.Node)
			}
		}
	}
	for _, a := range term.agents {
		if len(a.leases) > 0 && a.leases[0].deadline.IsZero() {
			t.Fatalf("the first attempt on %s has no deadline", a.hello.Node)
		}
		for i, l := range a.leases[min(1, len(a.leases)):] {
			if !l.deadline.IsZero() || l.sub.Priority > a.leases[i].sub.Priority {
				t.Fatalf("attempts on %s are out of order", a.hello.Node)
			}
		}
		suspects, last := 0, 0
		for _, l := range a.leases {
			if l.sub.Lost > 0 {
				suspects++
			}
			if l.sub.attempt() >= term.cfg.Attempts {
				last++
			}
		}
		if a.suspects != suspects || a.last != last {
			t.Fatalf("%s has %d suspects and %d last attempts, and counts %d and %d", a.hello.Node, suspects, last, a.suspects, a.last)
		}
	}
}

// settle lets everything come to its end, as it must when agents are well.
func (s *simulation) settle(t *testing.T) {
	t.Helper()
	for node := range s.nodes {
		s.nodes[node].incarnation++
		s.nodes[node].held = nil
		s.attach(node)
	}
	for range 1000 {
		if len(s.term.subs) == 0 {
			return
		}
		for node := range s.nodes {
			s.finish(node, 0, fleet.Report{Verdict: judge.Accepted})
		}
		s.commit(nil)
		s.now = s.now.Add(s.term.cfg.Tick)
		s.term.tick(s.now)
		s.check(t)
	}
	t.Fatalf("%d submissions never ended", len(s.term.subs))
}

func FuzzTheTermHoldsItsInvariantsAndEndsEverything(f *testing.F) {
	f.Add([]byte{2, 0, 0, 1, 0, 2, 5, 0, 8, 0})
	f.Add([]byte{2, 0, 2, 1, 0, 1, 0, 2, 4, 0, 10, 50, 8, 0, 2, 0, 5, 0, 8, 0, 11, 0, 2, 0, 2, 1, 5, 1, 5, 0})
	f.Add([]byte("2100X1\"021800")) // a loss is committed after the agent has come back
	f.Add([]byte("any text is a program for the simulation, and the longer it is the more may go wrong in it"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		s := newSimulation()
		s.t = t
		for i := 0; i+1 < len(ops) && i < 600; i += 2 {
			s.step(i, ops[i], ops[i+1])
			s.check(t)
		}
		s.settle(t)
	})
}

func BenchmarkASubmissionThroughTheTerm(b *testing.B) {
	s := newSimulation()
	nodes := make([]string, 100)
	for i := range nodes {
		nodes[i] = fmt.Sprint("n", i)
		s.nodes[nodes[i]] = &simulated{}
		s.attach(nodes[i])
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		s.out.Reset()
		i++
		id := fmt.Sprint("s", i)
		s.apply(state.Submit{ID: id, Tenant: fmt.Sprint(i % 50), Language: "c", Tests: 20})
		l := s.term.subs[id].lease
		node := l.agent.hello.Node
		s.sayAs(node, fleet.Report{Attempt: l.attempt, Verdict: judge.Accepted})
		s.sayAs(node, fleet.Credit(1))
		s.commit(nil)
	}
}
