package fleet

import (
	"time"

	"assay/judge"
)

// Token is a leader's promise of an attempt to an agent. Tokens are never
// reused: the term is raft's, and the sequence counts within it.
type Token struct{ Term, Sequence uint64 }

// Attempt names one try of one submission.
type Attempt struct {
	Submission string
	Token
	Number int // 1 for the first try
}

// Input is one thing that an agent said, or that became of its session.
type Input struct {
	From *Session
	Said Said
}

// Said is one of [Hello], [Credit], [Beat], [Languages], [Event], [Report] and
// [Gone].
type Said interface{ said() }

// Hello is the first thing that every session says.
type Hello struct {
	Node        string // stable over restarts
	Incarnation string // new at every start of the agent
	Version     string
	Boxes       int
	Class       string // node class
	CPU         string // model of its processor
	Languages   []judge.Language
	Held        []Attempt // running there, or finished and not yet acknowledged
	Draining    bool
	Reserve     int // so many credits, the last ones, are for urgent submissions alone
	Unpacks     bool
	Condition
}

// Condition is how fit a node is, as its calibration shows.
type Condition struct {
	Speed float64 // larger is faster; 0: not measured
	Aside string  // why it is to get nothing new for now; empty: it may
}

// Credit is how many more submissions an agent takes.
type Credit int

// Beat tells an agent's load.
type Beat struct {
	Busy, Ready int // boxes
	Draining    bool
	Condition
}

// Languages takes the place of those that the hello named.
type Languages []judge.Language

// Events is progress, at least one, in its order.
type Events []Event

// Event is progress of an attempt: exactly one of the three.
type Event struct {
	Attempt
	N        int // its place in the attempt, from 1; 0 from agents that do not count
	Started  bool
	Compiled *judge.CompileResult
	Test     *judge.TestResult
}

// Report is the end of an attempt: a result, or a fault.
type Report struct {
	Attempt
	Result   judge.Payload
	Verdict  judge.Verdict
	Summary  judge.Summary
	Fault    string        // what broke; there is no result then
	Returned bool          // with Fault: handed back of the agent's own will
	BoxTime  time.Duration // occupied boxes, summed
}

// Gone is the last thing of every session: the stream has ended.
type Gone struct{}

func (Hello) said()     {}
func (Languages) said() {}
func (Credit) said()    {}
func (Beat) said()      {}
func (Events) said()    {}
func (Report) said()    {}
func (Gone) said()      {}

// Assignment is what an agent is given for one credit.
type Assignment struct {
	Attempt
	Tenant   string
	Spec     judge.Payload
	Suite    judge.Payload
	Timeout  time.Duration // from when nothing is left on the agent that goes before it
	Queued   time.Duration // from acceptance to this assignment
	Priority judge.Priority
	Watched  bool // somebody follows: the agent is to tell what happens
}
