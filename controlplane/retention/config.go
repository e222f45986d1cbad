package retention

import (
	"errors"
	"flag"
	"time"
)

// Config says how long things are kept.
type Config struct {
	Keep  time.Duration // finished submissions, after their end
	Young time.Duration // payloads that nothing refers to, after they were stored
	Every time.Duration // between two rounds
}

// DefaultConfig keeps a day of results. A payload is stored before the
// submission that names it, so that young ones are spared.
func DefaultConfig() Config {
	return Config{Keep: 24 * time.Hour, Young: time.Hour, Every: 5 * time.Minute}
}

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.DurationVar(&c.Keep, "retention.keep", c.Keep, "how long finished submissions are kept")
	fs.DurationVar(&c.Young, "retention.young", c.Young, "how long a payload that nothing refers to is kept")
	fs.DurationVar(&c.Every, "retention.every", c.Every, "time between two clean-ups")
}

// Validate reports everything that is wrong at once.
func (c Config) Validate() error {
	var errs []error
	if c.Keep <= 0 || c.Every <= 0 {
		errs = append(errs, errors.New("retention.keep and retention.every must be positive"))
	}
	if c.Young < time.Minute {
		errs = append(errs, errors.New("retention.young must be at least 1m: payloads are stored before what names them"))
	}
	return errors.Join(errs...)
}
