package convert

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"assay/judge"
	"assay/proto/wire"
)

// writeTest is what [TestResultToProto] leads to, as field n of a message.
func writeTest(w *wire.Writer, n protowire.Number, t *judge.TestResult) {
	start := len(w.B)
	w.Text(1, t.ID)
	w.Text(2, string(t.Verdict))
	writeOutcome(w, 3, &t.Outcome)
	w.Text(4, t.Message)
	w.Double(5, t.Points)
	writeCaptured(w, 6, t.Stdout)
	writeCaptured(w, 7, t.Stderr)
	w.Int(8, t.Reruns)
	w.Wrap(start, n)
}

// readTest sets what the field has that c is at, in a t of zeros.
func readTest(c *wire.Cursor, ns *wire.Names, t *judge.TestResult) {
	in := c.Inner()
	for in.Next() {
		switch in.Key {
		case wire.Text(1):
			t.ID = ns.Of(&in)
		case wire.Text(2):
			t.Verdict = judge.Verdict(ns.Of(&in))
		case wire.Text(3):
			readOutcome(&in, ns, &t.Outcome)
		case wire.Text(4):
			t.Message = in.String()
		case wire.Double(5):
			t.Points = in.Float()
		case wire.Text(6):
			t.Stdout = readCaptured(&in)
		case wire.Text(7):
			t.Stderr = readCaptured(&in)
		case wire.Number(8):
			t.Reruns = in.Int()
		default:
			in.Refuse()
		}
	}
	c.Leave(in)
}

func writeOutcome(w *wire.Writer, n protowire.Number, o *judge.Outcome) {
	start := len(w.B)
	w.Int(1, o.ExitCode)
	w.Int(2, o.Signal)
	w.Text(3, string(o.Limit))
	w.Number(4, int64(o.CPU))
	w.Number(5, int64(o.Wall))
	w.Number(6, o.MemoryKB)
	w.Number(7, o.OutputBytes)
	w.Wrap(start, n)
}

func readOutcome(c *wire.Cursor, ns *wire.Names, o *judge.Outcome) {
	in := c.Inner()
	for in.Next() {
		switch in.Key {
		case wire.Number(1):
			o.ExitCode = in.Int()
		case wire.Number(2):
			o.Signal = in.Int()
		case wire.Text(3):
			o.Limit = judge.Limit(ns.Of(&in))
		case wire.Number(4):
			o.CPU = time.Duration(in.Value)
		case wire.Number(5):
			o.Wall = time.Duration(in.Value)
		case wire.Number(6):
			o.MemoryKB = int64(in.Value)
		case wire.Number(7):
			o.OutputBytes = int64(in.Value)
		default:
			in.Refuse()
		}
	}
	c.Leave(in)
}

// writeCaptured leaves out what captured nothing.
func writeCaptured(w *wire.Writer, n protowire.Number, c judge.Captured) {
	start := len(w.B)
	WritePayload(w, 1, c.Payload)
	w.Bool(2, c.Truncated)
	if len(w.B) > start {
		w.Wrap(start, n)
	}
}

func readCaptured(c *wire.Cursor) (out judge.Captured) {
	in := c.Inner()
	for in.Next() {
		switch in.Key {
		case wire.Text(1):
			out.Payload = ReadPayload(&in, frequent)
		case wire.Number(2):
			out.Truncated = in.Bool()
		default:
			in.Refuse()
		}
	}
	c.Leave(in)
	return out
}
