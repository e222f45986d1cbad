package convert

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"assay/judge"
	"assay/proto/wire"
)

// writeResult is what [ResultToProto] leads to.
func writeResult(r judge.Result) (data []byte, ok bool) {
	w := wire.Writer{B: make([]byte, 0, 256+48*len(r.Tests))}
	w.Text(1, string(r.Verdict))
	w.Text(2, r.Message)
	if r.Compile != nil {
		writeCompile(&w, 3, r.Compile)
	}
	for i := range r.Tests {
		writeTest(&w, 4, &r.Tests[i])
	}
	WriteSummary(&w, 5, r.Summary)
	writeTiming(&w, 6, r.Timing)
	w.Text(7, r.Node)
	w.Text(8, r.Class)
	w.Text(9, r.CPU)
	w.Double(10, r.Speed)
	return w.B, !w.Odd
}

// frequent are texts of which most results consist: verdicts, and what tests are
// called that were given no ids.
var frequent = func() *wire.Names {
	var texts []string
	for _, v := range judge.Verdicts() {
		texts = append(texts, string(v))
	}
	for i := range 100 {
		texts = append(texts, strconv.Itoa(i+1))
	}
	return wire.FixedNames(texts...)
}()

// readResult is the inverse of writeResult. It is false for what protobuf has
// to look at.
func readResult(data []byte) (r judge.Result, ok bool) {
	ns := frequent
	if n := wire.Count(data, wire.Text(4)); n > 0 {
		r.Tests = make([]judge.TestResult, 0, n)
	}
	c := wire.Read(data)
	for c.NextOr(4) {
		switch c.Key {
		case wire.Text(1):
			r.Verdict = judge.Verdict(ns.Of(&c))
		case wire.Text(2):
			r.Message = c.String()
		case wire.Text(3):
			r.Compile = readCompile(&c)
		case wire.Text(4):
			r.Tests = append(r.Tests, judge.TestResult{})
			readTest(&c, ns, &r.Tests[len(r.Tests)-1])
		case wire.Text(5):
			r.Summary = ReadSummary(&c, ns)
		case wire.Text(6):
			r.Timing = readTiming(&c)
		case wire.Text(7):
			r.Node = c.String()
		case wire.Text(8):
			r.Class = c.String()
		case wire.Text(9):
			r.CPU = c.String()
		case wire.Double(10):
			r.Speed = c.Float()
		default:
			return r, false
		}
	}
	return r, !c.Odd()
}

func writeCompile(w *wire.Writer, n protowire.Number, r *judge.CompileResult) {
	start := len(w.B)
	w.Bool(1, r.OK)
	w.Bytes(2, []byte(r.Output))
	w.Bool(3, r.Cached)
	w.Number(4, int64(r.CPU))
	w.Number(5, int64(r.Wall))
	w.Number(6, r.MemoryKB)
	w.Wrap(start, n)
}

func readCompile(c *wire.Cursor) *judge.CompileResult {
	r := &judge.CompileResult{}
	in := c.Inner()
	for in.Next() {
		switch in.Key {
		case wire.Number(1):
			r.OK = in.Bool()
		case wire.Text(2):
			r.Output = string(in.Bytes)
		case wire.Number(3):
			r.Cached = in.Bool()
		case wire.Number(4):
			r.CPU = time.Duration(in.Value)
		case wire.Number(5):
			r.Wall = time.Duration(in.Value)
		case wire.Number(6):
			r.MemoryKB = int64(in.Value)
		default:
			in.Refuse()
		}
	}
	c.Leave(in)
	return r
}

func writeTiming(w *wire.Writer, n protowire.Number, t judge.Timing) {
	start := len(w.B)
	w.Number(1, int64(t.Queue))
	w.Number(2, int64(t.Compile))
	w.Number(3, int64(t.Run))
	w.Number(4, int64(t.Total))
	w.Wrap(start, n)
}

func readTiming(c *wire.Cursor) (t judge.Timing) {
	in := c.Inner()
	for in.Next() {
		switch in.Key {
		case wire.Number(1):
			t.Queue = time.Duration(in.Value)
		case wire.Number(2):
			t.Compile = time.Duration(in.Value)
		case wire.Number(3):
			t.Run = time.Duration(in.Value)
		case wire.Number(4):
			t.Total = time.Duration(in.Value)
		default:
			in.Refuse()
		}
	}
	c.Leave(in)
	return t
}
