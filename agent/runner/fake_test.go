package runner_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"assay/agent/artifact"
	"assay/agent/box"
	"assay/agent/box/boxtest"
	"assay/agent/runner"
	"assay/agent/toolchain"
	"assay/judge"
)

// toyLanguages are a language that compiles and one that does not. Their
// programs are scripts for toy.
const toyLanguages = `
language "compiled" {
  name        = "Toy, compiled"
  source_file = "main.toy"
  extensions  = [".toy"]
  tool "sh" { candidates = ["/bin/sh"] }
  compile {
    argv      = ["{sh}", "compile", "{sources}", "{options}"]
    artifacts = ["main"]
  }
  run {
    argv            = ["./main"]
    memory_evidence = ["toy memory exhausted"]
  }
  hello {
    source = "print hello"
    stdout = "hello"
  }
}

language "script" {
  name        = "Toy"
  source_file = "main.toy"
  tool "sh" { candidates = ["/bin/sh"] }
  run { argv = ["{sh}", "{source}"] }
  hello {
    source = "print hello"
    stdout = "hello"
  }
}
`

// toy interprets a script, a command a line: print TEXT, warn TEXT, copy
// (stdin), args, flood BYTES, cpu D, wait, exit N, signal N, memory KB. A line
// that begins with "WORD:" counts only when that is the input.
func toy(ctx context.Context, p *boxtest.Process) judge.Outcome {
	if len(p.Argv) > 1 && p.Argv[1] == "compile" {
		return toyCompile(p)
	}
	script, ok := p.Installed["main"]
	if !ok {
		script = p.Installed["main.toy"]
	}
	input, _ := io.ReadAll(p.Stdin)
	var out judge.Outcome
	for line := range strings.Lines(string(script)) {
		line = strings.TrimSpace(line)
		if when, rest, ok := strings.Cut(line, ": "); ok {
			if when != strings.TrimSpace(string(input)) {
				continue
			}
			line = rest
		}
		toyStep(ctx, p, &out, line, input)
	}
	return out
}

func toyCompile(p *boxtest.Process) judge.Outcome {
	source := p.Installed["main.toy"]
	if bytes.Contains(source, []byte("syntax error")) {
		fmt.Fprintln(p.Stderr, "main.toy:1: syntax error")
		return judge.Outcome{ExitCode: 1}
	}
	if bytes.Contains(source, []byte("endless macro")) {
		return judge.Outcome{CPU: time.Hour}
	}
	p.Left["main"] = source
	return judge.Outcome{CPU: 100 * time.Millisecond}
}

func toyStep(ctx context.Context, p *boxtest.Process, out *judge.Outcome, line string, input []byte) {
	verb, arg, _ := strings.Cut(line, " ")
	n, _ := strconv.Atoi(arg)
	switch verb {
	case "print":
		fmt.Fprintln(p.Stdout, arg)
	case "warn":
		fmt.Fprintln(p.Stderr, arg)
	case "copy":
		p.Stdout.Write(input)
	case "args":
		fmt.Fprintln(p.Stdout, strings.Join(p.Argv[len(p.Argv)-2:], " "))
	case "flood":
		p.Stdout.Write(bytes.Repeat([]byte("0123456789abcdef"), n/16))
	case "cpu":
		d, _ := time.ParseDuration(arg)
		out.CPU += d
	case "wait":
		<-ctx.Done()
	case "exit":
		out.ExitCode = n
	case "signal":
		out.Signal = n
	case "memory":
		out.MemoryKB = int64(n)
	}
}

// bench is a runner over fake boxes.
type bench struct {
	*runner.Runner
	pool  *box.Pool
	fake  *boxtest.Fake
	blobs *memoryBlobs
}

// newBench makes a runner whose boxes run toy, with its pool running.
func newBench(t *testing.T, size int) *bench {
	t.Helper()
	dir := t.TempDir()
	plugins := filepath.Join(dir, "plugins")
	must(t, os.Mkdir(plugins, 0o755))
	must(t, os.WriteFile(filepath.Join(plugins, "toy.hcl"), []byte(toyLanguages), 0o644))
	log, reg := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	b := &bench{fake: &boxtest.Fake{Program: toy}, blobs: &memoryBlobs{content: map[judge.Digest][]byte{}}}
	b.pool = box.NewPool(box.PoolConfig{Size: size, Prepared: size}, b.fake, log, reg)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- b.pool.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })

	set, err := toolchain.Discover(toolchain.Config{Plugins: plugins, Cache: filepath.Join(dir, "cache")}, log)
	must(t, err)
	must(t, set.Probe(t.Context(), b.pool, "compiled", "script"))
	store, err := artifact.Open(artifact.Config{Dir: filepath.Join(dir, "artifacts"), MaxBytes: 1 << 20}, log, reg)
	must(t, err)
	cfg := runner.Config{Node: "n1", Class: "c1", CPU: "toy", Bounds: judge.DefaultBounds(), Spool: dir}
	b.Runner = runner.New(cfg, b.pool, set, store, b.blobs, log, reg)
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// judge runs a submission to its end.
func (b *bench) judge(t *testing.T, w runner.Work) judge.Result {
	t.Helper()
	res, err := b.Run(t.Context(), w, &diary{})
	must(t, err)
	return res
}

// work is a submission of one source.
func work(language, source string, tests ...judge.Test) runner.Work {
	file := judge.File{Name: "main.toy", Content: judge.Payload{Inline: []byte(source), Size: int64(len(source))}}
	return runner.Work{
		ID: "s1", Seq: 1,
		Spec:  judge.Spec{Program: judge.Program{Language: language, Files: []judge.File{file}, Entry: "main.toy"}},
		Suite: judge.Suite{Tests: tests},
	}
}

// tc is a test case; its id is its input.
func tc(stdin, expected string) judge.Test {
	return judge.Test{
		ID: stdin, Points: 1,
		Stdin:    judge.Payload{Inline: []byte(stdin), Size: int64(len(stdin))},
		Expected: &judge.Payload{Inline: []byte(expected), Size: int64(len(expected))},
	}
}

// diary writes down what it is told.
type diary struct {
	mu    sync.Mutex
	lines []string
	onTop func(line string)
}

func (d *diary) add(line string) {
	d.mu.Lock()
	d.lines = append(d.lines, line)
	d.mu.Unlock()
	if d.onTop != nil {
		d.onTop(line)
	}
}

func (d *diary) Started()                       { d.add("started") }
func (d *diary) Compiled(c judge.CompileResult) { d.add(fmt.Sprintf("compiled %v", c.OK)) }
func (d *diary) Tested(t judge.TestResult)      { d.add("test " + t.ID + " " + string(t.Verdict)) }

// memoryBlobs is a blob store in memory.
type memoryBlobs struct {
	mu      sync.Mutex
	content map[judge.Digest][]byte
}

func (m *memoryBlobs) Open(_ context.Context, p judge.Payload) (*os.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.content[p.Digest]
	if !ok {
		return nil, os.ErrNotExist
	}
	return box.MemoryFile("blob", data)
}

func (m *memoryBlobs) Put(_ context.Context, r io.Reader) (judge.Payload, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return judge.Payload{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d := judge.DigestOf(data)
	m.content[d] = data
	return judge.Payload{Digest: d, Size: int64(len(data))}, nil
}
