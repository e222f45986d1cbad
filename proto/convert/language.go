package convert

import (
	"assay/judge"
	pb "assay/proto/assay/v1"
)

// LanguageToProto maps what a node can judge.
func LanguageToProto(l judge.Language) *pb.Language {
	return &pb.Language{
		Id:            l.ID,
		Name:          l.Name,
		Version:       l.Version,
		Aliases:       l.Aliases,
		Compile:       l.Compile,
		Run:           l.Run,
		SourceFile:    l.SourceFile,
		Available:     l.Available,
		Reason:        l.Reason,
		Preparing:     l.Preparing,
		Toolchain:     string(l.Toolchain),
		CpuFactor:     l.CPUFactor,
		MemoryFactor:  l.MemoryFactor,
		MemoryExtraKb: l.MemoryExtraKB,
		NodeClasses:   l.Classes,
	}
}

// LanguageFromProto is the inverse of [LanguageToProto].
func LanguageFromProto(p *pb.Language) judge.Language {
	return judge.Language{
		ID:            p.GetId(),
		Name:          p.GetName(),
		Version:       p.GetVersion(),
		Aliases:       p.GetAliases(),
		Compile:       p.GetCompile(),
		Run:           p.GetRun(),
		SourceFile:    p.GetSourceFile(),
		Available:     p.GetAvailable(),
		Reason:        p.GetReason(),
		Preparing:     p.GetPreparing(),
		Toolchain:     judge.Digest(p.GetToolchain()),
		CPUFactor:     p.GetCpuFactor(),
		MemoryFactor:  p.GetMemoryFactor(),
		MemoryExtraKB: p.GetMemoryExtraKb(),
		Classes:       p.GetNodeClasses(),
	}
}
