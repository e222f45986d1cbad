package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io"

	"assay/agent/box"
	"assay/judge"
)

// What an artifact may be at most.
const (
	maxArtifactFiles = 4096
	maxArtifactBytes = judge.MaxWorkKB << 10
)

// Built is the end of a compilation.
type Built struct {
	Outcome judge.Outcome
	// Files are the artifact, open and the caller's to close; none when
	// compiling failed.
	Files []box.Collected
}

// OK reports whether there is an artifact.
func (b Built) OK() bool { return len(b.Files) > 0 }

// Close closes the files of the artifact.
func (b Built) Close() {
	for _, f := range b.Files {
		f.Content.Close()
	}
}

// Build compiles p in a clean box. What the compiler prints goes to output,
// both streams in the order of their coming. The error is a fault: a program
// that does not compile is none.
func (t *Toolchain) Build(ctx context.Context, b box.Box, p judge.Program, files []box.File, output io.Writer) (Built, error) {
	if err := b.Install(ctx, files); err != nil {
		return Built{}, err
	}
	cmd := t.CompileCommand(p)
	cmd.Stdout, cmd.Stderr = output, output
	out, err := b.Run(ctx, cmd)
	if err != nil {
		return Built{}, err
	}
	if out.ExitCode != 0 || out.Signal != 0 || out.Limit != judge.NoLimit {
		return Built{Outcome: out}, nil
	}
	names, err := t.artifactNames(ctx, b)
	if err != nil {
		return Built{}, err
	}
	if len(names) == 0 {
		fmt.Fprintf(output, "the compiler made no %s\n", t.def.Compile.Artifacts[0])
		return Built{Outcome: out}, nil
	}
	collected, err := b.Collect(ctx, names, maxArtifactBytes)
	if fault := new(*box.Fault); err != nil && !errors.As(err, fault) && ctx.Err() == nil {
		fmt.Fprintf(output, "what the compiler made cannot be used: %v\n", err)
		return Built{Outcome: out}, nil
	}
	if err != nil {
		return Built{}, err
	}
	return Built{Outcome: out, Files: collected}, nil
}

func (t *Toolchain) artifactNames(ctx context.Context, b box.Box) ([]string, error) {
	left, err := b.List(ctx, maxArtifactFiles)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range left {
		if matches(t.def.Compile.Artifacts, name) {
			out = append(out, name)
		}
	}
	return out, nil
}
