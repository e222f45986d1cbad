package agent

import (
	"errors"
	"flag"
	"path/filepath"
	"regexp"

	"assay/agent/artifact"
	"assay/agent/box"
	"assay/agent/speed"
	"assay/agent/toolchain"
	"assay/agent/uplink"
	"assay/judge"
)

// Config of a node.
type Config struct {
	Node     string // stable over restarts, unique in the cluster
	Class    string // nodes of one class give comparable times; empty: none
	DataDir  string // caches that survive a restart; created when missing
	CacheDir string // what toolchains prepare once; empty: below DataDir
	Version  string
	Only     []string // languages, by id or alias, that are probed; empty: all

	Pool      box.PoolConfig
	Boxes     Boxes
	Toolchain toolchain.Config
	Artifact  artifact.Config
	Uplink    uplink.Config
	Speed     speed.Config
	Bounds    judge.Bounds
	BlobBytes int64 // disk space for payloads fetched from servers
}

// DefaultConfig leaves the node's name and folder to the caller.
func DefaultConfig() Config {
	return Config{Uplink: uplink.DefaultConfig(), Speed: speed.DefaultConfig(), Bounds: judge.DefaultBounds()}
}

// Flags declares the settings of a node.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.StringVar(&c.Class, "node.class", "", "class of this node: nodes of one class give comparable times")
	fs.Int64Var(&c.BlobBytes, "blobs.max-bytes", 4<<30, "disk space for inputs and sources fetched from servers")
	fs.DurationVar(&c.Uplink.Grace, "node.grace", c.Uplink.Grace, "time that running attempts get to finish when the node stops")
	c.Speed.Flags(fs)
	c.Pool.Flags(fs)
	c.Boxes.Flags(fs)
	c.Toolchain.Flags(fs)
	c.Artifact.Flags(fs)
}

// classForm is what submissions can be pinned to.
var classForm = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$`)

// Validate reports everything that is wrong at once.
func (c Config) Validate() error {
	var errs []error
	if c.BlobBytes <= 0 {
		errs = append(errs, errors.New("blobs.max-bytes must be positive"))
	}
	if !classForm.MatchString(c.Class) {
		errs = append(errs, errors.New("node.class must be at most 64 letters, digits, dots, dashes and underscores"))
	}
	if c.Uplink.Grace < 0 {
		errs = append(errs, errors.New("node.grace must not be negative"))
	}
	return errors.Join(append(errs, c.Speed.Validate(), c.Pool.Validate(), c.Boxes.Validate(), c.Bounds.Validate())...)
}

// resolve settles what follows from other settings.
func (c Config) resolve() Config {
	if c.CacheDir == "" {
		c.CacheDir = filepath.Join(c.DataDir, "toolchains")
	}
	c.Toolchain.Cache = c.CacheDir
	c.Artifact.Dir = filepath.Join(c.DataDir, "artifacts")
	c.Uplink.Node, c.Uplink.Version, c.Uplink.Class = c.Node, c.Version, c.Class
	c.Uplink.CPU, c.Uplink.Boxes = cpuModel(), c.Pool.Size
	c.Boxes = c.Boxes.sized(c.Bounds.WorkKB, c.Bounds.WorkInodes)
	return c
}
