package api

import (
	"fmt"
	"runtime"
	"testing"
)

func TestWhatAStreamHasToldIsRememberedInLittleRoom(t *testing.T) {
	const tests = 10_000
	all := make([]told, 20)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range all {
		all[i] = newTold()
		for n := 0; n < tests; n += 2 {
			all[i].add(fmt.Sprintf("a test with a long name %d", n))
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if per := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(len(all)); per > 20*tests {
		t.Errorf("%d bytes for half of %d tests", per, tests)
	}
	for n := range tests {
		if got := all[0].has(fmt.Sprintf("a test with a long name %d", n)); got != (n%2 == 0) {
			t.Fatalf("test %d: %v", n, got)
		}
	}
	all[0].clear()
	if all[0].has("a test with a long name 0") {
		t.Error("it was not cleared")
	}
	runtime.KeepAlive(all)
}
