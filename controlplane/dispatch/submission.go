package dispatch

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"assay/controlplane/fleet"
	"assay/controlplane/queue"
	"assay/controlplane/state"
	"assay/judge"
)

// phase is where a submission is in the picture of doc.go.
type phase int

const (
	recovering phase = iota
	waiting
	leased
	requeueing
	finishing
)

// submission is one that is neither finished nor cancelled. A leader may have
// a million of them: it keeps of the record what it needs, and shares all that
// is large with the replicated state.
type submission struct {
	ID        string
	Tenant    string
	Language  string
	NodeClass string
	Priority  judge.Priority
	Spec      judge.Payload
	Suite     judge.Payload
	Tests     int
	Timeout   time.Duration
	CreatedAt time.Time
	Lost      int // highest number of an attempt that was lost

	seq     uint64   // order of acceptance
	avoid   []string // nodes that lost an attempt, sorted
	spec    uint64   // keys of what makes a node warm
	suite   uint64
	cost    float64    // while out: what the queue has charged for it
	losing  int        // while requeueing: the attempt whose loss is proposed
	lease   *lease     // while leased
	reports []reported // while finishing: who is to hear of the commit
	phase   phase
	out     bool // the queue counts it as handed out

	following *following // nil: nobody does
}

// reported is a report whose commit is awaited.
type reported struct {
	node    string
	attempt fleet.Attempt
}

func newSubmission(r state.Record, seq uint64) *submission {
	return &submission{
		ID: r.ID, Tenant: r.Tenant, Language: r.Language, NodeClass: r.NodeClass, Priority: r.Priority,
		Spec: r.Spec, Suite: r.Suite, Tests: r.Tests, Timeout: r.Timeout, CreatedAt: r.CreatedAt, Lost: r.Lost,
		seq: seq, spec: warmKey(r.Spec), suite: warmKey(r.Suite),
	}
}

// weight is what the estimate of the tenant's cost is multiplied by.
func (s *submission) weight() float64 { return float64(max(1, s.Tests)) }

// item is s as the queue knows it.
func (s *submission) item(cost float64) queue.Item {
	return queue.Item{ID: s.ID, Tenant: s.Tenant, Priority: s.Priority, Shape: s.shape(), Seq: s.seq, Cost: cost}
}

// shape is what decides which agents may have it.
func (s *submission) shape() queue.Shape {
	return queue.Shape{Language: s.Language, Class: s.NodeClass, Lost: s.Lost, Avoid: strings.Join(s.avoid, " ")}
}

func (s *submission) shun(node string) {
	if i, found := slices.BinarySearch(s.avoid, node); !found {
		s.avoid = slices.Insert(s.avoid, i, node)
	}
}

// attempt is the number of the one that runs or comes next.
func (s *submission) attempt() int { return s.Lost + 1 }

// warmKey names a payload; 0 for the empty one.
func warmKey(p judge.Payload) uint64 {
	if p.Digest == "" && len(p.Inline) == 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(p.Digest))
	h.Write(p.Inline)
	return h.Sum64()
}
