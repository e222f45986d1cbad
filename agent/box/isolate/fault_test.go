package isolate

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"assay/agent/box"
	"assay/agent/box/boxtest"
)

// Installed is the isolate that tests of real boxes use: the one that
// ASSAY_TEST_ISOLATE names, or what is found by its name. Without one the test
// is skipped.
func Installed(t testing.TB) string {
	t.Helper()
	boxtest.RequireKernel(t)
	program, err := exec.LookPath(cmp.Or(os.Getenv("ASSAY_TEST_ISOLATE"), "isolate"))
	if err != nil {
		t.Skip("SKIPPED: isolate is not installed here (name one in ASSAY_TEST_ISOLATE):", err)
	}
	return program
}

// real is a box of the isolate that is installed here.
func real(t *testing.T) *slot {
	t.Helper()
	b, err := New(Config{Program: Installed(t), Grace: boxtest.Paced(Config{}.or().Grace)}, slog.New(slog.NewTextHandler(t.Output(), nil))).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := b.(*slot)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestTheDeathOfAKeeperIsAFaultAndNoOutcome(t *testing.T) {
	s := real(t)
	if err := s.keeper.Kill(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Run(t.Context(), box.Command{Argv: []string{"/bin/true"}})
	var fault *box.Fault
	if !errors.As(err, &fault) {
		t.Errorf("%v", err)
	}
	if err := s.Reset(t.Context()); err == nil {
		t.Error("a box without a keeper was reset")
	}
}

func TestAFailureOfIsolateIsAFaultAndNoOutcome(t *testing.T) {
	s := real(t)
	if err := os.RemoveAll(filepath.Join(s.dir, "box")); err != nil { // isolate refuses to run without it
		t.Fatal(err)
	}
	_, err := s.Run(t.Context(), box.Command{Argv: []string{"/bin/true"}})
	var fault *box.Fault
	if !errors.As(err, &fault) {
		t.Errorf("%v", err)
	}
}

// A box whose group cannot start its counters anew, as in 2.x.
func TestAWornBoxIsMadeAgainByReset(t *testing.T) {
	s := real(t)
	keeper := s.keeper.Pid
	s.worn = true
	if err := s.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.keeper.Pid == keeper || s.worn {
		t.Error("it is the old one")
	}
	if o, err := s.Run(t.Context(), box.Command{Argv: []string{"/bin/true"}}); err != nil || o.ExitCode != 0 {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestABoxThatCannotBeMadeAgainIsAFaultWhateverIsAskedOfIt(t *testing.T) {
	s := real(t)
	program := s.driver.program
	t.Cleanup(func() { s.driver.program = program }) // before the box is closed
	s.worn, s.driver.program = true, "/bin/false"
	var fault *box.Fault
	if err := s.Reset(t.Context()); !errors.As(err, &fault) {
		t.Errorf("reset: %v", err)
	}
	if _, err := s.List(t.Context(), 1); !errors.As(err, &fault) {
		t.Errorf("list: %v", err)
	}
	if _, err := s.Run(t.Context(), box.Command{Argv: []string{"/bin/true"}}); !errors.As(err, &fault) {
		t.Errorf("run: %v", err)
	}
}

func TestAClosedBoxLeavesNothingOnTheHost(t *testing.T) {
	s := real(t)
	dir, place := s.dir, s.driver.settings.place(s.driver.version.major, s.id)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{dir, place.V1["memory"], place.V1["cpuacct"], place.V2} {
		if _, err := os.Stat(name); name != "" && err == nil {
			t.Errorf("%s is there", name)
		}
	}
}

func TestWhatADeadAgentLeftIsRemovedAtTheStart(t *testing.T) {
	s := real(t)
	d, id := s.driver, s.id
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.isolate(t.Context(), manage(id, "--init")); err != nil {
		t.Fatal(err)
	}
	d.sweep(context.Background())
	if _, err := os.Stat(filepath.Join(d.settings.boxRoot, strconv.Itoa(id))); err == nil {
		t.Error("the box is there")
	}
}
