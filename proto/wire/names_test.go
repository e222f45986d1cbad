package wire

import "testing"

func TestNamesAreKeptOnceAndNotForever(t *testing.T) {
	ns := Names{}
	for i := range 3 * maxNames {
		ns.Of(&Cursor{Bytes: []byte{byte(i>>14) & 0x7f, byte(i>>7) & 0x7f, byte(i) & 0x7f}})
	}
	if len(ns) == 0 || len(ns) > maxNames {
		t.Errorf("%d names are kept, want at most %d", len(ns), maxNames)
	}
	name := []byte("cpp")
	ns.Of(&Cursor{Bytes: name})
	if n := testing.AllocsPerRun(100, func() { ns.Of(&Cursor{Bytes: name}) }); n != 0 {
		t.Errorf("a known name costs %v allocations", n)
	}
}
