package simulate

import (
	"time"

	"assay/judge"
)

// Scenario is what to simulate.
type Scenario struct {
	Name     string
	Seed     uint64
	Nodes    int
	Boxes    int // per node
	Requests int // submissions that arrive, those of Probes not counted
	Tests    int // per submission
	Arrival  Arrival
	Programs []Program
	Tenants  []Tenant

	Repeats float64 // part of the submissions whose source was handed in before
	Suites  int     // how many there are; few of them make most of the load

	Losses  float64       // part of the nodes that vanish per minute
	Replace time.Duration // from a loss to its replacement

	Probes   int           // urgent submissions besides
	ProbeGap time.Duration // after which the first probe comes, and between them
}

// Arrival says when submissions come. The zero Arrival brings all at once.
type Arrival struct {
	Load  float64 // part of the fleet's capacity that comes in, as a Poisson process
	Burst int     // of the submissions: so many come in one moment, half way through
}

// Program is a kind of submission.
type Program struct {
	Language string
	Compile  time.Duration // median; 0: nothing to compile
	Test     time.Duration // median of one test in a box
	Share    float64       // of the submissions, relative to the others'
}

// Tenant is one that hands in submissions.
type Tenant struct {
	Name     string
	Weight   float64 // 0 counts as 1
	Offered  float64 // share of the submissions, relative to the others'
	Programs []Program
	Priority judge.Priority
}

// Delays that are not the scheduler's.
const (
	hop    = 500 * time.Microsecond // one way between leader and agent
	commit = 5 * time.Millisecond   // of a command: a quorum's fsync
	fetch  = 20 * time.Millisecond  // of a suite that an agent does not have
	spread = 0.3                    // sigma of the log-normal around every median
)

// Mixed is what people hand in, with the times measured on one machine.
func Mixed() []Program { return []Program{cpp(0.6), python(0.3), java(0.1)} }

func cpp(share float64) Program {
	return Program{Language: "cpp", Compile: 300 * time.Millisecond, Test: 1500 * time.Microsecond, Share: share}
}

func python(share float64) Program {
	return Program{Language: "python3", Test: 12 * time.Millisecond, Share: share}
}

func java(share float64) Program {
	return Program{Language: "java", Compile: 400 * time.Millisecond, Test: 80 * time.Millisecond, Share: share}
}
