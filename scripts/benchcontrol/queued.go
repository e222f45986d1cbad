package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"assay/client"
)

// queued is a cluster with a long queue.
type queued struct {
	Submissions int           `json:"submissions"`
	Leader      int64         `json:"leader_bytes"`      // resident when all are there
	Peak        int64         `json:"leader_peak_bytes"` // most that were resident meanwhile
	Restart     time.Duration `json:"restart_ns"`        // from the start of three killed servers to the first accepted submission
}

// measureQueue fills the queue behind submissions that take for ever, and then
// kills all servers and starts them again.
func measureQueue(ctx context.Context, o options) (q *queued, err error) {
	q = &queued{Submissions: o.queued}
	o.agents, o.boxes, o.inline = 1, 1, false
	w, err := startWorld(ctx, o, "queue", "--limits.queue", fmt.Sprint(o.queued+100))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	note("queue: %d submissions", o.queued)
	if err := w.fill(ctx, o.queued); err != nil {
		return nil, err
	}
	if err := w.weigh(ctx, q); err != nil {
		return nil, err
	}
	if err := w.Kill(); err != nil {
		return nil, err
	}
	note("queue: restart")
	start := time.Now()
	if err := w.Start(ctx); err != nil {
		return nil, errors.Join(err, w.Logs())
	}
	if _, err := w.client.Submit(ctx, w.endless()); err != nil {
		return nil, err
	}
	q.Restart = time.Since(start)
	cluster, err := w.client.Cluster(ctx)
	if err == nil && cluster.Queue.Queued != o.queued+1 {
		err = fmt.Errorf("%d submissions are queued after the restart, want %d", cluster.Queue.Queued, o.queued+1)
	}
	return q, err
}

func (w *world) endless() client.Request {
	return client.Request{Language: "fake", Suite: w.suite, Args: []string{"24h"}, Source: sourceText + fmt.Sprint(time.Now().UnixNano())}
}

// fill hands in batches, through all servers.
func (w *world) fill(ctx context.Context, n int) error {
	const batch, callers = 500, 6
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var turn atomic.Int64
	var all sync.WaitGroup
	for caller := range callers {
		c := client.New(w.Servers[caller%len(w.Servers)].URL)
		all.Go(func() {
			for {
				from := int(turn.Add(batch)) - batch
				if from >= n {
					return
				}
				if err := w.hand(ctx, c, min(batch, n-from)); err != nil {
					stop(err)
					return
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

func (w *world) hand(ctx context.Context, c *client.Client, n int) error {
	list := make([]client.Request, n)
	for i := range list {
		list[i] = w.endless()
	}
	for {
		r, err := c.SubmitBatch(ctx, list)
		if err != nil {
			return err
		}
		if list, err = putOff(list, r.Submissions); err != nil || len(list) == 0 {
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// putOff is what of a batch is to be handed in again.
func putOff(list []client.Request, items []client.BatchItem) (again []client.Request, err error) {
	for i, item := range items {
		switch {
		case item.Error == nil:
		case item.Error.Status == http.StatusServiceUnavailable:
			again = append(again, list[i])
		default:
			return nil, item.Error
		}
	}
	return again, nil
}

// weigh looks at the leader.
func (w *world) weigh(ctx context.Context, q *queued) error {
	cluster, err := w.client.Cluster(ctx)
	if err != nil {
		return err
	}
	for _, s := range w.Servers {
		if s.ID == cluster.Leader {
			u, err := s.Usage()
			q.Leader, q.Peak = u.Memory, u.Peak
			return err
		}
	}
	return errors.New("nobody leads")
}
