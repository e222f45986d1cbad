package retention

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"assay/controlplane/state"
	"assay/judge"
)

// Log is where forgetting is agreed upon. A replica is one.
type Log interface {
	View() state.View
	Propose(context.Context, state.Command) (state.Event, error)
}

// Blobs is the store that is swept. A blob.Store is one.
type Blobs interface {
	Read(d judge.Digest, most int64) ([]byte, error)
	Sweep(ctx context.Context, keep func(judge.Digest) bool, olderThan time.Time) (n int, bytes int64, err error)
}

// expireAtOnce bounds the work of one command.
const expireAtOnce = 1000

// Keeper forgets what may be forgotten.
type Keeper struct {
	cfg   Config
	log   Log
	fresh Fresh
	blobs Blobs
	index *Index
	slog  *slog.Logger
}

// Fresh makes the state here as new as the cluster's, or says that it cannot.
// A server that lags would take what is referred to for what is not.
type Fresh func(context.Context) error

// New makes a keeper. A nil fresh is that of a server that is alone.
func New(cfg Config, log Log, fresh Fresh, blobs Blobs, logger *slog.Logger) *Keeper {
	if fresh == nil {
		fresh = func(context.Context) error { return nil }
	}
	return &Keeper{cfg: cfg, log: log, fresh: fresh, blobs: blobs, index: NewIndex(blobs), slog: logger.With("component", "retention")}
}

// Lead expires finished submissions for as long as this server leads.
func (k *Keeper) Lead(ctx context.Context) error {
	return k.each(ctx, func(now time.Time) error { return k.Expire(ctx, now) })
}

// Run sweeps this server's payloads until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	return k.each(ctx, func(now time.Time) error { return k.Sweep(ctx, now) })
}

// each does one round now and then. A round that could not be done is said
// and tried again with the next: nothing depends on its being done in time.
//
// Rounds are told the time that this process began at plus what has passed on
// the monotonic clock: a clock that is set wrong for a while forgets nothing.
func (k *Keeper) each(ctx context.Context, round func(now time.Time) error) error {
	began := time.Now()
	clock := time.NewTicker(k.cfg.Every)
	defer clock.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-clock.C:
			if err := round(began.Add(time.Since(began))); err != nil && ctx.Err() == nil {
				k.slog.Warn("clean-up put off", "err", err)
			}
		}
	}
}

// Expire forgets the submissions that ended before now less Config.Keep.
func (k *Keeper) Expire(ctx context.Context, now time.Time) error {
	command := state.Expire{Before: now.Add(-k.cfg.Keep), Limit: expireAtOnce}
	for {
		event, err := k.log.Propose(ctx, command)
		if err = errors.Join(err, event.Err); err != nil {
			return err
		}
		if len(event.Forgot) > 0 {
			k.slog.Info("submissions forgotten", "n", len(event.Forgot))
		}
		if len(event.Forgot) < expireAtOnce {
			return nil
		}
	}
}

// Sweep removes payloads that nothing refers to and that are older than now
// less Config.Young. What cannot be read stops the sweep: a reference that is
// not seen would be a payload lost.
func (k *Keeper) Sweep(ctx context.Context, now time.Time) error {
	if err := k.fresh(ctx); err != nil {
		return err
	}
	kept, err := k.index.References(k.log.View())
	if err != nil {
		return err
	}
	n, bytes, err := k.blobs.Sweep(ctx, func(d judge.Digest) bool { return kept[d] }, now.Add(-k.cfg.Young))
	if n > 0 {
		k.slog.Info("payloads removed", "n", n, "bytes", bytes)
	}
	return err
}
