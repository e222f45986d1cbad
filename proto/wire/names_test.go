package wire

import "testing"

func at(text string) *Cursor { return &Cursor{Bytes: []byte(text)} }

func TestNamesAreKeptOnceAndNotForever(t *testing.T) {
	ns := NewNames()
	for i := range 3 * maxNames {
		ns.Of(at(string([]byte{byte(i>>14) & 0x7f, byte(i>>7) & 0x7f, byte(i) & 0x7f})))
	}
	if n := len(ns.known); n == 0 || n > maxNames {
		t.Errorf("%d names are kept, want at most %d", n, maxNames)
	}
	name := at("cpp")
	ns.Of(name)
	if n := testing.AllocsPerRun(100, func() { ns.Of(name) }); n != 0 {
		t.Errorf("a known name costs %v allocations", n)
	}
}

func TestFixedNamesLearnNothing(t *testing.T) {
	ns := FixedNames("accepted")
	for _, text := range []string{"accepted", "other"} {
		if got := ns.Of(at(text)); got != text {
			t.Errorf("%q for %q", got, text)
		}
	}
	if len(ns.known) != 1 {
		t.Errorf("%d are known", len(ns.known))
	}
	if c := at("\xff"); ns.Of(c) == "" || !c.Odd() {
		t.Error("what is no text passes for one")
	}
}
