package runner_test

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/tools/txtar"

	"assay/agent/artifact"
	"assay/agent/box"
	"assay/agent/box/native"
	"assay/agent/runner"
	"assay/agent/toolchain"
	"assay/judge"
)

// TestEveryLanguageGetsEveryVerdict judges the programs of testdata in real
// boxes. A file is named for its language; a folder in it is a program, named
// for the verdict that it deserves and, after a dot, for what is special about
// it. N.in and N.ans are the tests of all programs of the file. A file named
// options holds compiler options, one a line.
func TestEveryLanguageGetsEveryVerdict(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	must(t, err)
	b := newRealBench(t)
	for _, file := range files {
		id := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(id, func(t *testing.T) {
			tc, ok := b.set.Lookup(id)
			if !ok {
				t.Fatalf("no language %s", id)
			}
			if !tc.Available() {
				t.Skipf("SKIPPED, %s is not tested: %s", id, tc.Reason())
			}
			archive, err := txtar.ParseFile(file)
			must(t, err)
			tests, programs := corpus(archive)
			for _, name := range slices.Sorted(maps.Keys(programs)) {
				t.Run(name, func(t *testing.T) { b.check(t, tc, programs[name], name, tests) })
			}
		})
	}
}

// corpus splits an archive into tests and programs by name.
func corpus(a *txtar.Archive) (tests []judge.Test, programs map[string][]judge.File) {
	programs = map[string][]judge.File{}
	for _, f := range a.Files {
		content := judge.Payload{Inline: f.Data, Size: int64(len(f.Data))}
		program, name, ok := strings.Cut(f.Name, "/")
		switch {
		case ok:
			programs[program] = append(programs[program], judge.File{Name: name, Content: content})
		case path.Ext(f.Name) == ".in":
			tests = append(tests, judge.Test{ID: strings.TrimSuffix(f.Name, ".in"), Stdin: content})
		default:
			tests[len(tests)-1].Expected = &content
		}
	}
	return tests, programs
}

// realBench is a runner over native boxes.
type realBench struct {
	*runner.Runner
	set *toolchain.Set
}

func newRealBench(t testing.TB) *realBench {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: native boxes take root")
	}
	log, reg := slog.New(slog.NewTextHandler(t.Output(), nil)), prometheus.NewRegistry()
	set, err := toolchain.Discover(toolchain.Config{Cache: preparedDir(t)}, log)
	must(t, err)
	driver := native.New(native.Config{Mounts: set.Mounts()}, log)
	if err := driver.Probe(context.Background()); err != nil {
		t.Skipf("SKIPPED: no native boxes here: %v", err)
	}
	pool := box.NewPool(box.PoolConfig{Size: 2, Prepared: 2}, driver, log, reg)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- pool.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done; driver.Close() })
	start := time.Now()
	must(t, set.Probe(context.Background(), pool))
	t.Logf("probed in %v", time.Since(start))
	must(t, set.Prepare(context.Background(), pool, func() {}))
	store, err := artifact.Open(artifact.Config{Dir: t.TempDir(), MaxBytes: 1 << 30}, log, reg)
	must(t, err)
	cfg := runner.Config{Bounds: judge.DefaultBounds(), Spool: t.TempDir()}
	blobs := &memoryBlobs{content: map[judge.Digest][]byte{}}
	return &realBench{runner.New(cfg, pool, set, store, blobs, log, reg), set}
}

// preparedDir outlives the test: preparing Go's standard library takes most of
// a minute, and it is named by what it was made from.
func preparedDir(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		return t.TempDir()
	}
	return filepath.Join(cache, "assay-test", "toolchains")
}

// check judges one program and holds the result against the program's name.
func (b *realBench) check(t *testing.T, tc *toolchain.Toolchain, files []judge.File, name string, tests []judge.Test) {
	t.Helper()
	w := b.work(tc, files, name, tests)
	res, err := b.Run(context.Background(), w, &diary{})
	must(t, err)
	want, _, _ := strings.Cut(name, ".")
	if res.Compile != nil {
		t.Logf("compile: cpu %v wall %v memory %d KB", res.Compile.CPU, res.Compile.Wall, res.Compile.MemoryKB)
	}
	for _, r := range res.Tests {
		t.Logf("test %s: %s (%s) cpu %v wall %v memory %d KB", r.ID, r.Verdict, r.Message, r.Outcome.CPU, r.Outcome.Wall, r.Outcome.MemoryKB)
	}
	if string(res.Verdict) == want {
		return
	}
	t.Errorf("verdict %s, want %s", res.Verdict, want)
	if res.Compile != nil {
		t.Logf("compiler: %s", res.Compile.Output)
	}
	for _, r := range res.Tests {
		t.Logf("test %s: %+v\nstdout: %.500s\nstderr: %.1500s", r.ID, r.Outcome, r.Stdout.Inline, r.Stderr.Inline)
	}
}

// work makes a submission of a program of the corpus.
func (b *realBench) work(tc *toolchain.Toolchain, files []judge.File, name string, tests []judge.Test) runner.Work {
	slices.SortFunc(files, func(a, b judge.File) int { return strings.Compare(a.Name, b.Name) })
	w := runner.Work{ID: name, Seq: 1}
	var options []string
	files = slices.DeleteFunc(slices.Clone(files), func(f judge.File) bool {
		if f.Name != "options" {
			return false
		}
		options = strings.Split(strings.TrimSpace(string(f.Content.Inline)), "\n")
		return true
	})
	w.Spec = judge.Spec{
		Program: judge.Program{Language: tc.ID(), Files: files, Entry: tc.SourceFile(), Options: options},
		Limits:  judge.Limits{CPU: 600 * time.Millisecond, Wall: 5 * time.Second, MemoryKB: 96 << 10, OutputKB: 1024},
	}
	if !strings.HasPrefix(name, string(judge.TimeLimitExceeded)) {
		// A collector takes its time before it gives up, and a virtual machine now
		// and then before it starts.
		w.Spec.Limits.CPU = 4 * time.Second
	}
	w.Suite.Tests = tests
	return w
}
