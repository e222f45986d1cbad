package isolate

import (
	"testing"
	"time"
)

func TestWhatABusyMachineAddsIsNotTakenOffWhatProgramsUse(t *testing.T) {
	const ms = time.Millisecond
	d := &Driver{}
	s := &slot{driver: d}
	for _, used := range []time.Duration{8 * ms, 2 * ms, 5 * ms} {
		d.overhead.saw(used)
	}
	if got := s.own(10 * ms); got != 10*ms {
		t.Errorf("of 10ms in a box that is tried, %v are the program's", got)
	}
	s.tried = true
	for used, want := range map[time.Duration]time.Duration{10 * ms: 8 * ms, 2 * ms: 0, ms: 0} {
		if got := s.own(used); got != want {
			t.Errorf("of %v, %v are the program's, want %v", used, got, want)
		}
	}
}
