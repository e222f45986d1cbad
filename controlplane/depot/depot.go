package depot

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"assay/controlplane/blob"
	"assay/judge"
)

// Server is one that can hold copies.
type Server struct {
	ID, Address string
	Voter       bool
}

// Cluster tells which servers there are: this one's id and all of them.
type Cluster func() (self string, all []Server)

// Peers moves bytes between servers.
type Peers interface {
	PutBlob(ctx context.Context, to string, d judge.Digest, r io.Reader, reserved bool) error
	FetchBlob(ctx context.Context, from string, d judge.Digest, w io.Writer) error
}

// Depot is the blobs of a cluster, as one server sees them. Safe for
// concurrent use.
type Depot struct {
	store   *blob.Store
	cluster Cluster
	peers   Peers
	log     *slog.Logger
	metrics metrics

	jobs     chan func(context.Context) // that Run is to do
	fetches  singleflight.Group
	complete atomic.Uint64

	mu     sync.Mutex // guards queues
	queues map[string]*queue
}

// New makes a depot over the local store. Copies are made while Run runs.
func New(store *blob.Store, cluster Cluster, peers Peers, log *slog.Logger, reg prometheus.Registerer) *Depot {
	return &Depot{
		store: store, cluster: cluster, peers: peers, log: log.With("component", "depot"), metrics: newMetrics(reg),
		jobs: make(chan func(context.Context)), queues: map[string]*queue{},
	}
}

// Run makes copies until ctx ends.
func (d *Depot) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case job := <-d.jobs:
			wg.Go(func() { job(ctx) })
		case <-ctx.Done():
			return nil
		}
	}
}

// others are the servers besides this one, and how many of them have to hold a
// copy so that together with this one a quorum does.
func (d *Depot) others() (others []Server, needed int) {
	self, all := d.cluster()
	voters := 0
	for _, s := range all {
		if s.Voter {
			voters++
		}
		switch {
		case s.ID != self:
			others = append(others, s)
		case s.Voter:
			needed-- // the copy that is here counts
		}
	}
	if len(all) == 0 {
		return nil, 1 // no cluster is known: nothing can be promised
	}
	return others, needed + voters/2 + 1
}

// Open opens a blob, which is fetched when it is not here. It returns
// blob.ErrNotFound only when no server has it.
func (d *Depot) Open(digest judge.Digest) (*os.File, int64, error) {
	f, size, err := d.store.Open(digest)
	if !missing(err) {
		return f, size, err
	}
	if err := d.fetch(digest); err != nil {
		return nil, 0, err
	}
	return d.store.Open(digest)
}

// Read returns the whole of a blob, as Open would find it, unless it is longer
// than most.
func (d *Depot) Read(digest judge.Digest, most int64) ([]byte, error) {
	data, err := d.store.Read(digest, most)
	if !missing(err) {
		return data, err
	}
	if err := d.fetch(digest); err != nil {
		return nil, err
	}
	return d.store.Read(digest, most)
}

// Sweep sweeps the local store.
func (d *Depot) Sweep(ctx context.Context, keep func(judge.Digest) bool, olderThan time.Time) (n int, bytes int64, err error) {
	return d.store.Sweep(ctx, keep, olderThan)
}
