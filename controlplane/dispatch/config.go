package dispatch

import (
	"errors"
	"time"
)

// Config of the dispatcher.
type Config struct {
	Lease    time.Duration // silence of an agent after which its attempts are lost
	Grace    time.Duration // at the start of a term, for agents to claim what they run; 0: nobody can
	Slack    time.Duration // beyond an attempt's timeout, for the agent to notice it first
	Timeout  time.Duration // of attempts whose submission names none
	Attempts int           // that may be lost before the verdict is judge error
	Retry    time.Duration // between tries of a command whose outcome is unknown
	Tick     time.Duration // between looks at the clock
}

// DefaultConfig goes with fleet.DefaultConfig.
func DefaultConfig() Config {
	return Config{
		Lease: 10 * time.Second, Grace: 3 * time.Second, Slack: 5 * time.Second, Timeout: 30 * time.Minute,
		Attempts: 3, Retry: 500 * time.Millisecond, Tick: 250 * time.Millisecond,
	}
}

// Validate reports everything that makes no sense.
func (c Config) Validate() error {
	var errs []error
	for name, d := range map[string]time.Duration{
		"lease": c.Lease, "timeout": c.Timeout, "retry": c.Retry, "tick": c.Tick,
	} {
		if d <= 0 {
			errs = append(errs, errors.New("dispatch."+name+" must be positive"))
		}
	}
	if c.Attempts < 1 {
		errs = append(errs, errors.New("dispatch.attempts must be at least 1"))
	}
	return errors.Join(errs...)
}
