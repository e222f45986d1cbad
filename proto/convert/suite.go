package convert

import (
	"time"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// SuiteToProto maps a list of test cases.
func SuiteToProto(s judge.Suite) *pb.Suite {
	return &pb.Suite{Tests: each(s.Tests, testToProto), Compare: compareToProto(s.Compare)}
}

// SuiteFromProto is the inverse of [SuiteToProto].
func SuiteFromProto(p *pb.Suite) judge.Suite {
	return judge.Suite{Tests: each(p.GetTests(), testFromProto), Compare: compareFromProto(p.GetCompare())}
}

func testToProto(t judge.Test) *pb.Test {
	p := &pb.Test{
		Id:     t.ID,
		Stdin:  PayloadToProto(t.Stdin),
		Limits: LimitsToProto(t.Limits),
		Args:   t.Args,
		Points: t.Points,
	}
	if t.Expected != nil {
		// Present even when empty: "prints nothing" is an expectation.
		p.Expected = &pb.Payload{Inline: t.Expected.Inline, Digest: string(t.Expected.Digest), Size: t.Expected.Size}
	}
	return p
}

func testFromProto(p *pb.Test) judge.Test {
	t := judge.Test{
		ID:     p.GetId(),
		Stdin:  PayloadFromProto(p.GetStdin()),
		Limits: LimitsFromProto(p.GetLimits()),
		Args:   p.GetArgs(),
		Points: p.GetPoints(),
	}
	if p.Expected != nil {
		expected := PayloadFromProto(p.Expected)
		t.Expected = &expected
	}
	return t
}

// PayloadToProto maps a payload; the empty one becomes nil.
func PayloadToProto(p judge.Payload) *pb.Payload {
	if len(p.Inline) == 0 && p.Digest == "" && p.Size == 0 {
		return nil
	}
	return &pb.Payload{Inline: p.Inline, Digest: string(p.Digest), Size: p.Size}
}

// PayloadFromProto is the inverse of [PayloadToProto].
func PayloadFromProto(p *pb.Payload) judge.Payload {
	return judge.Payload{Inline: p.GetInline(), Digest: judge.Digest(p.GetDigest()), Size: p.GetSize()}
}

// LimitsToProto maps limits; all zero becomes nil.
func LimitsToProto(l judge.Limits) *pb.Limits {
	if l == (judge.Limits{}) {
		return nil
	}
	return &pb.Limits{
		CpuNs:     int64(l.CPU),
		WallNs:    int64(l.Wall),
		MemoryKb:  l.MemoryKB,
		StackKb:   l.StackKB,
		Processes: int32(l.Processes),
		OutputKb:  l.OutputKB,
		FileKb:    l.FileKB,
	}
}

// LimitsFromProto is the inverse of [LimitsToProto].
func LimitsFromProto(p *pb.Limits) judge.Limits {
	return judge.Limits{
		CPU:       time.Duration(p.GetCpuNs()),
		Wall:      time.Duration(p.GetWallNs()),
		MemoryKB:  p.GetMemoryKb(),
		StackKB:   p.GetStackKb(),
		Processes: int(p.GetProcesses()),
		OutputKB:  p.GetOutputKb(),
		FileKB:    p.GetFileKb(),
	}
}

func compareToProto(c *judge.Compare) *pb.Compare {
	if c == nil {
		return nil
	}
	return &pb.Compare{Mode: string(c.Mode), IgnoreCase: c.IgnoreCase, Abs: c.Abs, Rel: c.Rel}
}

func compareFromProto(p *pb.Compare) *judge.Compare {
	if p == nil {
		return nil
	}
	return &judge.Compare{Mode: judge.Mode(p.GetMode()), IgnoreCase: p.GetIgnoreCase(), Abs: p.GetAbs(), Rel: p.GetRel()}
}

// each maps a list; an empty list becomes nil, as protobuf has it.
func each[A, B any](list []A, f func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}
