package box

import (
	"errors"
	"flag"
	"fmt"
	"time"

	"assay/agent/box/cores"
)

// PoolConfig sizes a pool.
type PoolConfig struct {
	Size     int           // boxes lent out at one time
	Prepared int           // boxes kept behind those, at the least
	Most     int           // boxes kept behind those when there is use for them; less than Prepared counts as Prepared
	Idle     time.Duration // how long a box beyond the least is kept that nobody uses; 0: forever
}

// Flags declares the settings of a pool.
func (c *PoolConfig) Flags(fs *flag.FlagSet) {
	n := cores.Count()
	fs.IntVar(&c.Size, "pool.size", n, "boxes that run at one time; by default one for each physical core that the agent may use")
	fs.IntVar(&c.Prepared, "pool.prepared", n, "boxes kept ready behind the running ones, at the least")
	fs.IntVar(&c.Most, "pool.most", 16*n, "boxes kept behind the running ones at the most: more are made when programs wait for a clean box")
	fs.DurationVar(&c.Idle, "pool.idle", time.Minute, "how long boxes beyond the least are kept that nobody uses")
}

// Validate reports every setting that makes no sense.
func (c PoolConfig) Validate() error {
	var errs []error
	if c.Size < 1 {
		errs = append(errs, fmt.Errorf("pool.size is %d, at least 1 is needed", c.Size))
	}
	if c.Prepared < 0 {
		errs = append(errs, fmt.Errorf("pool.prepared is %d, it cannot be negative", c.Prepared))
	}
	if c.Idle < 0 {
		errs = append(errs, fmt.Errorf("pool.idle is %v, it cannot be negative", c.Idle))
	}
	return errors.Join(errs...)
}

func (c PoolConfig) least() int { return c.Size + c.Prepared }

func (c PoolConfig) most() int { return c.Size + max(c.Most, c.Prepared) }
