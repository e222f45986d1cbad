package native

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/boxtest"
	"assay/judge"
)

func testDriver(t *testing.T, cfg Config) *Driver {
	t.Helper()
	boxtest.RequireKernel(t)
	cfg.CgroupParent = boxtest.CgroupParent()
	cfg.Grace = boxtest.Paced(5 * time.Second)
	d := New(cfg, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func testBox(t *testing.T, d *Driver) *slot {
	t.Helper()
	b, err := d.open0(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// open0 is Open for tests that look inside.
func (d *Driver) open0(ctx context.Context) (*slot, error) {
	b, err := d.Open(ctx)
	if err != nil {
		return nil, err
	}
	return b.(*slot), nil
}

func script(text string) box.Command {
	return box.Command{Argv: []string{"/bin/sh", "-c", text}, Env: []string{"PATH=/usr/bin:/bin"}, Limits: judge.Limits{
		CPU: boxtest.Paced(5 * time.Second), Wall: boxtest.Paced(30 * time.Second), MemoryKB: 64 << 10, StackKB: 8 << 10, Processes: 16, OutputKB: 64, FileKB: 64,
	}}
}

func isFault(err error) bool {
	var f *box.Fault
	return errors.As(err, &f)
}

func TestABoxWhoseInitDiesIsAFaultFromThenOn(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	c := script("echo started; sleep 1000")
	c.Stdout = writer(func(p []byte) { _ = b.init.Signal(syscall.SIGKILL) })
	if o, err := b.Run(t.Context(), c); !isFault(err) {
		t.Errorf("the run: %+v, %v", o, err)
	}
	_, runErr := b.Run(t.Context(), script("true"))
	_, listErr := b.List(t.Context(), 1)
	_, collectErr := b.Collect(t.Context(), []string{"x"}, 1)
	for what, err := range map[string]error{"run": runErr, "list": listErr, "collect": collectErr, "reset": b.Reset(t.Context())} {
		if !isFault(err) {
			t.Errorf("%s afterwards: %v", what, err)
		}
	}
}

// When the kernel runs out of memory it may pick the runner, which is in the
// group of the programs.
func TestABoxWhoseRunnerDiesIsAFaultFromThenOn(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	var runner int
	if _, err := fmt.Sscan(children(t, b.init.Pid), &runner); err != nil {
		t.Fatal(err)
	}
	c := script("echo started; sleep 1000")
	c.Stdout = writer(func(p []byte) { _ = syscall.Kill(runner, syscall.SIGKILL) })
	if o, err := b.Run(t.Context(), c); !isFault(err) {
		t.Errorf("the run: %+v, %v", o, err)
	}
	if err := b.Reset(t.Context()); !isFault(err) {
		t.Errorf("reset afterwards: %v", err)
	}
}

// children are the processes of a process, whichever thread started them.
func children(t *testing.T, pid int) (list string) {
	t.Helper()
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list += string(b)
	}
	return list
}

// writer calls a function with what is written.
type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

func TestALimitThatWasExceededStandsWhenTheInitDiesToo(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	c := script("head -c 100000 /dev/zero; sleep 1000")
	killed := false
	c.Stdout = writer(func(p []byte) {
		if !killed {
			_ = b.init.Signal(syscall.SIGSTOP) // so that it cannot answer before its end
		}
		killed = true
	})
	b.driver.cfg.Grace = 100 * time.Millisecond
	o, err := b.Run(t.Context(), c)
	if err != nil || o.Limit != judge.LimitOutput || o.Signal != 9 {
		t.Errorf("%+v, %v", o, err)
	}
	if err := b.Reset(t.Context()); !isFault(err) {
		t.Errorf("reset: %v", err)
	}
}

func TestACommandThatIsTooLargeToSendEndsLikeInAShell(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	c := script("true")
	c.Argv = append(c.Argv, strings.Repeat("x", 1<<20))
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if o, err := b.Run(t.Context(), c); err != nil || o.ExitCode != 126 || !strings.Contains(stderr.String(), "argument list too long") {
		t.Errorf("%+v, %v, %q", o, err, stderr.String())
	}
	if o, err := b.Run(t.Context(), script("exit 3")); err != nil || o.ExitCode != 3 {
		t.Errorf("afterwards: %+v, %v", o, err)
	}
}

func TestFilesThatDoNotFitAreAFault(t *testing.T) {
	b := testBox(t, testDriver(t, Config{WorkKB: 100}))
	f, err := os.Create(filepath.Join(t.TempDir(), "large"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(200 << 10); err != nil {
		t.Fatal(err)
	}
	if err := b.Install(t.Context(), []box.File{{Name: "large", Content: f}}); !isFault(err) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
}

func TestLiveBoxesDoNotShareAUser(t *testing.T) {
	d := testDriver(t, Config{FirstUID: 61000, UIDs: 3})
	seen := map[int]bool{}
	for range 3 {
		b := testBox(t, d)
		// Another agent of this host may hold the first range.
		if first := d.users.first; seen[b.uid] || b.uid < first || b.uid >= first+3 {
			t.Errorf("user %d of the range from %d", b.uid, first)
		}
		seen[b.uid] = true
	}
	if b, err := d.Open(t.Context()); err == nil {
		b.Close()
		t.Error("opened a fourth box with three users")
	}
}

func TestAgentsOfOneHostTakeDifferentUsers(t *testing.T) {
	cfg := Config{FirstUID: 62000, UIDs: 10}
	one, two := testBox(t, testDriver(t, cfg)), testBox(t, testDriver(t, cfg))
	if one.uid/10 == two.uid/10 || min(one.uid, two.uid) < 62000 {
		t.Errorf("users %d and %d", one.uid, two.uid)
	}
}

func TestBoxesRunAtTheSameTimeWithoutMixing(t *testing.T) {
	d := testDriver(t, Config{})
	var all sync.WaitGroup
	for i := range 4 {
		b := testBox(t, d)
		all.Go(func() {
			for n := range 20 {
				want := fmt.Sprintf("%d.%d\n", i, n)
				var stdout bytes.Buffer
				c := script("echo x > /tmp/mine; echo " + strings.TrimSpace(want))
				c.Stdout = &stdout
				if o, err := b.Run(context.Background(), c); err != nil || o.ExitCode != 0 || stdout.String() != want {
					t.Errorf("%q: %+v, %v, %q", want, o, err, stdout.String())
				}
			}
		})
	}
	all.Wait()
}

func TestHostPathsAppearWhereTheyAreMounted(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("from the host"), 0o644); err != nil {
		t.Fatal(err)
	}
	b := testBox(t, testDriver(t, Config{Mounts: []box.Mount{
		{Source: dir, Target: "/opt/deep/down"},
		{Source: dir, Target: "/opt/deep/down"}, // two toolchains may name the same
		{Source: filepath.Join(dir, "file"), Target: "/var/lib/single"},
	}}))
	var stdout bytes.Buffer
	c := script("cat /opt/deep/down/file /var/lib/single; echo x 2>&- > /opt/deep/down/new && echo written; ls /opt /var")
	c.Stdout = &stdout
	if _, err := b.Run(t.Context(), c); err != nil || stdout.String() != "from the hostfrom the host/opt:\ndeep\n\n/var:\nlib\n" {
		t.Errorf("%q, %v", stdout.String(), err)
	}
}

func TestAMissingMountIsNamed(t *testing.T) {
	d := testDriver(t, Config{Mounts: []box.Mount{{Source: "/no/such/toolchain", Target: "/opt/x"}}})
	if err := d.Probe(t.Context()); !isFault(err) || !strings.Contains(err.Error(), "/no/such/toolchain") {
		t.Errorf("got %v", err)
	}
}

// The agent of this test is this executable once more; its environment says
// so. It says which process is the init of its box, and then its program.
const agentMarker = "ASSAY_TEST_AGENT"

func TestBoxesEndWithAnAgentThatIsKilled(t *testing.T) {
	if os.Getenv(agentMarker) != "" {
		beAnAgent(t)
	}
	d := testDriver(t, Config{})
	agent := exec.Command("/proc/self/exe", "-test.run=^TestBoxesEndWithAnAgentThatIsKilled$")
	agent.Env = append(os.Environ(), agentMarker+"=1")
	out, err := agent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscanf(out, "init %d\n", &pid); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	_ = agent.Process.Kill()
	_ = agent.Wait()
	if n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 10_000); n != 1 {
		t.Fatalf("the init has outlived its agent: %v", err)
	}
	// The next agent removes the cgroups.
	if err := d.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"/sys/fs/cgroup/assay.%d.*", "/sys/fs/cgroup/*/assay.%d.*"} { // version 2, version 1
		if left, _ := filepath.Glob(fmt.Sprintf(pattern, agent.Process.Pid)); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
}

// beAnAgent opens a box, runs a program in it and waits to be killed.
func beAnAgent(t *testing.T) {
	d := New(Config{CgroupParent: boxtest.CgroupParent()}, slog.New(slog.DiscardHandler))
	b, err := d.open0(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := script("echo started; sleep 1000")
	c.Stdout = writer(func([]byte) { fmt.Printf("init %d\n", b.init.Pid) })
	_, err = b.Run(t.Context(), c)
	t.Fatal("the run ended", err)
}
