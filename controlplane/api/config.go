package api

import (
	"errors"
	"flag"
	"fmt"
	"time"
)

// Config of the HTTP face.
type Config struct {
	BodyBytes   int64         // of one request; suites have their own limit
	LargeBodies int           // bodies beyond a few KiB that are read at one time; results likewise; of one tenant, three quarters
	SlotWait    time.Duration // how long a large body waits for its turn
	Wait        time.Duration // most that ?wait= may ask for
	Batch       int           // submissions in one batch
	Followers   int           // event streams at one time
	Heartbeat   time.Duration // between comments in an event stream
	SpoolDir    string        // for what of a body does not fit in memory
	Hosts       string        // further names, with commas, that an open server answers to
}

// DefaultConfig holds the documented limits.
func DefaultConfig() Config {
	return Config{
		BodyBytes: 64 << 20, LargeBodies: 16, SlotWait: 10 * time.Second,
		Wait: time.Minute, Batch: 1000, Followers: 10_000, Heartbeat: 15 * time.Second,
	}
}

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.Int64Var(&c.BodyBytes, "http.body-bytes", c.BodyBytes, "bytes of one request body, suites apart")
	fs.IntVar(&c.LargeBodies, "http.large-bodies", c.LargeBodies, "large request bodies that are read at one time, three quarters of them of one tenant")
	fs.DurationVar(&c.SlotWait, "http.slot-wait", c.SlotWait, "how long a large body waits for its turn")
	fs.DurationVar(&c.Wait, "http.wait", c.Wait, "most that ?wait= may ask for")
	fs.IntVar(&c.Batch, "http.batch", c.Batch, "submissions in one batch")
	fs.IntVar(&c.Followers, "http.followers", c.Followers, "event streams at one time")
	fs.DurationVar(&c.Heartbeat, "http.heartbeat", c.Heartbeat, "time between comments in an event stream")
	fs.StringVar(&c.Hosts, "http.hosts", c.Hosts, "further host names, with commas, that a server without tokens answers to")
}

// Validate reports everything that is wrong.
func (c Config) Validate() error {
	var errs []error
	for name, ok := range map[string]bool{
		"http.body-bytes":   c.BodyBytes > 0,
		"http.large-bodies": c.LargeBodies > 0,
		"http.slot-wait":    c.SlotWait > 0,
		"http.wait":         c.Wait > 0 && c.Wait <= time.Minute,
		"http.batch":        c.Batch > 0,
		"http.followers":    c.Followers > 0,
		"http.heartbeat":    c.Heartbeat > 0,
	} {
		if !ok {
			errs = append(errs, fmt.Errorf("%s is out of range", name))
		}
	}
	return errors.Join(errs...)
}
