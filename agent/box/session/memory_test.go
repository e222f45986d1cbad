package session

import (
	"testing"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/judge"
)

func TestThePeakOfARunIsWhatItWasChargedForOrItsLargestProcess(t *testing.T) {
	const mb = 1 << 20
	for name, c := range map[string]struct {
		charged, left, resident, floor int64
		keep                           bool
		limit                          int64 // MiB
		want                           int64
	}{
		"a sum of processes":                          {charged: 50 * mb, resident: 20 * mb, floor: 6 * mb, want: 50 * mb},
		"shared pages of one":                         {charged: 4 * mb, resident: 9 * mb, floor: 6 * mb, want: 9 * mb},
		"not what started it":                         {charged: 1 * mb, resident: 7 * mb, floor: 6 * mb, want: 1 * mb},
		"not the page cache that it leaves":           {charged: 80 * mb, left: 60 * mb, resident: 9 * mb, floor: 6 * mb, want: 20 * mb},
		"the files that it leaves to be kept":         {charged: 80 * mb, left: 60 * mb, keep: true, want: 80 * mb},
		"nothing that the kernel tells":               {charged: -1, left: 60 * mb, resident: 5 * mb, floor: 6 * mb, want: 5 * mb},
		"never more than the limit":                   {charged: 70 * mb, resident: 90 * mb, limit: 64, want: 64 * mb},
		"never nothing":                               {want: coarse},
		"left by the counter, which is no page cache": {charged: 2 * mb, left: mb / 2, want: 2 * mb},
	} {
		command := box.Command{Keep: c.keep, Limits: judge.Limits{MemoryKB: c.limit << 10}}
		if got := Memory(command, cgroup.Usage{Memory: c.charged, Left: c.left}, c.resident, c.floor); got != c.want {
			t.Errorf("%s: %d KiB, want %d", name, got>>10, c.want>>10)
		}
	}
}
