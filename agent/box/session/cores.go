package session

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

// Cores spreads runs over processors: two on one would change each other's
// times. A box stays where it was while it can. It is safe for concurrent use.
type Cores struct {
	mu   sync.Mutex
	load map[int]int // runs on each processor; set once
}

// NewCores spreads runs over the processors that this process may use.
func NewCores() (*Cores, error) {
	var mine unix.CPUSet
	if err := unix.SchedGetaffinity(0, &mine); err != nil {
		return nil, fmt.Errorf("read processor affinity: %w", err)
	}
	load := map[int]int{}
	for cpu := range 64 * len(mine) {
		if mine.IsSet(cpu) {
			load[cpu] = 0
		}
	}
	return &Cores{load: load}, nil
}

// Acquire picks the processor with the fewest runs, the last one if it is among
// those; -1 when there is none. It has to be released.
func (c *Cores) Acquire(last int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	best, known := last, false
	least := 0
	if n, ok := c.load[last]; ok {
		least, known = n, true
	}
	for cpu, n := range c.load {
		if !known || n < least {
			best, least, known = cpu, n, true
		}
	}
	if !known {
		return -1
	}
	c.load[best]++
	return best
}

// Release gives a processor back.
func (c *Cores) Release(cpu int) {
	if cpu < 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.load[cpu]--
}
