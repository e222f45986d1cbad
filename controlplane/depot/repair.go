package depot

import (
	"context"
	"time"

	"assay/judge"
)

// References tells what the state refers to, and at which index of the log it
// did so.
type References func() (all map[judge.Digest]bool, index uint64, err error)

// How often copies are looked for that are missing here: by a server that is
// to get a vote once it has all, and by others.
const (
	repairSoon  = time.Second
	repairEvery = 5 * time.Minute
)

// Complete is an index of the log at which a copy of everything was here that
// the state referred to; 0 before the first look.
func (d *Depot) Complete() uint64 { return d.complete.Load() }

// Repair fetches what is missing here, now and then and whenever soon says so,
// until ctx ends.
func (d *Depot) Repair(ctx context.Context, references References, soon <-chan struct{}) error {
	for {
		if err := d.repair(ctx, references); err != nil && ctx.Err() == nil {
			d.log.Warn("copies are missing", "err", err)
		}
		if !d.rest(ctx, soon) {
			return nil
		}
	}
}

// rest waits until it is time to look again; false: ctx has ended. A server may
// lose its vote meanwhile: one that begins with a snapshot of the time when
// another of its id had a vote learns only then that it has none.
func (d *Depot) rest(ctx context.Context, soon <-chan struct{}) bool {
	for begin := time.Now(); time.Since(begin) < d.pause(); {
		select {
		case <-time.After(repairSoon):
		case <-soon:
			return true
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (d *Depot) pause() time.Duration {
	self, all := d.cluster()
	for _, s := range all {
		if s.ID == self && s.Voter && d.Complete() > 0 {
			return repairEvery
		}
	}
	return repairSoon
}

func (d *Depot) repair(ctx context.Context, references References) error {
	all, index, err := references()
	if err != nil {
		return err
	}
	repaired, lost := 0, 0
	for digest := range all {
		if d.store.Has(digest) {
			continue
		}
		switch err := d.fetch(digest); {
		case missing(err):
			lost++
		case err != nil:
			return err
		default:
			repaired++
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if repaired > 0 || lost > 0 {
		d.log.Info("missing copies made good", "n", repaired, "nowhere", lost)
	}
	d.complete.Store(index)
	return nil
}
