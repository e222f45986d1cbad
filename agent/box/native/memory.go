package native

import (
	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/wire"
)

// coarse is what the kernel charges a group for ahead on each processor. A
// charge is known no better than that; and no program takes less.
const coarse = 256 << 10

// memory is the peak of a run in bytes, by the rule of judge.Outcome: what the
// group was charged for at its peak, without the page cache that is left when
// every process is dead, or what the largest process had resident if that is
// more. The first sums up processes and holds their files in memory, but is
// coarse; the second is exact to the page, and misses nothing that a program of
// one process does by itself.
func memory(c box.Command, ended wire.Ended, usage cgroup.Usage) int64 {
	charged, left := usage.Memory, usage.Left
	if c.Keep {
		left -= ended.Files // not cache: the program's own
	}
	if left >= 4*coarse { // less can be the counter's own
		charged -= left
	}
	m := max(charged, ended.MaxRSS<<10, coarse)
	if limit := c.Limits.MemoryKB << 10; limit > 0 {
		m = min(m, max(limit, coarse)) // resident pages can be shared with others, and then nobody is charged again
	}
	return m
}
