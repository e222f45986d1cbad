package replica

import (
	"context"
	"fmt"

	"assay/controlplane/state"
)

// RaiseLevel raises the cluster's feature level, for the leader, once all of
// its servers know it. It does nothing when the cluster has come that far.
func (r *Replica) RaiseLevel(ctx context.Context, level int) error {
	before := r.View().Level()
	if level <= before {
		return nil
	}
	if _, err := r.Propose(ctx, state.SetLevel{Level: level}); err != nil {
		return fmt.Errorf("raise feature level: %w", err)
	}
	r.log.Info("feature level raised", "from", before, "to", level)
	return nil
}

// place tells commands which entry they are in, and refuses those that this
// version must not apply although it can read them.
func place(commands []state.Command, index uint64) error {
	for i, c := range commands {
		switch c := c.(type) {
		case state.Check:
			c.Index = index
			commands[i] = c
		case state.SetLevel:
			if c.Level > state.Level {
				return fmt.Errorf("%w: the cluster's feature level is %d, this version knows %d", ErrIncompatible, c.Level, state.Level)
			}
		}
	}
	return nil
}
