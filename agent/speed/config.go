package speed

import (
	"errors"
	"flag"
	"time"
)

// Config of the calibration.
type Config struct {
	Every     time.Duration // between two measurements of a node that has nothing to do; 0: none is taken
	Tolerance float64       // part of its speed that a node may lose before it is put aside; 0: it never is
}

// DefaultConfig lets through what neighbours on the same core do at worst.
func DefaultConfig() Config { return Config{Every: 10 * time.Minute, Tolerance: 0.25} }

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.DurationVar(&c.Every, "node.calibrate", c.Every, "time between two measurements of the node's speed while it is idle; 0: it is not measured")
	fs.Float64Var(&c.Tolerance, "node.drift", c.Tolerance, "part of its speed that the node may lose before it gets nothing new; 0: it may lose all")
}

// Validate reports everything that makes no sense.
func (c Config) Validate() error {
	var errs []error
	if c.Every < 0 || c.Every > 0 && c.Every < time.Second {
		errs = append(errs, errors.New("node.calibrate must be 0, or a second at least"))
	}
	if !(c.Tolerance >= 0 && c.Tolerance < 1) {
		errs = append(errs, errors.New("node.drift must be 0 or more, and less than 1"))
	}
	return errors.Join(errs...)
}
