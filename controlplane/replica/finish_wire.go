package replica

import (
	"assay/controlplane/state"
	"assay/judge"
	"assay/proto/convert"
	"assay/proto/wire"
)

// writeFinish writes a command that ends.
func writeFinish(w *wire.Writer, c state.Finish) {
	start := len(w.B)
	w.Text(1, c.ID)
	w.Int(2, c.Attempt)
	w.Text(3, string(c.Verdict))
	convert.WriteSummary(w, 4, c.Summary)
	convert.WritePayload(w, 5, c.Result)
	w.Text(6, c.Node)
	w.Wrap(start, commandFinish)
}

// readFinish is to writeFinish what readSubmit is to writeSubmit.
func readFinish(data []byte, ns *wire.Names) (f state.Finish, ok bool) {
	c := wire.Read(data)
	for c.Next() {
		switch c.Key {
		case wire.Text(1):
			f.ID = c.String()
		case wire.Number(2):
			f.Attempt = c.Int()
		case wire.Text(3):
			f.Verdict = judge.Verdict(ns.Of(&c))
		case wire.Text(4):
			f.Summary = convert.ReadSummary(&c, ns)
		case wire.Text(5):
			f.Result = convert.ReadPayload(&c, ns)
		case wire.Text(6):
			f.Node = ns.Of(&c)
		default:
			return f, false
		}
	}
	return f, !c.Odd()
}
