package boxtest

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"

	"assay/agent/box"
)

// RunHostile runs every hostile program of testdata on one box of a driver, one
// subtest each. Each must end as it says itself, tell no secret of the host and
// leave nothing behind, in the box or outside; and after it an honest program
// on the same box must get its right answer in its normal time.
func RunHostile(t *testing.T, d box.Driver) { RunHostileExcept(t, d, nil) }

// RunHostileExcept is RunHostile without some programs. Exceptions from
// OwnProcesses and Faultless count as well, and one from what is not there fails
// the test.
func RunHostileExcept(t *testing.T, d box.Driver, except Except) {
	runHostile(t, d, except, every)
}

// RunHostileSample is RunHostileExcept with two programs of each class, for drivers whose boxes are not the usual ones: all of them take
// minutes. They are all run where ASSAY_TEST_HOSTILE is "all".
func RunHostileSample(t *testing.T, d box.Driver, except Except) {
	if os.Getenv("ASSAY_TEST_HOSTILE") == "all" {
		runHostile(t, d, except, every)
		return
	}
	t.Log("SKIPPED: most hostile programs; make test-drivers runs them all")
	runHostile(t, d, except, sample)
}

func runHostile(t *testing.T, d box.Driver, except Except, choose func([]attack) []attack) {
	waitForTurn(t)
	weapons := arsenal(t, func(list []attack) []attack {
		known := map[string]bool{OwnProcesses: true, Faultless: true}
		for _, a := range list {
			known[a.name] = true
		}
		except.within(t, known)
		return choose(list)
	})
	a := &arena{driver: d, visible: processesIn(except), program: hostileProgram(t), canaries: plantCanaries(t)}
	a.open(t)
	a.probe = newProbe(open(t, d, a.program))
	for _, w := range weapons {
		t.Run(w.name, func(t *testing.T) {
			except.skip(t, w.name)
			a.face(t, w, except[Faultless])
		})
	}
}

// arena is where hostile programs run.
type arena struct {
	driver   box.Driver
	program  *os.File // the one of hostileProgram, for the probe
	canaries canaries
	victim   *subject
	user     int // whom programs in the victim run as
	probe    *probe
	visible  string // how many processes a script sees when it is alone
}

func (a *arena) open(t *testing.T) {
	t.Helper()
	a.victim = open(t, a.driver, a.program)
	a.user = 0
	if uid, err := strconv.Atoi(strings.TrimSpace(a.victim.run(shell("id -u")).stdout)); err == nil {
		a.user = uid
	}
}

// face lets one weapon loose. Where a fault is excused it is let loose once more.
func (a *arena) face(t *testing.T, w weapon, excuse string) {
	s := *a.victim
	s.T = t
	c := a.command(&s, w)
	a.settle(t)
	before := takeCensus(a.user)
	a.install(&s, w)
	r, err := s.try(context.Background(), c)
	if err != nil {
		a.open(a.victim.T) // this box is lost
		if excuse == "" {
			t.Fatalf("%s\n%v", w.about, err)
		}
		t.Logf("%v: %s", err, excuse)
		a.face(t, w, "")
		return
	}
	if wrong := w.judge(r); wrong != "" {
		t.Errorf("%s\n%s", w.about, wrong)
	}
	if where := a.canaries.seen(r); len(where) > 0 {
		t.Errorf("%s\nit told what is in %v", w.about, where)
	}
	a.leftIn(&s, w)
	if err := s.box.Reset(t.Context()); err != nil {
		a.open(a.victim.T)
		t.Fatal(err)
	}
	s.arm()
	a.probe.finds(t, &s)
	a.leftOutside(t, &s, before)
}

// settle waits until the boxes are ready for the next run: each may be about to
// replace what the last one used up.
func (a *arena) settle(t *testing.T) {
	t.Helper()
	for _, s := range []*subject{a.victim, a.probe.quiet} {
		if _, err := s.box.List(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	}
}

func (a *arena) install(s *subject, w weapon) {
	s.Helper()
	for name, f := range w.files {
		s.installFile(name, f, name == "program")
	}
}

// command also tells a program where it might knock.
func (a *arena) command(s *subject, w weapon) box.Command {
	c := w.command()
	c.Env = append(c.Env, "CANARY_PORT="+os.Getenv("ASSAY_CANARY_PORT"))
	if w.stdin > 0 {
		c.Stdin = s.file(strings.Repeat("x", int(w.stdin)))
	}
	return c
}

// leftIn wants nothing to be left in the box but what was installed.
func (a *arena) leftIn(s *subject, w weapon) {
	s.Helper()
	script := "find /w /tmp /dev/shm -mindepth 1 ! -path /w/hostile"
	for name := range w.files {
		script += " ! -path '/w/" + name + "'"
	}
	s.prints(a.visible+"\n", shell(script+`; set -- /proc/[0-9]*; echo $#`))
}

// leftOutside wants the host to be as it was. Some of what a run takes is
// given back beside the next one, so there are more of those.
func (a *arena) leftOutside(t *testing.T, s *subject, before census) {
	t.Helper()
	const patience = 50
	var diff string
	for range patience {
		a.settle(t)
		if diff = before.growth(takeCensus(a.user)); diff == "" {
			return
		}
		s.prints(probeAnswer, a.probe.command())
	}
	t.Errorf("something is left on the host (-before +after):\n%s\n%s", diff, estate())
}
