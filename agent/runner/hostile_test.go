package runner_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"assay/agent/toolchain"
	"assay/judge"
)

// TestNoCompilerCanBeTurnedAgainstItsHost judges the programs of
// testdata/hostile, files like those of testdata: their attacks happen while
// they are compiled. What the compiler prints must tell no secret of the host,
// and after each an honest program is judged right.
func TestNoCompilerCanBeTurnedAgainstItsHost(t *testing.T) {
	files, err := filepath.Glob("testdata/hostile/*.txtar")
	must(t, err)
	name, secret := plantSecret(t)
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
			text, err := os.ReadFile(file)
			must(t, err)
			tests, programs := corpus(txtar.Parse([]byte(strings.ReplaceAll(string(text), "{canary}", name))))
			for program, files := range programs {
				t.Run(program, func(t *testing.T) {
					b.attack(t, tc, files, program, tests, secret)
					b.check(t, tc, unlike(programs["accepted"], program), "accepted", tests)
				})
			}
		})
	}
}

// unlike makes a program that was not compiled before of one that was.
func unlike(files []judge.File, comment string) []judge.File {
	files = slices.Clone(files)
	content := &files[0].Content
	content.Inline = fmt.Appendf(slices.Clip(content.Inline), "// %s\n", comment)
	content.Size = int64(len(content.Inline))
	return files
}

// plantSecret leaves a secret in a file of the host that everybody may read,
// and in the environment.
func plantSecret(t *testing.T) (name, secret string) {
	t.Helper()
	secret = "canary-" + rand.Text()
	f, err := os.CreateTemp("", "assay-canary-*")
	must(t, err)
	defer f.Close()
	t.Cleanup(func() { _ = os.Remove(f.Name()) })
	_, err = f.WriteString(secret + "\n")
	must(t, err)
	must(t, f.Chmod(0o644))
	t.Setenv("ASSAY_CANARY", secret)
	return f.Name(), secret
}

// attack judges one program by its name, and looks for the secret in all that
// came out of it.
func (b *realBench) attack(t *testing.T, tc *toolchain.Toolchain, files []judge.File, name string, tests []judge.Test, secret string) {
	t.Helper()
	w := b.work(tc, files, name, tests)
	w.Spec.Limits.CPU = time.Second
	res, err := b.Run(context.Background(), w, &diary{})
	must(t, err)
	want, _, _ := strings.Cut(name, ".")
	output := ""
	if res.Compile != nil {
		output = res.Compile.Output
		t.Logf("compiled in %v of CPU time with %d KB", res.Compile.CPU, res.Compile.MemoryKB)
	}
	if string(res.Verdict) != want {
		t.Errorf("verdict %s, want %s\n%.2000s", res.Verdict, want, output)
	}
	for _, r := range res.Tests {
		output += string(r.Stdout.Inline) + string(r.Stderr.Inline)
	}
	if strings.Contains(output, secret) {
		t.Errorf("the secret was told:\n%.2000s", output)
	}
}
