package session

import (
	"assay/agent/box"
	"assay/agent/box/cgroup"
)

// coarse is what the kernel charges a group for ahead on each processor: a
// charge is known no better, and no program takes less.
const coarse = 256 << 10

// Memory is the peak of a run in bytes, by the rule of judge.Outcome: what its
// group was charged for, without the page cache that is left at the end, or
// what its largest process had resident if that is more. How much that was
// includes whatever became the program by an exec: up to floor and a little
// more it says nothing.
func Memory(c box.Command, usage cgroup.Usage, resident, floor int64) int64 {
	charged := usage.Memory
	if charged < 0 {
		charged, floor = resident, 0 // the kernel cannot tell
	} else if !c.Keep && usage.Left >= 4*coarse { // less can be the counter's own; what is kept is the program's
		charged -= usage.Left
	}
	if resident <= floor*5/4 {
		resident = 0
	}
	m := max(charged, resident, coarse)
	if limit := c.Limits.MemoryKB << 10; limit > 0 {
		m = min(m, max(limit, coarse))
	}
	return m
}
