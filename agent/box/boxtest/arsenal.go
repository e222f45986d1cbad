package boxtest

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"assay/agent/box"
)

//go:embed testdata/hostile
var hostile embed.FS

// weapon is an attack that is ready to run.
type weapon struct {
	attack
	files map[string]*os.File // to install
	argv  []string
	env   []string
}

// arsenal makes the attacks ready that are chosen of all, compiling what has to
// be compiled once. What this machine cannot compile or run is left out, loudly.
func arsenal(t *testing.T, choose func([]attack) []attack) []weapon {
	t.Helper()
	dir := t.TempDir()
	sub, err := fs.Sub(hostile, "testdata/hostile")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, sub); err != nil {
		t.Fatal(err)
	}
	attacks, err := attacksIn(sub)
	if err != nil {
		t.Fatal(err)
	}
	attacks = choose(attacks)
	forge := newForge(t, dir)
	weapons := make([]weapon, len(attacks))
	var g errgroup.Group
	g.SetLimit(runtime.NumCPU())
	for i, a := range attacks {
		g.Go(func() (err error) { weapons[i], err = forge.make(a); return err })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(weapons, func(w weapon) bool { return w.argv == nil })
}

// attacksIn reads every attack of a tree.
func attacksIn(tree fs.FS) (list []attack, err error) {
	err = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) == ".h" {
			return err
		}
		source, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		a, err := parseAttack(name, string(source))
		list = append(list, a)
		return err
	})
	return list, err
}

// forge makes weapons of attacks.
type forge struct {
	dir     string
	missing map[string]bool // suffixes of languages that are not here

	mu     sync.Mutex
	opened []*os.File // guarded by mu
}

// tools are what each language takes on the host, and in the box at the same
// path.
var tools = map[string][]string{
	".c": {"gcc"}, ".cpp": {"g++"}, ".py": {"/usr/bin/python3"}, ".sh": {"/usr/bin/bash"},
	".js": {"/usr/bin/node"}, ".java": {"/usr/bin/java", "/usr/bin/javac"},
}

func newForge(t *testing.T, dir string) *forge {
	t.Helper()
	f := &forge{dir: dir, missing: map[string]bool{}}
	for suffix, needed := range tools {
		for _, tool := range needed {
			if _, err := exec.LookPath(tool); err != nil {
				t.Logf("SKIPPED: no attack in %s is tried, this machine has no %s", suffix, tool)
				f.missing[suffix] = true
			}
		}
	}
	t.Cleanup(func() {
		for _, file := range f.opened {
			_ = file.Close()
		}
	})
	return f
}

func (f *forge) open(name string) (*os.File, error) {
	file, err := os.Open(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened = append(f.opened, file)
	return file, err
}

func (f *forge) make(a attack) (weapon, error) {
	w := weapon{attack: a, files: map[string]*os.File{}, env: []string{"PATH=/usr/bin:/bin", "HOME=/w", "LANG=C.UTF-8"}}
	source, suffix := filepath.Join(f.dir, a.name), path.Ext(a.name)
	base := path.Base(a.name)
	if f.missing[suffix] || (a.arch != "" && a.arch != runtime.GOARCH) {
		return w, nil
	}
	var err error
	switch suffix {
	case ".c", ".cpp":
		var program string
		args := slices.Concat([]string{"-O1", "-static", "-pthread", "-w", "-fno-builtin"}, a.flags)
		program, err = f.made(source, ".out", func(out string) error {
			return build(tools[suffix][0], append(args, "-I", f.dir, "-o", out, source)...)
		}, args...)
		w.argv = []string{"./program"}
		if err == nil {
			w.files["program"], err = f.open(program)
		}
	case ".java":
		err = f.java(&w, source)
	default:
		w.argv = append(interpreter(suffix), base)
		w.files[base], err = f.open(source)
	}
	return w, err
}

// interpreter runs a source as a definition of its language would.
func interpreter(suffix string) []string {
	switch suffix {
	case ".py":
		return []string{"/usr/bin/python3", "-s", "-B"}
	case ".js":
		return []string{"/usr/bin/node", "--max-old-space-size=128"}
	}
	return []string{"/usr/bin/bash", "--norc", "--noprofile"}
}

// java compiles one file, which may make several.
func (f *forge) java(w *weapon, source string) error {
	out, err := f.made(source, ".classes", func(out string) error {
		return build("/usr/bin/javac", "-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", "-d", out, source)
	})
	if err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(out, "*.class"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if w.files[filepath.Base(name)], err = f.open(name); err != nil {
			return err
		}
	}
	w.argv = []string{
		"/usr/bin/java", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Xmx128m",
		"-XX:ErrorFile=/dev/null", "-Xlog:disable", "-cp", ".", strings.TrimSuffix(path.Base(w.name), ".java"),
	}
	return nil
}

func build(tool string, args ...string) error {
	if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", tool, strings.Join(args, " "), err, out)
	}
	return nil
}

// command is how a weapon is run; its files must have been installed.
func (w weapon) command() box.Command {
	limits := w.limits
	limits.CPU, limits.Wall = Paced(limits.CPU), Paced(limits.Wall)
	return box.Command{Argv: w.argv, Env: w.env, Limits: limits}
}
