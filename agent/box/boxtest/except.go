package boxtest

import (
	"os"
	"strings"
	"testing"

	"assay/agent/box"
)

// Except names what a driver cannot keep as it stands, each with what holds
// instead: promises, calls of the promise that dangerous ones are refused, and
// hostile programs by the names of their subtests. Whoever makes an exception
// tests what is left of the promise in the driver's own package and tells of it
// in docs/box.md.
type Except map[string]string

// OwnProcesses is the promise that a program sees no process but its own. Boxes
// with an exception from it show their process 1, and nothing more.
const OwnProcesses = "a program sees its own processes alone"

// Faultless is the promise that a program cannot make its box fail. Drivers with
// an exception from it may fail once in a while, and not again.
const Faultless = "no program makes its box fail"

// RunExcept is Run for a driver that keeps all promises but these. An exception
// from something that is not promised fails the test.
func RunExcept(t *testing.T, d box.Driver, except Except) {
	program := hostileProgram(t)
	known := map[string]bool{}
	for call := range everyRefusal() {
		known[call] = true
	}
	for _, list := range [][]promise{outcomes, limits, isolation, files, survival} {
		for _, p := range list {
			known[p.is] = true
			t.Run(p.is, func(t *testing.T) {
				except.skip(t, p.is)
				s := open(t, d, program)
				s.except = except
				p.kept(s)
				s.mustStillWork()
			})
		}
	}
	except.within(t, known)
}

// ToldIn wants every exception to be named on the page of boxes, in the section of
// a driver. It needs no driver.
func (e Except) ToldIn(t *testing.T, section string) {
	t.Helper()
	page, err := os.ReadFile("../../../docs/box.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(page), "\n### "+section+"\n")
	if !ok {
		t.Fatalf("the page of boxes has no section %q", section)
	}
	text, _, _ := strings.Cut(after, "\n### ")
	text, _, _ = strings.Cut(text, "\n## ")
	for name := range e {
		if !strings.Contains(text, name) {
			t.Errorf("the page does not say that %q is an exception", name)
		}
	}
}

// skip leaves out a subtest that is excepted, loudly.
func (e Except) skip(t *testing.T, name string) {
	t.Helper()
	if instead, ok := e[name]; ok {
		t.Skip("SKIPPED: not a promise of this driver, instead:", instead)
	}
}

// within wants every exception to be one from something that there is.
func (e Except) within(t *testing.T, known map[string]bool) {
	t.Helper()
	for name := range e {
		if !known[name] {
			t.Errorf("nobody promises %q", name)
		}
	}
}

// processesIn is how many processes a script sees that is alone in its box.
func processesIn(e Except) string {
	if _, ok := e[OwnProcesses]; ok {
		return "2"
	}
	return "1"
}
