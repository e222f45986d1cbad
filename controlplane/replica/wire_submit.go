package replica

import (
	"bytes"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"assay/controlplane/state"
	"assay/judge"
)

// Numbers of fields, here and below, are those of log.proto and judge.proto.
const (
	commandSubmit protowire.Number = 2
	commandFinish protowire.Number = 3
)

// submit writes a command that hands in.
func (w *writer) submit(c state.Submit) {
	start := len(w.b)
	w.text(1, c.ID)
	w.text(2, c.Tenant)
	w.text(3, c.Batch)
	w.text(4, c.Language)
	w.text(5, c.NodeClass)
	w.int(6, int(c.Priority))
	w.payload(7, c.Spec)
	w.payload(8, c.Suite)
	w.int(9, c.Tests)
	w.text(10, c.IdempotencyKey)
	w.text(11, c.Fingerprint)
	w.number(12, int64(c.Timeout))
	w.wrap(start, commandSubmit)
}

// readSubmit reads what submit wrote, without the wrapping. It is false for
// what protobuf has to look at.
func readSubmit(data []byte, ns names) (s state.Submit, ok bool) {
	c := cursor{rest: data}
	for c.rising() {
		switch c.key {
		case text(1):
			s.ID = c.string()
		case text(2):
			s.Tenant = ns.of(&c)
		case text(3):
			s.Batch = ns.of(&c)
		case text(4):
			s.Language = ns.of(&c)
		case text(5):
			s.NodeClass = ns.of(&c)
		case number(6):
			s.Priority = judge.Priority(c.int())
		case text(7):
			s.Spec = c.payload(ns)
		case text(8):
			s.Suite = c.payload(ns)
		case number(9):
			s.Tests = c.int()
		case text(10):
			s.IdempotencyKey = c.string()
		case text(11):
			s.Fingerprint = c.string()
		case number(12):
			s.Timeout = time.Duration(c.value)
		default:
			return s, false
		}
	}
	return s, !c.odd
}

// payload leaves out the empty one.
func (w *writer) payload(n protowire.Number, p judge.Payload) {
	start := len(w.b)
	w.bytes(1, p.Inline)
	w.text(2, string(p.Digest))
	w.number(3, p.Size)
	if len(w.b) > start {
		w.wrap(start, n)
	}
}

// payload reads the field that the cursor is at.
func (c *cursor) payload(ns names) (p judge.Payload) {
	in := cursor{rest: c.bytes}
	for in.rising() {
		switch in.key {
		case text(1):
			p.Inline = bytes.Clone(in.bytes)
		case text(2):
			p.Digest = judge.Digest(ns.of(&in))
		case number(3):
			p.Size = int64(in.value)
		default:
			in.odd = true
		}
	}
	c.odd = c.odd || in.odd
	return p
}
