package native

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"assay/agent/box"
)

func TestARunThatIsGivenUpAtOnceDoesNotHarmTheNext(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	for i := range 40 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*50*time.Microsecond)
		_, err := b.Run(ctx, script("sleep 1000"))
		cancel()
		if !isFault(err) {
			t.Fatalf("run %d: %v", i, err)
		}
		var stdout bytes.Buffer
		c := script("echo next")
		c.Stdout = &stdout
		if o, err := b.Run(t.Context(), c); err != nil || o.ExitCode != 0 || stdout.String() != "next\n" {
			t.Fatalf("after run %d: %+v, %v, %q", i, o, err, stdout.String())
		}
	}
}

func TestEveryRunHasItsOwnLimits(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	for i := range int64(20) {
		var stdout bytes.Buffer
		c := script("ulimit -s; ulimit -f")
		c.Stdout, c.Keep = &stdout, i%3 == 0
		c.Limits.StackKB, c.Limits.FileKB = 1024+64*i, 2048-64*i
		if i%5 == 0 {
			c.Limits.StackKB, c.Limits.FileKB = 0, 0
		}
		want := strings.NewReplacer("S", number(c.Limits.StackKB, 1), "F", number(c.Limits.FileKB, 2)).Replace("S\nF\n")
		if _, err := b.Run(t.Context(), c); err != nil || stdout.String() != want {
			t.Errorf("run %d: %q, want %q; %v", i, stdout.String(), want, err)
		}
	}
}

// number is a limit as the shell prints it, in units of so many to the KiB.
func number(kb, perKB int64) string {
	if kb == 0 {
		return "unlimited"
	}
	return strconv.FormatInt(kb*perKB, 10)
}

func TestWhatWasKeptIsThereUntilTheNextRun(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	for range 3 {
		c := script("echo made > made")
		c.Keep = true
		if _, err := b.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if names, err := b.List(t.Context(), 10); err != nil || len(names) != 1 {
			t.Errorf("%q, %v", names, err)
		}
		var stdout bytes.Buffer
		next := script("ls; touch /tmp/x; ln /tmp/x /dev/shm/y 2>&1")
		next.Stdout = &stdout
		if _, err := b.Run(t.Context(), next); err != nil || strings.Contains(stdout.String(), "made") {
			t.Errorf("the next run sees %q, %v", stdout.String(), err)
		}
		if names, err := b.List(t.Context(), 10); err != nil || len(names) != 0 {
			t.Errorf("%q, %v", names, err)
		}
	}
}

func TestAnArgumentWithAZeroByteIsRefused(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	for _, c := range []box.Command{
		{Argv: []string{"/bin/echo", "a\x00b"}},
		{Argv: []string{"/bin/echo"}, Env: []string{"A=\x00"}},
	} {
		if o, err := b.Run(t.Context(), c); err != nil || o.ExitCode != 126 {
			t.Errorf("%q: %+v, %v", c.Argv, o, err)
		}
	}
	if o, err := b.Run(t.Context(), script("exit 4")); err != nil || o.ExitCode != 4 {
		t.Errorf("afterwards: %+v, %v", o, err)
	}
}

func TestManyShortArgumentsArrive(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	var stdout bytes.Buffer
	c := script("echo $#")
	c.Argv = append(c.Argv, make([]string, 100_000)...)
	c.Stdout = &stdout
	if o, err := b.Run(t.Context(), c); err != nil || stdout.String() != "99999\n" {
		t.Errorf("%+v, %v, %q", o, err, stdout.String())
	}
}
