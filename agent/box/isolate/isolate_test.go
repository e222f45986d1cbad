package isolate_test

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"runtime"
	"strings"
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

// differences are what both lines of isolate do not allow for. What holds
// instead is tested below.
var differences = boxtest.Except{
	"a program is nobody of the host, with no capabilities and no groups": "the bounding set is full, and no_new_privs keeps anything from being gained by it",
	"every mount is nosuid, and nodev but for /dev":                       "/ and /proc are mounted by isolate without nosuid; nothing can be written there, and no_new_privs is set",
	"the init of the box cannot be signalled":                             "it can be sent SIGCONT, which does nothing",
}

// hostile are the programs that try what differs.
var hostile = boxtest.Except{
	boxtest.Faultless:            "isolate fails when it comes late, on a busy machine, to look for the program and sees orphans of it as well",
	"kernel/identity.c":          differences["a program is nobody of the host, with no capabilities and no groups"],
	"processes/kill-everybody.c": differences["the init of the box cannot be signalled"],
}

// endsX32 is what holds instead of a refusal in releases that install a filter
// of their own.
const endsX32 = "calls of the x32 ABI end the program, by isolate's own filter"

// differencesIn and hostileIn add what differs in a release alone.
func differencesIn(release string) boxtest.Except { return with(differences, release, "x32:getpid") }
func hostileIn(release string) boxtest.Except     { return with(hostile, release, "kernel/x32.c") }

func with(e boxtest.Except, release, name string) boxtest.Except {
	e = maps.Clone(e)
	if strings.HasPrefix(release, "2.") {
		e[name] = endsX32
	}
	return e
}

func TestThePageOfBoxesTellsWhatIsolateGivesLess(t *testing.T) {
	differencesIn("2.6").ToldIn(t, "isolate")
	hostileIn("2.6").ToldIn(t, "isolate")
}

func TestABoxOfIsolateKeepsThePromisesOfABox(t *testing.T) {
	d := driver(t)
	boxtest.RunExcept(t, d, differencesIn(d.Version()))
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

func TestCallsOfTheX32ABIAreNotAnswered(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("SKIPPED: this architecture has no x32")
	}
	got := shell(t, `/usr/bin/perl -e '$| = 1; $n = 0x40000000 | 39; print "asked\n"; print "answered\n" if syscall($n) > 0'; echo after`)
	if !strings.HasPrefix(got, "asked\n") || !strings.HasSuffix(got, "after\n") || strings.Contains(got, "answered") {
		t.Errorf("%q", got)
	}
}

func TestABoxOfIsolateHoldsAgainstHostilePrograms(t *testing.T) {
	d := driver(t)
	boxtest.RunHostileSample(t, d, hostileIn(d.Version()))
}
