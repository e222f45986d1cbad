package convert

import (
	"time"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// SummaryToProto maps the condensed result.
func SummaryToProto(s judge.Summary) *pb.Summary {
	return &pb.Summary{
		Total:       int32(s.Total),
		Passed:      int32(s.Passed),
		FirstFailed: s.FirstFailed,
		Points:      s.Points,
		MaxPoints:   s.MaxPoints,
		MaxCpuNs:    int64(s.MaxCPU),
		MaxMemoryKb: s.MaxMemoryKB,
		Groups:      each(s.Groups, groupResultToProto),
	}
}

// SummaryFromProto is the inverse of [SummaryToProto].
func SummaryFromProto(p *pb.Summary) judge.Summary {
	return judge.Summary{
		Total:       int(p.GetTotal()),
		Passed:      int(p.GetPassed()),
		FirstFailed: p.GetFirstFailed(),
		Points:      p.GetPoints(),
		MaxPoints:   p.GetMaxPoints(),
		MaxCPU:      time.Duration(p.GetMaxCpuNs()),
		MaxMemoryKB: p.GetMaxMemoryKb(),
		Groups:      each(p.GetGroups(), groupResultFromProto),
	}
}

func groupResultToProto(g judge.GroupResult) *pb.GroupResult {
	return &pb.GroupResult{Id: g.ID, Verdict: string(g.Verdict), Points: g.Points}
}

func groupResultFromProto(p *pb.GroupResult) judge.GroupResult {
	return judge.GroupResult{ID: p.GetId(), Verdict: judge.Verdict(p.GetVerdict()), Points: p.GetPoints()}
}

func timingToProto(t judge.Timing) *pb.Timing {
	return &pb.Timing{
		QueueNs:   int64(t.Queue),
		CompileNs: int64(t.Compile),
		RunNs:     int64(t.Run),
		TotalNs:   int64(t.Total),
	}
}

func timingFromProto(p *pb.Timing) judge.Timing {
	return judge.Timing{
		Queue:   time.Duration(p.GetQueueNs()),
		Compile: time.Duration(p.GetCompileNs()),
		Run:     time.Duration(p.GetRunNs()),
		Total:   time.Duration(p.GetTotalNs()),
	}
}
