package docker

import (
	"cmp"
	"errors"
	"flag"
	"time"

	"assay/agent/box"
)

// Config of a driver. The zero Config is usable; a zero field means the
// default.
type Config struct {
	Mounts []box.Mount // what programs may read besides the base of the system

	WorkKB    int64 // what each of /w, /tmp and /dev/shm of a box may hold; default 65536
	Inodes    int   // files and directories in each; default 4096
	OpenFiles int   // descriptors of one process; default 512

	Socket   string // of the engine; default /var/run/docker.sock
	Dir      string // holds the sockets of boxes; the engine must see it at the same path; default /run/assay-docker
	FirstUID int    // users that boxes run as, one each, not in /etc/passwd; default 90000
	UIDs     int    // how many; default 1000

	NoPin bool          // leave the choice of processors to the kernel
	Grace time.Duration // how long a box may take to do what it is told before it is given up; default 5 s
	Start time.Duration // how long a container may take to start; default 60 s
}

// Flags declares the settings of docker's boxes. What programs may read and
// how much they may store follows from other settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	d := c.or()
	fs.StringVar(&c.Socket, "docker.socket", d.Socket, "socket of the Docker Engine")
	fs.StringVar(&c.Dir, "docker.dir", d.Dir, "directory for the sockets of boxes; the engine must see it at the same path")
	fs.IntVar(&c.FirstUID, "docker.first-uid", d.FirstUID, "first user id that boxes run as")
	fs.IntVar(&c.UIDs, "docker.uids", d.UIDs, "how many user ids boxes may take; several agents can share them")
	fs.IntVar(&c.OpenFiles, "docker.open-files", d.OpenFiles, "files that a process in a box may have open")
	fs.BoolVar(&c.NoPin, "docker.no-pin", d.NoPin, "leave the choice of processors to the kernel; by default each run is pinned to one")
	fs.DurationVar(&c.Grace, "docker.grace", d.Grace, "how long a box may take to do what it is told before it is given up")
	fs.DurationVar(&c.Start, "docker.start", d.Start, "how long a container may take to start")
}

// or fills in the defaults.
func (c Config) or() Config {
	c.WorkKB = cmp.Or(c.WorkKB, 64<<10)
	c.Inodes = cmp.Or(c.Inodes, 4096)
	c.OpenFiles = cmp.Or(c.OpenFiles, 512)
	c.Socket = cmp.Or(c.Socket, "/var/run/docker.sock")
	c.Dir = cmp.Or(c.Dir, "/run/assay-docker")
	c.FirstUID = cmp.Or(c.FirstUID, 90000)
	c.UIDs = cmp.Or(c.UIDs, 1000)
	c.Grace = cmp.Or(c.Grace, 5*time.Second)
	c.Start = cmp.Or(c.Start, time.Minute)
	return c
}

// Validate names everything that is wrong with a configuration.
func (c Config) Validate() error {
	c = c.or()
	var errs []error
	if c.WorkKB < 0 || c.Inodes < 0 || c.OpenFiles < 16 {
		errs = append(errs, errors.New("work size and inodes must be positive, docker.open-files at least 16"))
	}
	if c.FirstUID <= 0 || c.UIDs <= 0 {
		errs = append(errs, errors.New("the users of boxes (docker.first-uid, docker.uids) must not include root"))
	}
	return errors.Join(errs...)
}
