package boxtest

import (
	"embed"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"assay/agent/box"
)

// Run holds a driver against the promises of a box, one subtest each. The
// driver's boxes need gcc's output to run: a static executable for this
// machine. After each subtest its box is reset and must judge an honest
// program right.
func Run(t *testing.T, d box.Driver) {
	program := hostileProgram(t)
	for _, list := range [][]promise{outcomes, limits, isolation, files, survival} {
		for _, p := range list {
			t.Run(p.is, func(t *testing.T) {
				s := open(t, d, program)
				p.kept(s)
				s.mustStillWork()
			})
		}
	}
}

// promise is one thing that a box promises, and how to see that it is kept.
type promise struct {
	is   string
	kept func(*subject)
}

//go:embed testdata/*.c testdata/*.h
var sources embed.FS

// hostileProgram compiles the program that does everything a program might
// try: the sources say what its arguments mean.
func hostileProgram(t *testing.T) *os.File {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, sources); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "testdata", "*.c"))
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, names...)
}

// compile makes a static executable.
func compile(t *testing.T, args ...string) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "program")
	args = append([]string{"-O1", "-static", "-pthread", "-w", "-o", name}, args...)
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// RequireKernel skips a test, loudly, on a machine that cannot hold real
// boxes: they take Linux, root and gcc for the programs inside. What else is
// missing is for the driver to say.
func RequireKernel(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 && os.Getenv(UnprivilegedVariable) == "" {
		t.Skip("SKIPPED: real boxes take root, or what docs/box.md says and " + UnprivilegedVariable + "=1")
	}
	if _, err := os.Stat("/proc/self/ns/pid"); err != nil {
		t.Skip("SKIPPED: real boxes take Linux namespaces:", err)
	}
	if _, err := os.Stat("/sys/fs/cgroup"); err != nil {
		t.Skip("SKIPPED: real boxes take cgroups:", err)
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("SKIPPED: the programs in the boxes take gcc:", err)
	}
}
