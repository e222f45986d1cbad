package toolchain

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/agent/box"
	"assay/judge"
)

// Lender lends clean boxes; *box.Pool is one.
type Lender interface {
	Use(ctx context.Context, seq uint64, fn func(box.Box) error) error
	Size() int
}

// The limits of a hello program.
var helloLimits = judge.Limits{
	CPU: 10 * time.Second, Wall: 30 * time.Second, MemoryKB: 256 << 10, StackKB: 64 << 10,
	Processes: 64, OutputKB: 1024, FileKB: 16 << 10,
}

// Probe compiles and runs the hello program of every discovered language in a
// box, as many at a time as the lender has boxes, and of the given languages
// only when there are any. A language that fails is unavailable, and its
// reason says how; languages that must be prepared first are left to Prepare.
// The error is ctx's.
func (s *Set) Probe(ctx context.Context, lend Lender, ids ...string) error {
	past := s.readProbes()
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(lend.Size(), 1))
	for _, t := range s.all {
		if len(ids) > 0 && !slices.Contains(ids, t.ID()) {
			continue
		}
		g.Go(func() error { return s.probe(gctx, t, lend, past) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := s.writeProbes(); err != nil {
		s.log.Warn("probes not remembered", "err", err) // the next start takes longer
	}
	return nil
}

// probe settles one language's status; the error is ctx's alone.
func (s *Set) probe(ctx context.Context, t *Toolchain, lend Lender, past map[judge.Digest]string) error {
	if t.tools == nil {
		return nil
	}
	if t.waitsForPreparation() {
		t.status.Store(&status{reason: notPrepared})
		return nil
	}
	t.warm(ctx)
	if version, ok := past[t.digest]; ok {
		t.status.Store(&status{version: version})
		return nil
	}
	version, err := t.hello(ctx, lend)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		s.log.Warn("language unavailable", "toolchain", t.ID(), "err", err)
		t.status.Store(&status{reason: err.Error()})
		return nil
	}
	t.status.Store(&status{version: version})
	return nil
}

func (t *Toolchain) waitsForPreparation() bool {
	return t.def.Prepare != nil && t.def.Prepare.Required && !t.prepared.Load()
}

// hello proves the toolchain in boxes and returns its version.
func (t *Toolchain) hello(ctx context.Context, lend Lender) (version string, err error) {
	source, err := box.MemoryFile(t.def.SourceFile, []byte(t.def.Hello.Source))
	if err != nil {
		return "", err
	}
	defer source.Close()
	files := []box.File{{Name: t.def.SourceFile, Content: source}}
	if t.Compiles() {
		built, err := t.buildHello(ctx, lend, files)
		if err != nil {
			return "", err
		}
		defer built.Close()
		files = built.install()
	}
	err = lend.Use(ctx, 0, func(b box.Box) error {
		if err := b.Install(ctx, files); err != nil {
			return err
		}
		version = t.readVersion(ctx, b)
		return t.runHello(ctx, b)
	})
	return version, err
}

func (t *Toolchain) buildHello(ctx context.Context, lend Lender, files []box.File) (Built, error) {
	var built Built
	var output bytes.Buffer
	p := judge.Program{Language: t.ID(), Entry: t.def.SourceFile, Files: []judge.File{{Name: t.def.SourceFile}}}
	err := lend.Use(ctx, 0, func(b box.Box) (err error) {
		built, err = t.Build(ctx, b, p, files, &output)
		return err
	})
	if err == nil && !built.OK() {
		err = fmt.Errorf("hello does not compile: %s: %s", describe(built.Outcome), firstLines(output.Bytes()))
	}
	return built, err
}

func (t *Toolchain) runHello(ctx context.Context, b box.Box) error {
	var stdout, stderr bytes.Buffer
	cmd := t.RunCommand(t.def.SourceFile, nil, helloLimits)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	out, err := b.Run(ctx, cmd)
	if err != nil {
		return err
	}
	if out.ExitCode != 0 || out.Signal != 0 || out.Limit != judge.NoLimit {
		return fmt.Errorf("hello does not run: %s: %s", describe(out), firstLines(stderr.Bytes()))
	}
	if got := stdout.String(); strings.TrimSpace(got) != strings.TrimSpace(t.def.Hello.Stdout) {
		return fmt.Errorf("hello printed %q, not %q", got, t.def.Hello.Stdout)
	}
	return nil
}

// readVersion asks the toolchain for its version; silence is no failure.
func (t *Toolchain) readVersion(ctx context.Context, b box.Box) string {
	if len(t.def.Version) == 0 {
		return ""
	}
	var out bytes.Buffer
	v := t.base().limited(helloLimits, 0)
	_, err := b.Run(ctx, box.Command{
		Argv: v.expand(t.def.Version), Env: v.env(t.def.Run.Env), Stdout: &out, Stderr: &out, Limits: helloLimits,
	})
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(out.String(), "\n")
	return strings.TrimSpace(line)
}

// install turns an artifact into files for the next box.
func (b Built) install() []box.File {
	var out []box.File
	for _, f := range b.Files {
		out = append(out, box.File{Name: f.Name, Content: f.Content, Exec: f.Exec})
	}
	return out
}

func describe(o judge.Outcome) string {
	switch {
	case o.Limit != judge.NoLimit:
		return string(o.Limit) + " limit"
	case o.Signal != 0:
		return fmt.Sprintf("signal %d", o.Signal)
	default:
		return fmt.Sprintf("exit code %d", o.ExitCode)
	}
}

// firstLines is what fits into a reason.
func firstLines(output []byte) string {
	const most = 400
	return strings.ToValidUTF8(strings.TrimSpace(string(output[:min(most, len(output))])), "")
}
