package dispatch

import (
	"hash/fnv"
	"slices"
	"strings"

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

// submission is one that is neither finished nor cancelled.
type submission struct {
	state.Record
	phase   phase
	seq     uint64   // order of acceptance
	avoid   []string // nodes that lost an attempt, sorted
	spec    uint64   // keys of what makes a node warm
	suite   uint64
	item    queue.Item // as it was handed out
	losing  int        // while requeueing: the attempt whose loss is proposed
	out     bool       // the queue counts it as handed out
	lease   *lease     // while leased
	reports []reported // while finishing: who is to hear of the commit
}

// reported is a report whose commit is awaited.
type reported struct {
	node    string
	attempt fleet.Attempt
}

func newSubmission(r state.Record, seq uint64) *submission {
	return &submission{Record: r, seq: seq, spec: warmKey(r.Spec), suite: warmKey(r.Suite)}
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
