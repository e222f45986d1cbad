package judge

import "testing"

func TestPrioritiesAreReadByTheirNames(t *testing.T) {
	for _, p := range []Priority{Bulk, Normal, High, Urgent} {
		if got, ok := ParsePriority(p.String()); got != p || !ok {
			t.Errorf("%q is read as %v, %t", p, got, ok)
		}
	}
	if p, ok := ParsePriority(""); p != Normal || !ok {
		t.Errorf("no name is read as %v, %t", p, ok)
	}
	if _, ok := ParsePriority("highest"); ok {
		t.Error("an unknown name is a priority")
	}
}

func TestOnlyEndedSubmissionsAreTerminal(t *testing.T) {
	for status, terminal := range map[Status]bool{StatusQueued: false, StatusRunning: false, StatusFinished: true, StatusCancelled: true} {
		if status.Terminal() != terminal {
			t.Errorf("%s", status)
		}
	}
}
