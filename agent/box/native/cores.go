package native

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

// cores spreads runs over processors: two on one would change each other's
// times. A box stays where it was while it can.
type cores struct {
	mu   sync.Mutex
	load map[int]int // runs on each processor; set once, before boxes are made
}

// coresOf are the processors that a driver may use; none when it does not pin.
func coresOf(c Config) (map[int]int, error) {
	load := map[int]int{}
	if c.NoPin {
		return load, nil
	}
	var mine unix.CPUSet
	if err := unix.SchedGetaffinity(0, &mine); err != nil {
		return nil, fmt.Errorf("read processor affinity: %w", err)
	}
	for cpu := range 8 * len(mine) * 8 {
		if mine.IsSet(cpu) && len(c.CPUs) == 0 {
			load[cpu] = 0
		}
	}
	for _, cpu := range c.CPUs {
		load[cpu] = 0
	}
	return load, nil
}

// acquire picks the processor with the fewest runs, the last one if it is
// among those; -1 when there is no pinning. It has to be released.
func (c *cores) acquire(last int) int {
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

func (c *cores) release(cpu int) {
	if cpu < 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.load[cpu]--
}
