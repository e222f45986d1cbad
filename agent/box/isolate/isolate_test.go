package isolate_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"assay/agent/box"
	"assay/agent/box/boxtest"
	"assay/agent/box/isolate"
	"assay/judge"
)

// driver is a driver for tests of the isolate that is installed here.
func driver(t testing.TB) *isolate.Driver {
	t.Helper()
	d := isolate.New(isolate.Config{Program: isolate.Installed(t), Grace: boxtest.Paced(5 * time.Second)}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err := d.Probe(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Log("isolate", d.Version())
	return d
}

// differences are what isolate does not allow for. What holds instead is
// tested below.
var differences = boxtest.Except{
	"a program is nobody of the host, with no capabilities and no groups": "the bounding set is full, and no_new_privs keeps anything from being gained by it",
	"what /proc tells of the host is masked":                              "its directories are masked, its files are not",
	"every mount is nosuid, and nodev but for /dev":                       "/ and /proc are mounted by isolate without nosuid; nothing can be written there, and no_new_privs is set",
	"the init of the box cannot be signalled":                             "it can be sent SIGCONT, which does nothing",
}

func TestABoxOfIsolateKeepsThePromisesOfABox(t *testing.T) {
	boxtest.RunExcept(t, driver(t), differences)
}

// shell runs a script in a box of its own and gives what it prints.
func shell(t *testing.T, script string) string {
	t.Helper()
	b, err := driver(t).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var out bytes.Buffer
	_, err = b.Run(t.Context(), box.Command{
		Argv: []string{"/bin/sh", "-c", script}, Env: []string{"PATH=/usr/bin:/bin"}, Stdout: &out, Stderr: &out,
		Limits: judge.Limits{Wall: 10 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWhatDiffersFromTheBoundingSetIsAllThereIsOfCapabilities(t *testing.T) {
	got := shell(t, "id -u; id -G | wc -w; grep -E '^(Cap|NoNewPrivs)' /proc/self/status | grep -v CapBnd | tr -d '\\t0\\n'; mkdir /usr/x 2>/dev/null || echo; chown 0 /w 2>/dev/null || echo .")
	if want := "CapInh:CapPrm:CapEff:CapAmb:NoNewPrivs:1\n.\n"; got[len(got)-min(len(want), len(got)):] != want {
		t.Errorf("%q, want it to end with %q", got, want)
	}
}

func TestDirectoriesOfProcThatTellOfTheHostAreMasked(t *testing.T) {
	if got := shell(t, "cd /proc; ls fs bus sys/fs driver irq 2>/dev/null | grep -v : | grep ."); got != "" {
		t.Errorf("%q", got)
	}
}

func TestOnlyTheRootAndProcAreMountedWithoutNosuid(t *testing.T) {
	if got := shell(t, "grep -v nosuid /proc/mounts | cut -d' ' -f2 | sort -u"); got != "/\n/proc\n" {
		t.Errorf("%q", got)
	}
}

func TestTheInitCanBeSentNothingButContinue(t *testing.T) {
	if got := shell(t, "for s in 1 2 3 9 15 18 19; do kill -$s 1 2>/dev/null && echo $s; done; true"); got != "18\n" {
		t.Errorf("%q", got)
	}
}

func TestABoxOfIsolateHoldsAgainstHostilePrograms(t *testing.T) {
	boxtest.RunHostileExcept(t, driver(t), boxtest.Except{
		"kernel/identity.c":          differences["a program is nobody of the host, with no capabilities and no groups"],
		"secrets/kernel.sh":          differences["what /proc tells of the host is masked"],
		"processes/kill-everybody.c": differences["the init of the box cannot be signalled"],
	})
}
