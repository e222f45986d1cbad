package boxtest

import (
	"testing"

	"assay/agent/box"
)

// Except names promises that a driver cannot keep as they stand, each with
// what holds instead. Whoever makes an exception tests what is left of the
// promise in the driver's own package and tells of it in docs/box-drivers.md.
type Except map[string]string

// RunExcept is Run for a driver that keeps all promises but these. An exception
// from something that is not promised fails the test.
func RunExcept(t *testing.T, d box.Driver, except Except) {
	program := hostileProgram(t)
	for _, list := range [][]promise{outcomes, limits, isolation, files, survival} {
		for _, p := range list {
			t.Run(p.is, func(t *testing.T) {
				if instead, ok := except[p.is]; ok {
					t.Skip("SKIPPED: not a promise of this driver, instead:", instead)
				}
				s := open(t, d, program)
				p.kept(s)
				s.mustStillWork()
			})
		}
	}
	for is := range except {
		if !promised(is) {
			t.Errorf("nobody promises that %q", is)
		}
	}
}

func promised(is string) bool {
	for _, list := range [][]promise{outcomes, limits, isolation, files, survival} {
		for _, p := range list {
			if p.is == is {
				return true
			}
		}
	}
	return false
}
