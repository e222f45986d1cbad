package native

import (
	"testing"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/wire"
	"assay/judge"
)

func TestMemoryIsThePeakWithoutCacheOrWhatTheLargestProcessHad(t *testing.T) {
	const mb = 1 << 20
	for _, tc := range []struct {
		name  string
		ended wire.Ended // MaxRSS in KiB, Files in bytes
		usage cgroup.Usage
		keep  bool
		want  int64
	}{
		{"large and of one process", wire.Ended{MaxRSS: 50 << 10}, cgroup.Usage{Memory: 50*mb + coarse}, false, 50*mb + coarse},
		{"many processes", wire.Ended{MaxRSS: 10 << 10}, cgroup.Usage{Memory: 40 * mb}, false, 40 * mb},
		{"less than is charged ahead", wire.Ended{MaxRSS: 700}, cgroup.Usage{}, false, 700 << 10},
		{"too small to tell", wire.Ended{}, cgroup.Usage{}, false, coarse},
		{"a kernel that cannot tell the peak", wire.Ended{MaxRSS: 3000}, cgroup.Usage{Memory: -1}, false, 3000 << 10},
		{"a toolchain that was not in the page cache", wire.Ended{MaxRSS: 9 << 10}, cgroup.Usage{Memory: 60 * mb, Left: 50 * mb}, false, 10 * mb},
		{"cache that came after the peak", wire.Ended{MaxRSS: 30 << 10}, cgroup.Usage{Memory: 40 * mb, Left: 40 * mb}, false, 30 * mb},
		{"files that are kept", wire.Ended{MaxRSS: 1 << 10, Files: 20 * mb}, cgroup.Usage{Memory: 22 * mb, Left: 20 * mb}, true, 22 * mb},
		{"more resident than the limit", wire.Ended{MaxRSS: 90 << 10}, cgroup.Usage{Memory: 30 * mb}, false, 64 * mb},
	} {
		c := box.Command{Keep: tc.keep, Limits: judge.Limits{MemoryKB: 64 << 10}}
		if got := memory(c, tc.ended, tc.usage); got != tc.want {
			t.Errorf("%s: %d KiB, want %d KiB", tc.name, got>>10, tc.want>>10)
		}
	}
}

func TestAProgramThatDoesNothingTakesSomeMemory(t *testing.T) {
	b := testBox(t, testDriver(t, Config{}))
	c := script("")
	c.Argv = []string{"/bin/true"}
	for range 3 {
		if o, err := b.Run(t.Context(), c); err != nil || o.MemoryKB <= 0 || o.MemoryKB >= 4<<10 {
			t.Errorf("%+v, %v", o, err)
		}
	}
}
