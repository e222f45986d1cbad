package convert

import (
	"time"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// ResultToProto maps a finished result.
func ResultToProto(r judge.Result) *pb.Result {
	return &pb.Result{
		Verdict:   string(r.Verdict),
		Message:   r.Message,
		Compile:   CompileToProto(r.Compile),
		Tests:     each(r.Tests, TestResultToProto),
		Summary:   SummaryToProto(r.Summary),
		Timing:    timingToProto(r.Timing),
		Node:      r.Node,
		NodeClass: r.Class,
		CpuModel:  r.CPU,
		NodeSpeed: r.Speed,
	}
}

// ResultFromProto is the inverse of [ResultToProto].
func ResultFromProto(p *pb.Result) judge.Result {
	return judge.Result{
		Verdict: judge.Verdict(p.GetVerdict()),
		Message: p.GetMessage(),
		Compile: CompileFromProto(p.GetCompile()),
		Tests:   testResultsFromProto(p.GetTests()),
		Summary: SummaryFromProto(p.GetSummary()),
		Timing:  timingFromProto(p.GetTiming()),
		Node:    p.GetNode(),
		Class:   p.GetNodeClass(),
		CPU:     p.GetCpuModel(),
		Speed:   p.GetNodeSpeed(),
	}
}

// CompileToProto maps a compile result; nil stays nil.
func CompileToProto(c *judge.CompileResult) *pb.CompileResult {
	if c == nil {
		return nil
	}
	return &pb.CompileResult{
		Ok:       c.OK,
		Output:   []byte(c.Output),
		Cached:   c.Cached,
		CpuNs:    int64(c.CPU),
		WallNs:   int64(c.Wall),
		MemoryKb: c.MemoryKB,
	}
}

// CompileFromProto is the inverse of [CompileToProto].
func CompileFromProto(p *pb.CompileResult) *judge.CompileResult {
	if p == nil {
		return nil
	}
	return &judge.CompileResult{
		OK:       p.GetOk(),
		Output:   string(p.GetOutput()),
		Cached:   p.GetCached(),
		CPU:      time.Duration(p.GetCpuNs()),
		Wall:     time.Duration(p.GetWallNs()),
		MemoryKB: p.GetMemoryKb(),
	}
}

// TestResultToProto maps one test's result.
func TestResultToProto(t judge.TestResult) *pb.TestResult {
	return &pb.TestResult{
		Id:      t.ID,
		Verdict: string(t.Verdict),
		Outcome: outcomeToProto(t.Outcome),
		Message: t.Message,
		Points:  t.Points,
		Stdout:  capturedToProto(t.Stdout),
		Stderr:  capturedToProto(t.Stderr),
		Reruns:  int32(t.Reruns),
	}
}

// TestResultFromProto is the inverse of [TestResultToProto].
func TestResultFromProto(p *pb.TestResult) (t judge.TestResult) {
	fillTestResult(&t, p)
	return t
}

// testResultsFromProto maps results where they are to lie: they are large, and
// there are many.
func testResultsFromProto(list []*pb.TestResult) []judge.TestResult {
	if len(list) == 0 {
		return nil
	}
	out := make([]judge.TestResult, len(list))
	for i, p := range list {
		fillTestResult(&out[i], p)
	}
	return out
}

// fillTestResult sets what p has, in a t of zeros.
func fillTestResult(t *judge.TestResult, p *pb.TestResult) {
	t.ID, t.Verdict = p.GetId(), judge.Verdict(p.GetVerdict())
	t.Message, t.Points, t.Reruns = p.GetMessage(), p.GetPoints(), int(p.GetReruns())
	if o := p.GetOutcome(); o != nil {
		t.Outcome = outcomeFromProto(o)
	}
	if c := p.GetStdout(); c != nil {
		t.Stdout = capturedFromProto(c)
	}
	if c := p.GetStderr(); c != nil {
		t.Stderr = capturedFromProto(c)
	}
}

func outcomeToProto(o judge.Outcome) *pb.Outcome {
	return &pb.Outcome{
		ExitCode:    int32(o.ExitCode),
		Signal:      int32(o.Signal),
		Limit:       string(o.Limit),
		CpuNs:       int64(o.CPU),
		WallNs:      int64(o.Wall),
		MemoryKb:    o.MemoryKB,
		OutputBytes: o.OutputBytes,
	}
}

func outcomeFromProto(p *pb.Outcome) judge.Outcome {
	return judge.Outcome{
		ExitCode:    int(p.GetExitCode()),
		Signal:      int(p.GetSignal()),
		Limit:       judge.Limit(p.GetLimit()),
		CPU:         time.Duration(p.GetCpuNs()),
		Wall:        time.Duration(p.GetWallNs()),
		MemoryKB:    p.GetMemoryKb(),
		OutputBytes: p.GetOutputBytes(),
	}
}

func capturedToProto(c judge.Captured) *pb.Captured {
	payload := PayloadToProto(c.Payload)
	if payload == nil && !c.Truncated {
		return nil
	}
	return &pb.Captured{Payload: payload, Truncated: c.Truncated}
}

func capturedFromProto(p *pb.Captured) judge.Captured {
	return judge.Captured{Payload: PayloadFromProto(p.GetPayload()), Truncated: p.GetTruncated()}
}
