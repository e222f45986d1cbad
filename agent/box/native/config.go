package native

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"time"

	"assay/agent/box"
	"assay/agent/box/cores"
)

// Config of a driver. The zero Config is usable; a zero field means the
// default.
type Config struct {
	Mounts []box.Mount // what programs may read besides the base of the system

	WorkKB    int64 // what /w, /tmp and /dev/shm of a box may hold together; default 65536
	Inodes    int   // files and directories in them; default 4096
	OpenFiles int   // descriptors of one process; default 512

	FirstUID int // users that boxes run as, one each, not in /etc/passwd; default 60000
	UIDs     int // how many; default 1000

	CPUs  []int // processors that programs run on, each run pinned to the one with the fewest; default: those of the agent, one for each physical core
	NoPin bool  // leave the choice of processors to the kernel

	CgroupParent string        // see cgroup.Config
	Grace        time.Duration // how long a box may take to do what it is told before it is given up; default 5 s
}

// Flags declares the settings of native boxes. What programs may read and how
// much they may store follows from other settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	d := c.or()
	fs.IntVar(&c.OpenFiles, "native.open-files", d.OpenFiles, "files that a process in a box may have open")
	fs.IntVar(&c.FirstUID, "native.first-uid", d.FirstUID, "first user id that boxes run as; ids in /etc/passwd are skipped")
	fs.IntVar(&c.UIDs, "native.uids", d.UIDs, "how many user ids boxes may take")
	fs.BoolVar(&c.NoPin, "native.no-pin", d.NoPin, "leave the choice of processors to the kernel; by default each run is pinned to one")
	fs.StringVar(&c.CgroupParent, "native.cgroup-parent", d.CgroupParent, "group that the boxes' groups are made in; empty: the agent's own")
	fs.DurationVar(&c.Grace, "native.grace", d.Grace, "how long a box may take to do what it is told before it is given up")
}

// or fills in the defaults.
func (c Config) or() Config {
	c.WorkKB = cmp.Or(c.WorkKB, 64<<10)
	c.Inodes = cmp.Or(c.Inodes, 4096)
	c.OpenFiles = cmp.Or(c.OpenFiles, 512)
	c.FirstUID = cmp.Or(c.FirstUID, 60000)
	c.UIDs = cmp.Or(c.UIDs, 1000)
	c.Grace = cmp.Or(c.Grace, 5*time.Second)
	return c
}

// processors are those that programs run on; none when runs are not pinned.
func (c Config) processors() ([]int, error) {
	switch {
	case c.NoPin:
		return nil, nil
	case len(c.CPUs) > 0:
		return c.CPUs, nil
	}
	return cores.Mine()
}

// Validate names everything that is wrong with a configuration.
func (c Config) Validate() error {
	c = c.or()
	var errs []error
	for _, m := range c.Mounts {
		if !filepath.IsAbs(m.Source) || !filepath.IsAbs(m.Target) || filepath.Clean(m.Target) != m.Target || m.Target == "/" {
			errs = append(errs, fmt.Errorf("mount %q at %q: both must be clean absolute paths", m.Source, m.Target))
		}
	}
	if c.WorkKB < 0 || c.Inodes < 0 || c.OpenFiles < 16 {
		errs = append(errs, errors.New("work size and inodes must be positive, open files at least 16"))
	}
	if c.FirstUID <= 0 || c.UIDs <= 0 {
		errs = append(errs, errors.New("the users of boxes must not include root"))
	}
	return errors.Join(errs...)
}
