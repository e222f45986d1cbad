package replica

import (
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"assay/controlplane/state"
	"assay/judge"
)

// finish writes a command that ends. A summary with groups is left to
// protobuf.
func (w *writer) finish(c state.Finish) {
	start := len(w.b)
	w.text(1, c.ID)
	w.int(2, c.Attempt)
	w.text(3, string(c.Verdict))
	w.summary(4, c.Summary)
	w.payload(5, c.Result)
	w.text(6, c.Node)
	w.wrap(start, commandFinish)
}

// readFinish is to finish what readSubmit is to submit.
func readFinish(data []byte, ns names) (f state.Finish, ok bool) {
	c := cursor{rest: data}
	for c.rising() {
		switch c.key {
		case text(1):
			f.ID = c.string()
		case number(2):
			f.Attempt = c.int()
		case text(3):
			f.Verdict = judge.Verdict(ns.of(&c))
		case text(4):
			f.Summary = c.summary(ns)
		case text(5):
			f.Result = c.payload(ns)
		case text(6):
			f.Node = ns.of(&c)
		default:
			return f, false
		}
	}
	return f, !c.odd
}

func (w *writer) summary(n protowire.Number, s judge.Summary) {
	start := len(w.b)
	w.int(1, s.Total)
	w.int(2, s.Passed)
	w.text(3, s.FirstFailed)
	w.double(4, s.Points)
	w.double(5, s.MaxPoints)
	w.number(6, int64(s.MaxCPU))
	w.number(7, s.MaxMemoryKB)
	w.wrap(start, n)
	w.odd = w.odd || len(s.Groups) > 0
}

func (c *cursor) summary(ns names) (s judge.Summary) {
	in := cursor{rest: c.bytes}
	for in.rising() {
		switch in.key {
		case number(1):
			s.Total = in.int()
		case number(2):
			s.Passed = in.int()
		case text(3):
			s.FirstFailed = ns.of(&in)
		case double(4):
			s.Points = math.Float64frombits(in.value)
		case double(5):
			s.MaxPoints = math.Float64frombits(in.value)
		case number(6):
			s.MaxCPU = time.Duration(in.value)
		case number(7):
			s.MaxMemoryKB = int64(in.value)
		default:
			in.odd = true
		}
	}
	c.odd = c.odd || in.odd
	return s
}
