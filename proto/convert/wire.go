package convert

import (
	"bytes"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"assay/judge"
	"assay/proto/wire"
)

// What is written and read here without protobuf is what there is most of: the
// results of tests, and what the log says of submissions. Numbers of fields are those
// of judge.proto.

// WritePayload is [PayloadToProto] as field n of a message.
func WritePayload(w *wire.Writer, n protowire.Number, p judge.Payload) {
	start := len(w.B)
	w.Bytes(1, p.Inline)
	w.Text(2, string(p.Digest))
	w.Number(3, p.Size)
	if len(w.B) > start {
		w.Wrap(start, n)
	}
}

// ReadPayload is [PayloadFromProto] of the field that c is at.
func ReadPayload(c *wire.Cursor, ns *wire.Names) (p judge.Payload) {
	in := c.Inner()
	for in.Next() {
		switch in.Key {
		case wire.Text(1):
			p.Inline = bytes.Clone(in.Bytes)
		case wire.Text(2):
			p.Digest = judge.Digest(ns.Of(&in))
		case wire.Number(3):
			p.Size = int64(in.Value)
		default:
			in.Refuse()
		}
	}
	c.Leave(in)
	return p
}

// WriteSummary is [SummaryToProto] as field n of a message.
func WriteSummary(w *wire.Writer, n protowire.Number, s judge.Summary) {
	start := len(w.B)
	w.Int(1, s.Total)
	w.Int(2, s.Passed)
	w.Text(3, s.FirstFailed)
	w.Double(4, s.Points)
	w.Double(5, s.MaxPoints)
	w.Number(6, int64(s.MaxCPU))
	w.Number(7, s.MaxMemoryKB)
	for _, g := range s.Groups {
		writeGroup(w, 8, g)
	}
	w.Wrap(start, n)
}

// ReadSummary is [SummaryFromProto] of the field that c is at.
func ReadSummary(c *wire.Cursor, ns *wire.Names) (s judge.Summary) {
	in := c.Inner()
	for in.NextOr(8) {
		switch in.Key {
		case wire.Number(1):
			s.Total = in.Int()
		case wire.Number(2):
			s.Passed = in.Int()
		case wire.Text(3):
			s.FirstFailed = ns.Of(&in)
		case wire.Double(4):
			s.Points = in.Float()
		case wire.Double(5):
			s.MaxPoints = in.Float()
		case wire.Number(6):
			s.MaxCPU = time.Duration(in.Value)
		case wire.Number(7):
			s.MaxMemoryKB = int64(in.Value)
		case wire.Text(8):
			s.Groups = append(s.Groups, readGroup(&in, ns))
		default:
			in.Refuse()
		}
	}
	c.Leave(in)
	return s
}

func writeGroup(w *wire.Writer, n protowire.Number, g judge.GroupResult) {
	start := len(w.B)
	w.Text(1, g.ID)
	w.Text(2, string(g.Verdict))
	w.Double(3, g.Points)
	w.Wrap(start, n)
}

func readGroup(c *wire.Cursor, ns *wire.Names) (g judge.GroupResult) {
	in := c.Inner()
	for in.Next() {
		switch in.Key {
		case wire.Text(1):
			g.ID = ns.Of(&in)
		case wire.Text(2):
			g.Verdict = judge.Verdict(ns.Of(&in))
		case wire.Double(3):
			g.Points = in.Float()
		default:
			in.Refuse()
		}
	}
	c.Leave(in)
	return g
}
