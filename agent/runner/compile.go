package runner

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"assay/agent/artifact"
	"assay/agent/box"
	"assay/judge"
)

// program is what boxes are given to run: the artifact, or the sources when
// the language does not compile.
func (a *attempt) program(ctx context.Context) (*artifact.Artifact, error) {
	if !a.tc.Compiles() {
		return a.sources(ctx)
	}
	key := artifact.Key(a.tc.Digest(), a.work.Spec.Program)
	prog, cached, err := a.artifacts.Do(ctx, key, a.compile)
	if err != nil {
		return nil, err
	}
	prog.Compile.Cached = cached
	return prog, nil
}

// sources opens the files that were handed in.
func (a *attempt) sources(ctx context.Context) (*artifact.Artifact, error) {
	out := &artifact.Artifact{}
	for _, f := range a.work.Spec.Files {
		content, err := a.open(ctx, f.Name, f.Content)
		if err != nil {
			out.Close()
			return nil, fmt.Errorf("open source %s: %w", f.Name, err)
		}
		out.Files = append(out.Files, artifact.File{Name: f.Name, Content: content})
	}
	return out, nil
}

// compile makes the artifact in a box, and says whether it would come out the
// same another time: what a limit ended might not.
func (a *attempt) compile(ctx context.Context) (made *artifact.Artifact, store bool, err error) {
	src, err := a.sources(ctx)
	if err != nil {
		return nil, false, err
	}
	defer src.Close()
	err = a.use(ctx, func(b box.Box) error {
		output := newCapture(2*a.cfg.Bounds.CaptureBytes, nil) // of which the head is kept
		built, err := a.tc.Build(ctx, b, a.work.Spec.Program, src.BoxFiles(), output)
		if err != nil {
			return fmt.Errorf("compile: %w", err)
		}
		made = &artifact.Artifact{Compile: compileResult(built.Outcome, built.OK(), output)}
		for _, f := range built.Files {
			made.Files = append(made.Files, artifact.File{Name: f.Name, Content: f.Content, Exec: f.Exec})
		}
		store = built.Outcome.Limit == judge.NoLimit && built.Outcome.Signal == 0
		return nil
	})
	return made, store, err
}

func compileResult(o judge.Outcome, ok bool, output *capture) judge.CompileResult {
	var text bytes.Buffer
	text.WriteString(strings.ToValidUTF8(string(output.head), "\uFFFD"))
	if n := output.total - int64(len(output.head)); n > 0 {
		fmt.Fprintf(&text, "\n[… %d bytes left out …]\n", n)
	}
	switch {
	case o.Limit != judge.NoLimit:
		fmt.Fprintf(&text, "\ncompiling exceeded its limit: %s\n", o.Limit)
	case o.Signal != 0:
		fmt.Fprintf(&text, "\nthe compiler was ended by %s\n", judge.SignalName(o.Signal))
	}
	return judge.CompileResult{OK: ok, Output: text.String(), CPU: o.CPU, Wall: o.Wall, MemoryKB: o.MemoryKB}
}

// open opens a payload; what is inline is put into a file in memory.
func (a *attempt) open(ctx context.Context, name string, p judge.Payload) (*os.File, error) {
	if p.Digest == "" {
		return box.MemoryFile(name, p.Inline)
	}
	return a.blobs.Open(ctx, p)
}
