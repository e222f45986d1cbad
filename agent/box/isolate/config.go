package isolate

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"time"

	"assay/agent/box"
)

// Config of a driver. The zero Config is usable; a zero field means the
// default.
type Config struct {
	Mounts []box.Mount // what programs may read besides the base of the system

	WorkKB    int64 // what /w, /tmp and /dev/shm of a box may hold together; default 65536
	Inodes    int   // files and directories in them; default 4096
	OpenFiles int   // descriptors of one process; default 512

	Program  string // the isolate executable, by path or name; default "isolate"
	Settings string // isolate's own configuration file; default: where its releases look
	FirstBox int    // first box id that is ours; default 500
	Boxes    int    // how many; default 500

	NoPin bool          // leave the choice of processors to the kernel
	Grace time.Duration // how long a box may take to do what it is told before it is given up; default 5 s
}

// Flags declares the settings of isolate's boxes. What programs may read and
// how much they may store follows from other settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	d := c.or()
	fs.StringVar(&c.Program, "isolate.program", d.Program, "the isolate executable, by path or by name")
	fs.StringVar(&c.Settings, "isolate.settings", d.Settings, "isolate's own configuration file; empty: where its releases look for it")
	fs.IntVar(&c.FirstBox, "isolate.first-box", d.FirstBox, "first box id of isolate that boxes take; whatever is in these boxes is removed")
	fs.IntVar(&c.Boxes, "isolate.boxes", d.Boxes, "how many box ids of isolate boxes may take; several agents can share them")
	fs.IntVar(&c.OpenFiles, "isolate.open-files", d.OpenFiles, "files that a process in a box may have open")
	fs.BoolVar(&c.NoPin, "isolate.no-pin", d.NoPin, "leave the choice of processors to the kernel; by default each run is pinned to one")
	fs.DurationVar(&c.Grace, "isolate.grace", d.Grace, "how long a box may take to do what it is told before it is given up")
}

// or fills in the defaults.
func (c Config) or() Config {
	c.WorkKB = cmp.Or(c.WorkKB, 64<<10)
	c.Inodes = cmp.Or(c.Inodes, 4096)
	c.OpenFiles = cmp.Or(c.OpenFiles, 512)
	c.Program = cmp.Or(c.Program, "isolate")
	c.FirstBox = cmp.Or(c.FirstBox, 500)
	c.Boxes = cmp.Or(c.Boxes, 500)
	c.Grace = cmp.Or(c.Grace, 5*time.Second)
	return c
}

// Validate names everything that is wrong with a configuration.
func (c Config) Validate() error {
	c = c.or()
	var errs []error
	if c.WorkKB < 0 || c.Inodes < 0 || c.OpenFiles < 16 {
		errs = append(errs, errors.New("work size and inodes must be positive, isolate.open-files at least 16"))
	}
	if c.FirstBox < 0 || c.Boxes < 1 {
		errs = append(errs, fmt.Errorf("isolate.first-box is %d and isolate.boxes %d: ids start at 0 and one is needed", c.FirstBox, c.Boxes))
	}
	return errors.Join(errs...)
}
