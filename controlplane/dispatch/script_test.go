package dispatch

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"assay/controlplane/fleet"
	"assay/controlplane/progress"
	"assay/controlplane/queue"
	"assay/controlplane/state"
	"assay/judge"
)

// TestScripts plays testdata/*.txt. Each says in its first line what it shows;
// -rewrite writes down what happens now. The commands:
//
//	term N [grace=D]                        a server begins to lead; what came before is in the log
//	submit ID [language= class= tenant= priority= tests= timeout= suite= like=ID]
//	cancel ID
//	agent NODE [incarnation= boxes= credit= languages=(a,b) class= held=(ID@TERM.SEQ,…) draining
//	      reserve= aside=]
//	languages NODE now=(a,b)
//	credit NODE N · beat NODE [draining] [aside=] · gone NODE
//	follow ID                               somebody wants to hear of it
//	event NODE ID@TERM.SEQ started|compiled|test [n=]
//	report NODE ID@TERM.SEQ VERDICT|fault=…|returned=… [box=D]
//	commit                                  what was proposed is carried out
//	unknown                                 nobody can tell what became of what was proposed
//	advance D [beats=(NODE,…)]              time passes; these agents beat every second
//	freeze D                                time passes, but not for the leader
//	running                                 who holds what
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := newScript()
		datadriven.RunTest(t, path, s.play)
	})
}

// script is a term with a log, agents and a clock that the script moves.
type script struct {
	t       *testing.T
	store   *state.Store
	term    *term
	now     time.Time
	pending []state.Command
	peers   map[string]*scriptPeer
	board   *board
	out     strings.Builder
}

func newScript() *script {
	return &script{
		store: state.New(), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		peers: map[string]*scriptPeer{}, board: newBoard(),
	}
}

func (s *script) printf(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

func (s *script) play(t *testing.T, d *datadriven.TestData) string {
	s.t = t
	s.out.Reset()
	play, ok := map[string]func(*datadriven.TestData){
		"term": s.begin, "submit": s.submit, "cancel": s.cancel, "agent": s.agent, "credit": s.credit,
		"beat": s.beat, "gone": s.gone, "event": s.event, "report": s.report, "commit": s.commit,
		"unknown": s.unknown, "advance": s.advance, "freeze": s.freeze, "running": s.showRunning, "languages": s.languages,
		"follow": s.follow,
	}[d.Cmd]
	if !ok {
		d.Fatalf(t, "no such command: %s", d.Cmd)
	}
	play(d)
	return s.out.String()
}

// arg is the value of key, or what it defaults to.
func arg(d *datadriven.TestData, key, otherwise string) string {
	if a, ok := d.Arg(key); ok && len(a.Vals) > 0 {
		return strings.Join(a.Vals, " ")
	}
	return otherwise
}

func number(d *datadriven.TestData, key string, otherwise int) int {
	n, err := strconv.Atoi(arg(d, key, strconv.Itoa(otherwise)))
	if err != nil {
		panic(err)
	}
	return n
}

func duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return d
}

func list(d *datadriven.TestData, key string) []string {
	a, _ := d.Arg(key)
	return a.Vals
}

func (s *script) begin(d *datadriven.TestData) {
	cfg := DefaultConfig()
	cfg.Grace = duration(arg(d, "grace", "0s"))
	n, _ := strconv.Atoi(d.CmdArgs[0].Key)
	s.pending, s.board, s.peers = nil, newBoard(), map[string]*scriptPeer{}
	s.term = newTerm(cfg, uint64(n), func(string) queue.Terms { return queue.Terms{} }, s, s.now)
	s.term.recover(s.store.View().Queued())
}

func (s *script) submit(d *datadriven.TestData) {
	p, _ := judge.ParsePriority(arg(d, "priority", ""))
	c := state.Submit{
		ID: d.CmdArgs[0].Key, Language: arg(d, "language", "c"), NodeClass: arg(d, "class", ""),
		Tenant: arg(d, "tenant", "t"), Priority: p, Tests: number(d, "tests", 1),
		Timeout: duration(arg(d, "timeout", "60s")),
		Spec:    judge.Payload{Inline: []byte(arg(d, "like", d.CmdArgs[0].Key))},
		Suite:   judge.Payload{Digest: judge.Digest(arg(d, "suite", ""))},
	}
	s.apply(c)
}

func (s *script) cancel(d *datadriven.TestData) {
	s.apply(state.Cancel{ID: d.CmdArgs[0].Key, Tenant: "t"})
}

// apply carries out a command, and tells the term as the log would.
func (s *script) apply(c state.Command) {
	e := s.store.Apply(s.now, []state.Command{c})[0]
	if s.term == nil {
		return
	}
	switch {
	case e.Err != nil:
		s.printf("refused: %v", e.Err)
	case e.Record.Status.Terminal():
		s.term.ended(s.now, e.Record.ID, e.Record.Status)
	case e.Kind == state.Submitted:
		s.term.submitted(s.now, *e.Record)
	case e.Kind == state.Requeued:
		s.term.requeued(s.now, *e.Record)
	}
}

func (s *script) agent(d *datadriven.TestData) {
	h := fleet.Hello{
		Node: d.CmdArgs[0].Key, Incarnation: arg(d, "incarnation", "a"), Boxes: number(d, "boxes", 1),
		Class: arg(d, "class", ""), Draining: d.HasArg("draining"),
	}
	h.Aside, h.Reserve = arg(d, "aside", ""), number(d, "reserve", 0)
	languages := list(d, "languages")
	if languages == nil {
		languages = []string{"c"}
	}
	for _, id := range languages {
		h.Languages = append(h.Languages, judge.Language{ID: id, Available: true})
	}
	for _, at := range list(d, "held") {
		h.Held = append(h.Held, attempt(at))
	}
	p := &scriptPeer{script: s, node: h.Node}
	s.peers[h.Node] = p
	s.term.heard(s.now, p, h.Node, h)
	if n := number(d, "credit", h.Boxes+1-len(h.Held)); n > 0 {
		s.say(h.Node, fleet.Credit(n))
	}
}

func (s *script) languages(d *datadriven.TestData) {
	var all fleet.Languages
	for _, id := range list(d, "now") {
		all = append(all, judge.Language{ID: id, Available: true})
	}
	s.say(d.CmdArgs[0].Key, all)
}

// attempt reads ID@TERM.SEQ.
func attempt(text string) fleet.Attempt {
	id, token, _ := strings.Cut(text, "@")
	at := fleet.Attempt{Submission: id, Number: 1}
	if _, err := fmt.Sscanf(token, "%d.%d", &at.Term, &at.Sequence); err != nil {
		panic(err)
	}
	return at
}

func (s *script) say(node string, said fleet.Said) { s.term.heard(s.now, s.peers[node], node, said) }

func (s *script) credit(d *datadriven.TestData) {
	n, _ := strconv.Atoi(d.CmdArgs[1].Key)
	s.say(d.CmdArgs[0].Key, fleet.Credit(n))
}

func (s *script) beat(d *datadriven.TestData) {
	b := fleet.Beat{Draining: d.HasArg("draining")}
	b.Aside = arg(d, "aside", "")
	s.say(d.CmdArgs[0].Key, b)
}

func (s *script) gone(d *datadriven.TestData) { s.say(d.CmdArgs[0].Key, fleet.Gone{}) }

func (s *script) follow(d *datadriven.TestData) { s.term.follow(s.now, d.CmdArgs[0].Key) }

func (s *script) event(d *datadriven.TestData) {
	e := fleet.Event{Attempt: attempt(d.CmdArgs[1].Key), N: number(d, "n", 0)}
	switch d.CmdArgs[2].Key {
	case "started":
		e.Started = true
	case "compiled":
		e.Compiled = &judge.CompileResult{OK: true}
	case "test":
		e.Test = &judge.TestResult{ID: "1"}
	}
	s.say(d.CmdArgs[0].Key, fleet.Events{e})
}

func (s *script) report(d *datadriven.TestData) {
	r := fleet.Report{Attempt: attempt(d.CmdArgs[1].Key), BoxTime: duration(arg(d, "box", "0s"))}
	switch {
	case d.HasArg("fault"):
		r.Fault = arg(d, "fault", "")
	case d.HasArg("returned"):
		r.Fault, r.Returned = arg(d, "returned", ""), true
	default:
		r.Verdict = judge.Verdict(d.CmdArgs[2].Key)
	}
	s.say(d.CmdArgs[0].Key, r)
}

func (s *script) commit(*datadriven.TestData) {
	pending := s.pending
	s.pending = nil
	for _, c := range pending {
		s.apply(c)
	}
}

func (s *script) unknown(*datadriven.TestData) {
	pending := s.pending
	s.pending = nil
	for _, c := range pending {
		s.term.unknown(s.now, c)
	}
}

func (s *script) advance(d *datadriven.TestData) {
	for end := s.now.Add(duration(d.CmdArgs[0].Key)); s.now.Before(end); {
		s.now = s.now.Add(s.term.cfg.Tick)
		if s.now.Nanosecond() == 0 {
			for _, node := range list(d, "beats") {
				s.say(node, fleet.Beat{})
			}
		}
		s.term.tick(s.now)
	}
}

func (s *script) freeze(d *datadriven.TestData) {
	s.now = s.now.Add(duration(d.CmdArgs[0].Key))
	s.term.tick(s.now)
}

func (s *script) showRunning(*datadriven.TestData) {
	for _, a := range s.term.byNode() {
		for _, l := range a.leases {
			at, _ := s.board.get(l.sub.ID)
			s.printf("%s attempt %d on %s, as others see it: %d on %s",
				l.sub.ID, l.sub.attempt(), a.hello.Node, at.Attempt, at.Node)
		}
	}
	s.printf("waiting: %d", s.term.queue.Len())
}

// scriptPeer writes down what an agent is sent.
type scriptPeer struct {
	*script
	node string
}

func (p *scriptPeer) Assign(a fleet.Assignment) {
	watched := ""
	if a.Watched {
		watched = ", watched"
	}
	p.printf("assign %s attempt %d to %s%s", token(a.Attempt), a.Number, p.node, watched)
}

func (p *scriptPeer) Watch(a fleet.Attempt, after int) {
	p.printf("watch %s on %s after %d", token(a), p.node, after)
}

func (p *scriptPeer) Ack(a fleet.Attempt) { p.printf("ack %s to %s", token(a), p.node) }

func (p *scriptPeer) Abandon(a fleet.Attempt, reason string) {
	p.printf("abandon %s on %s: %s", token(a), p.node, reason)
}

func token(a fleet.Attempt) string { return fmt.Sprintf("%s@%d.%d", a.Submission, a.Term, a.Sequence) }

// The ports of the term.

func (s *script) propose(c state.Command) {
	s.pending = append(s.pending, c)
	switch c := c.(type) {
	case state.Finish:
		s.printf("propose finish %s attempt %d: %s by %s", c.ID, c.Attempt, c.Verdict, c.Node)
	case state.Requeue:
		s.printf("propose requeue %s attempt %d: %s", c.ID, c.Attempt, c.Reason)
	}
}

func (s *script) publish(id string, attempt int, e progress.Event) {
	at := ""
	if e.ID.N > 0 {
		at = fmt.Sprint(" at ", e.ID.N)
	}
	s.printf("tell %s attempt %d %s%s", id, attempt, e.Kind, at)
}

func (s *script) end(string)                          {}
func (s *script) running(id string, r Running)        { s.board.set(id, r) }
func (s *script) stopped(id string)                   { s.board.remove(id) }
func (s *script) assigned(*submission, time.Duration) {}
func (s *script) lost(*submission, string)            {}
