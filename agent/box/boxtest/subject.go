package boxtest

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/agent/box"
	"assay/judge"
)

// subject is a box under test, with the hostile program installed.
type subject struct {
	*testing.T
	driver  box.Driver
	box     box.Box
	program *os.File
	except  Except
}

// ran is what a run brought to light.
type ran struct {
	judge.Outcome
	stdout, stderr string
}

func open(t *testing.T, d box.Driver, program *os.File) *subject {
	t.Helper()
	b, err := d.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &subject{T: t, driver: d, box: b, program: program}
	s.arm()
	return s
}

// arm installs the hostile program.
func (s *subject) arm() {
	s.Helper()
	s.installFile("hostile", s.program, true)
}

func (s *subject) installFile(name string, f *os.File, exec bool) {
	s.Helper()
	if err := s.box.Install(s.Context(), []box.File{{Name: name, Content: f, Exec: exec}}); err != nil {
		s.Fatal(err)
	}
}

func (s *subject) install(name, content string) {
	s.Helper()
	s.installFile(name, s.file(content), false)
}

// file makes a host file with this content.
func (s *subject) file(content string) *os.File {
	s.Helper()
	f, err := os.CreateTemp(s.TempDir(), "")
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = f.Close() })
	if _, err := f.WriteString(content); err != nil {
		s.Fatal(err)
	}
	return f
}

// act is a command for the hostile program, under generous limits.
func act(args ...string) box.Command {
	return box.Command{
		Argv: append([]string{"./hostile"}, args...),
		Limits: judge.Limits{
			CPU: Paced(5 * time.Second), Wall: Paced(30 * time.Second), MemoryKB: 256 << 10, StackKB: 8 << 10,
			Processes: 64, OutputKB: 1 << 10, FileKB: 32 << 10,
		},
	}
}

// shell is a command for the box's shell.
func shell(script string) box.Command {
	c := act()
	c.Argv = []string{"/bin/sh", "-c", script}
	c.Env = []string{"PATH=/usr/bin:/bin"}
	return c
}

// run runs a command; a fault fails the test.
func (s *subject) run(c box.Command) ran {
	s.Helper()
	r, err := s.try(context.Background(), c)
	if err != nil {
		s.Fatalf("%v: %v", c.Argv, err)
	}
	return r
}

func (s *subject) try(ctx context.Context, c box.Command) (ran, error) {
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	o, err := s.box.Run(ctx, c)
	return ran{o, stdout.String(), stderr.String()}, err
}

// endsBy wants a run to end by a limit.
func (s *subject) endsBy(want judge.Limit, c box.Command) ran {
	s.Helper()
	r := s.run(c)
	if r.Limit != want {
		s.Errorf("%v ended by %q, want %q: %+v", c.Argv, r.Limit, want, r)
	}
	return r
}

// prints wants a program to exit 0 by itself having printed just this.
func (s *subject) prints(want string, c box.Command) ran {
	s.Helper()
	r := s.run(c)
	if r.ExitCode != 0 || r.Signal != 0 || r.Limit != judge.NoLimit {
		s.Errorf("%v: %+v", c.Argv, r)
	}
	if diff := cmp.Diff(want, r.stdout); diff != "" {
		s.Errorf("%v prints (-want +got):\n%s", c.Argv, diff)
	}
	return r
}

// isQuiet wants a hostile program to have found nothing to report.
func (s *subject) isQuiet(c box.Command) {
	s.Helper()
	s.prints("", c)
}

// leavesNothing wants the directories that programs write to to be empty but
// for what is installed.
func (s *subject) leavesNothing() {
	s.Helper()
	s.prints("", shell("find /w /tmp /dev/shm -mindepth 1 ! -path /w/hostile"))
}

// mustStillWork wants the next submission on this box to get its right result.
func (s *subject) mustStillWork() {
	s.Helper()
	if err := s.box.Reset(s.Context()); err != nil {
		s.Fatal(err)
	}
	s.prints("", shell("find /w /tmp /dev/shm -mindepth 1"))
	s.arm()
	c := act("cat")
	c.Stdin = s.file(strings.Repeat("honest ", 100))
	s.prints(strings.Repeat("honest ", 100), c)
}
