package replica

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"assay/controlplane/state"
	"assay/judge"
	"assay/proto/convert"
	"assay/proto/wire"
)

// Numbers of fields, here and below, are those of log.proto and judge.proto.
const (
	commandSubmit protowire.Number = 2
	commandFinish protowire.Number = 3
)

// writeSubmit writes a command that hands in.
func writeSubmit(w *wire.Writer, c state.Submit) {
	start := len(w.B)
	w.Text(1, c.ID)
	w.Text(2, c.Tenant)
	w.Text(3, c.Batch)
	w.Text(4, c.Language)
	w.Text(5, c.NodeClass)
	w.Int(6, int(c.Priority))
	convert.WritePayload(w, 7, c.Spec)
	convert.WritePayload(w, 8, c.Suite)
	w.Int(9, c.Tests)
	w.Text(10, c.IdempotencyKey)
	w.Text(11, c.Fingerprint)
	w.Number(12, int64(c.Timeout))
	w.Wrap(start, commandSubmit)
}

// readSubmit reads what writeSubmit wrote, without the wrapping. It is false for
// what protobuf has to look at.
func readSubmit(data []byte, ns *wire.Names) (s state.Submit, ok bool) {
	c := wire.Read(data)
	for c.Next() {
		switch c.Key {
		case wire.Text(1):
			s.ID = c.String()
		case wire.Text(2):
			s.Tenant = ns.Of(&c)
		case wire.Text(3):
			s.Batch = ns.Of(&c)
		case wire.Text(4):
			s.Language = ns.Of(&c)
		case wire.Text(5):
			s.NodeClass = ns.Of(&c)
		case wire.Number(6):
			s.Priority = judge.Priority(c.Int())
		case wire.Text(7):
			s.Spec = convert.ReadPayload(&c, ns)
		case wire.Text(8):
			s.Suite = convert.ReadPayload(&c, ns)
		case wire.Number(9):
			s.Tests = c.Int()
		case wire.Text(10):
			s.IdempotencyKey = c.String()
		case wire.Text(11):
			s.Fingerprint = c.String()
		case wire.Number(12):
			s.Timeout = time.Duration(c.Value)
		default:
			return s, false
		}
	}
	return s, !c.Odd()
}
