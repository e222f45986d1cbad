package depot

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"assay/controlplane/blob"
	"assay/judge"
)

// queue is the copies on their way to one server.
type queue struct {
	slots   chan struct{} // one for each that is being sent
	waiting atomic.Int64
}

// How many copies are sent to a server at one time, how many may wait, and how
// long one may take: more than that is a server in trouble, and repaired later.
const (
	maxSending  = 64
	maxWaiting  = 2048
	longestCopy = 2 * time.Minute
)

var errBusy = errors.New("the server does not keep up with copies")

func (d *Depot) queueTo(address string) *queue {
	d.mu.Lock()
	defer d.mu.Unlock()
	q := d.queues[address]
	if q == nil {
		q = &queue{slots: make(chan struct{}, maxSending)}
		d.queues[address] = q
	}
	return q
}

// spread copies a blob to all other servers and returns once enough voters have
// it. The others get theirs in the background.
func (d *Depot) spread(ctx context.Context, digest judge.Digest, reserved bool) error {
	others, needed := d.others()
	results := make(chan error, len(others)) // nobody waits for the last ones
	voters := 0
	for _, s := range others {
		job := func(ctx context.Context) {
			if err := d.copyTo(ctx, s, digest, reserved); s.Voter {
				results <- err
			}
		}
		if s.Voter {
			voters++
		}
		select {
		case d.jobs <- job:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	var failed error
	for left := voters; needed > 0 && left >= needed; left-- {
		select {
		case err := <-results:
			if err == nil {
				needed--
			}
			failed = errors.Join(failed, err)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if needed > 0 {
		return fmt.Errorf("store blob %s: %w: %w", digest, blob.ErrNoQuorum, failed)
	}
	return nil
}

func (d *Depot) copyTo(ctx context.Context, s Server, digest judge.Digest, reserved bool) error {
	ctx, cancel := context.WithTimeout(ctx, longestCopy)
	defer cancel()
	err := d.send(ctx, s, digest, reserved)
	if err != nil {
		d.metrics.failed.Inc()
		d.log.Debug("copy not stored", "server", s.ID, "err", err)
		return err
	}
	d.metrics.copied.Inc()
	return nil
}

func (d *Depot) send(ctx context.Context, s Server, digest judge.Digest, reserved bool) error {
	q := d.queueTo(s.Address)
	if q.waiting.Add(1) > maxWaiting {
		q.waiting.Add(-1)
		return fmt.Errorf("%s: %w", s.ID, errBusy)
	}
	defer q.waiting.Add(-1)
	select {
	case q.slots <- struct{}{}:
		defer func() { <-q.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	f, _, err := d.store.Open(digest)
	if err != nil {
		return err
	}
	defer f.Close()
	return d.peers.PutBlob(ctx, s.Address, digest, f, reserved)
}
