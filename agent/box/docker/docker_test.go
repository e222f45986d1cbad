package docker_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/agent/box"
	"assay/agent/box/boxtest"
	"assay/agent/box/docker"
	"assay/judge"
)

// driver is a driver for tests of the engine that ASSAY_TEST_DOCKER or its
// usual socket leads to.
func driver(t testing.TB) *docker.Driver {
	t.Helper()
	boxtest.RequireKernel(t)
	cfg := docker.Config{Socket: os.Getenv("ASSAY_TEST_DOCKER"), Dir: t.TempDir()}
	if cfg.Socket == "" {
		cfg.Socket = "/var/run/docker.sock"
	}
	conn, err := net.Dial("unix", cfg.Socket)
	if err != nil {
		t.Skip("SKIPPED: there is no Docker Engine here (name the socket of one in ASSAY_TEST_DOCKER):", err)
	}
	_ = conn.Close()
	d := docker.New(cfg, slog.New(slog.NewTextHandler(t.Output(), nil)))
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Probe(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Log("docker engine", d.Version())
	return d
}

// differences are what an engine does not allow for. What holds instead is
// tested below.
var differences = boxtest.Except{
	"files of the host are not there":                  "/sys, /etc/hostname, /dev/tty and process 1 are there, and tell nothing",
	"what /proc tells of the host is masked":           "masked directories are empty, rather than closed",
	boxtest.OwnProcesses:                               "it sees process 1 as well",
	"every mount is nosuid, and nodev but for /dev":    "mounts from the host are not; no_new_privs is set, and the devices cgroup refuses what is not there",
	"the memory devices work and others are not there": "there are tty, ptmx, pts and mqueue, and they are of no use",
	"no process outlives its run":                      "process 1 is there, and nothing else",
}

// hostile are the programs that try what differs.
var hostile = boxtest.Except{
	boxtest.OwnProcesses:   differences[boxtest.OwnProcesses],
	"secrets/processes.py": "process 1 and its threads have names in /proc, and cannot be read",
	"secrets/Secrets.java": "process 1 has a name in /proc",
	"secrets/cgroups.sh":   "control groups are mounted below /sys, which is covered",
	"secrets/devices.c":    "/dev/tty is the null device, and /dev/mqueue is covered",
	"secrets/roots.sh":     "/.dockerenv is there, and empty",
	"kernel/terminal.c":    "/dev/tty is the null device",
}

func TestThePageOfBoxesTellsWhatDockerGivesLess(t *testing.T) {
	differences.ToldIn(t, "docker")
	hostile.ToldIn(t, "docker")
}

func TestABoxOfDockerKeepsThePromisesOfABox(t *testing.T) {
	boxtest.RunExcept(t, driver(t), differences)
}

// open opens a box for one test.
func open(t *testing.T) box.Box {
	t.Helper()
	b, err := driver(t).Open(t.Context())
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

// shell runs a script and gives what it prints.
func shell(t *testing.T, b box.Box, script string) string {
	t.Helper()
	var out bytes.Buffer
	_, err := b.Run(t.Context(), box.Command{
		Argv: []string{"/bin/sh", "-c", script}, Env: []string{"PATH=/usr/bin:/bin"}, Stdout: &out, Stderr: &out,
		Limits: judge.Limits{Wall: 10 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestNamesOfTheHostThatAreThereTellNothing(t *testing.T) {
	b := open(t)
	script := `ls -A /sys /dev/pts /dev/mqueue | grep -v :; cat /etc/resolv.conf; cat /proc/1/environ /proc/1/maps /proc/1/task/*/maps /proc/1/mem 2>/dev/null; ls /proc/1/fd /proc/1/root 2>/dev/null
		for f in /root /home /etc/shadow /etc/ssh /var /run /boot /mnt /usr/local/bin /dev/sda /dev/vda /dev/kmsg /dev/mem /dev/fuse /dev/kvm; do [ -e $f ] && echo $f; done`
	if got := strings.TrimSpace(shell(t, b, script)); got != "" {
		t.Errorf("%q", got)
	}
	if got := shell(t, b, "cat /etc/hostname"); got != "box\n" {
		t.Errorf("the host is called %q", got)
	}
}

func TestWhatProcTellsOfTheHostIsEmpty(t *testing.T) {
	script := "cd /proc; cat kcore kallsyms keys kmsg sysrq-trigger timer_list interrupts cmdline config.gz 2>/dev/null; ls -A fs bus sys/fs irq driver 2>/dev/null | grep -v : | grep ."
	if got := shell(t, open(t), script); got != "" {
		t.Errorf("%q", got)
	}
}

func TestNothingButProcessOneIsSeenBeforeAndAfterADaemon(t *testing.T) {
	b := open(t)
	for range 2 {
		if got := shell(t, b, "set -- /proc/[0-9]*; echo $# $1; (setsid sleep 1000 &) >/dev/null 2>&1 <&1"); got != "2 /proc/1\n" {
			t.Errorf("%q", got)
		}
	}
}

func TestDevicesBeyondMemoryCannotBeOpened(t *testing.T) {
	b := open(t)
	got := strings.Fields(shell(t, b, "cd /dev; echo *"))
	if want := strings.Fields("fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero"); !slices.Equal(got, want) {
		t.Errorf("there are %q", got)
	}
	script := `for d in /dev/ptmx; do (: < $d) 2>/dev/null && echo $d; done; cat /dev/tty /.dockerenv; [ /dev/tty -ef /dev/null ] || stat -c %t:%T /dev/tty | grep -v 1:3; for d in /w/dev; do mknod $d c 1 1 2>/dev/null && echo $d; done; true`
	if got := shell(t, b, script); got != "" {
		t.Errorf("%q", got)
	}
}

func TestMountsThatAreNotNosuidAreReadOnly(t *testing.T) {
	script := `while read -r _ dir _ flags _; do case ",$flags," in *,nosuid,*|*,ro,*) ;; *) echo "$dir $flags";; esac; done < /proc/mounts`
	if got := shell(t, open(t), script); got != "" {
		t.Errorf("%q", got)
	}
}

func TestABoxOfDockerHoldsAgainstHostilePrograms(t *testing.T) {
	boxtest.RunHostileSample(t, driver(t), hostile)
}
