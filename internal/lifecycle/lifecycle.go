// Package lifecycle composes what lives long: functions that run until their
// context ends.
package lifecycle

import (
	"context"
	"errors"
)

// Run is the life of a part: it returns once ctx has ended and everything that
// it started is gone, or earlier with an error.
type Run func(ctx context.Context) error

// ErrDrained is the cause with which a core is stopped after its edge.
var ErrDrained = errors.New("everything that stood on this has ended")

// Layers runs edge on top of core. Both start at once; when ctx ends, edge is
// stopped first and may still use core while it ends. Either one ending on its
// own, with or without an error, ends both.
func Layers(ctx context.Context, core, edge Run) error {
	edgeCtx, stopEdge := context.WithCancelCause(ctx)
	defer stopEdge(nil)
	coreCtx, stopCore := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stopCore(nil)
	done := make(chan error, 1) // core may end before anybody asks how
	go func() {
		err := core(coreCtx)
		stopEdge(err)
		done <- err
	}()
	err := edge(edgeCtx)
	stopCore(ErrDrained)
	return errors.Join(err, <-done)
}

// Together runs siblings: the first to end, with or without an error, ends all
// of them. It returns when all have, with their errors joined.
func Together(ctx context.Context, siblings ...Run) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ends := make(chan error, len(siblings))
	for _, run := range siblings {
		go func() {
			err := run(ctx)
			stop(err)
			ends <- err
		}()
	}
	var errs []error
	for range siblings {
		errs = append(errs, <-ends)
	}
	return errors.Join(errs...)
}
