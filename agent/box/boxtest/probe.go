package boxtest

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/agent/box"
)

// probe is an honest program, run on a box that has seen attacks and, to know
// what is normal at the moment, on one that has not.
type probe struct {
	quiet  *subject
	input  *os.File
	normal time.Duration // CPU time
}

const (
	probeInput = 4 << 10 // numbers
	// probeFloor is a difference in CPU time that nobody would notice.
	probeFloor = time.Millisecond
)

func newProbe(quiet *subject) *probe {
	p := &probe{quiet: quiet, input: quiet.file(strings.Repeat("12345678901\n987\n", probeInput/2))}
	p.normal = p.median(quiet, 15)
	return p
}

// command adds up and sorts numbers, which takes some milliseconds.
func (p *probe) command() box.Command {
	c := act("probe")
	c.Stdin = p.input
	return c
}

const probeAnswer = "4096 25283952410624 0\n"

// median is what the probe takes on a box, having answered right every time.
func (p *probe) median(s *subject, runs int) time.Duration {
	s.Helper()
	c := p.command()
	var times []time.Duration
	for range runs {
		times = append(times, s.prints(probeAnswer, c).CPU)
	}
	slices.Sort(times)
	return times[runs/2]
}

// finds wants the box of s to be as good as one that was never attacked. Times
// vary with all else that goes on on the machine, so a box is bad only when it
// loses every one of several comparisons.
func (p *probe) finds(t *testing.T, s *subject) {
	t.Helper()
	const rounds, runs = 10, 3
	var got time.Duration
	for range rounds {
		got = p.median(s, runs)
		if got <= p.normal*3/2+Paced(probeFloor) {
			return
		}
		quiet := *p.quiet
		quiet.T = t
		p.normal = p.median(&quiet, runs)
	}
	t.Errorf("the probe takes %v of CPU time, and %v on a box that was not attacked", got, p.normal)
}
