package session

import (
	"context"

	"assay/agent/box/cores"
)

// Cores spreads runs over the processors that this process may use, apart from
// other agents of this host: see cores.Set. It is safe for concurrent use.
type Cores struct{ set *cores.Set }

// NewCores finds the processors. It has to be closed.
func NewCores() (*Cores, error) {
	mine, err := cores.Mine()
	if err != nil {
		return nil, err
	}
	return &Cores{cores.Open(mine)}, nil
}

// Acquire lends a processor, if it can the last one of the box; -1 when there
// is none. It waits a little for those that other agents use. What it gives has
// to be released.
func (c *Cores) Acquire(last int) int {
	cpu, err := c.set.Acquire(context.Background(), last)
	if err != nil {
		return cores.None
	}
	return cpu
}

// Release gives a processor back.
func (c *Cores) Release(cpu int) { c.set.Release(cpu) }

// Close gives up all of them. None may be lent any more.
func (c *Cores) Close() {
	if c != nil {
		c.set.Close()
	}
}
