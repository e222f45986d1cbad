package uplink

import (
	"time"

	"assay/judge"
)

// Config of an uplink.
type Config struct {
	Node      string // stable over restarts
	Version   string
	Class     string // node class
	CPU       string // model of the processor
	Boxes     int
	Condition func() (speed float64, aside string) // how fit the node is, see Beat in the protocol; must not wait; may be nil
	Languages []judge.Language
	Spare     int           // submissions taken beyond one for each box, so that boxes do not wait for the next
	Express   int           // taken beyond those, of urgent submissions alone: they need not wait for another one to end
	Grace     time.Duration // that attempts get to finish when the agent is told to stop
	Linger    time.Duration // that reports then get to be acknowledged
	Attached  func()        // called once, when a leader welcomes the agent for the first time; may be nil
}

// DefaultConfig leaves to the caller what the node is.
func DefaultConfig() Config {
	return Config{Spare: 1, Express: 1, Grace: 25 * time.Second, Linger: 5 * time.Second}
}

// capacity is how many submissions run or wait here at one time.
func (c Config) capacity() int { return c.Boxes + c.Spare + c.Express }
