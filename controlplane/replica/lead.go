package replica

import (
	"context"
	"sync"
)

// Lead calls fn for every term in which this replica leads, one after the
// other: after everything from before the term is applied here, and with a
// context that ends with the term (its cause is then ErrLeadershipLost). An
// error that fn returns while the term still lasts ends Lead. When fn returns
// nil, Lead waits for the next term. Lead returns nil when ctx ends and
// ErrStopped when Run does. Any number of callers may lead side by side.
func (r *Replica) Lead(ctx context.Context, fn func(ctx context.Context, term uint64) error) error {
	var last uint64
	for {
		s, err := r.wait(ctx, func(s standing) bool { return s.led > last })
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		last = s.led
		if err := r.reign(ctx, last, fn); err != nil {
			return err
		}
	}
}

// reign calls fn for one term.
func (r *Replica) reign(ctx context.Context, term uint64, fn func(context.Context, uint64) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel(nil)
	wg.Go(func() {
		if _, err := r.wait(ctx, func(s standing) bool { return s.led != term }); ctx.Err() == nil {
			cancel(orLost(err))
		}
	})
	err := fn(ctx, term)
	if ctx.Err() != nil {
		return nil // it was told to stop: how it did is its own business
	}
	return err
}

func orLost(err error) error {
	if err != nil {
		return err
	}
	return ErrLeadershipLost
}
