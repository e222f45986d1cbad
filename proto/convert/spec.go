package convert

import (
	"assay/judge"
	pb "assay/proto/assay/v1"
)

// SpecToProto maps a submission without its tests.
func SpecToProto(s judge.Spec) *pb.Spec {
	return &pb.Spec{
		Language:      s.Language,
		Files:         each(s.Files, fileToProto),
		Entry:         s.Entry,
		Options:       s.Options,
		Args:          s.Args,
		Limits:        LimitsToProto(s.Limits),
		Compare:       compareToProto(s.Compare),
		Groups:        each(s.Groups, groupToProto),
		StopOnFailure: s.StopOnFailure,
		Capture:       string(s.Capture),
		NoCache:       s.NoCache,
		Metadata:      s.Metadata,
	}
}

// SpecFromProto is the inverse of [SpecToProto].
func SpecFromProto(p *pb.Spec) judge.Spec {
	return judge.Spec{
		Program: judge.Program{
			Language: p.GetLanguage(),
			Files:    each(p.GetFiles(), fileFromProto),
			Entry:    p.GetEntry(),
			Options:  p.GetOptions(),
		},
		Args:          p.GetArgs(),
		Limits:        LimitsFromProto(p.GetLimits()),
		Compare:       compareFromProto(p.GetCompare()),
		Groups:        each(p.GetGroups(), groupFromProto),
		StopOnFailure: p.GetStopOnFailure(),
		Capture:       judge.Capture(p.GetCapture()),
		NoCache:       p.GetNoCache(),
		Metadata:      p.GetMetadata(),
	}
}

func fileToProto(f judge.File) *pb.File {
	return &pb.File{Name: f.Name, Content: PayloadToProto(f.Content)}
}

func fileFromProto(p *pb.File) judge.File {
	return judge.File{Name: p.GetName(), Content: PayloadFromProto(p.GetContent())}
}

func groupToProto(g judge.Group) *pb.Group {
	return &pb.Group{Id: g.ID, Tests: g.Tests, Points: g.Points, Score: g.Score, Requires: g.Requires}
}

func groupFromProto(p *pb.Group) judge.Group {
	return judge.Group{ID: p.GetId(), Tests: p.GetTests(), Points: p.GetPoints(), Score: p.GetScore(), Requires: p.GetRequires()}
}
