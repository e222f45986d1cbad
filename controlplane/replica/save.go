package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hashicorp/raft"

	"assay/controlplane/state"
)

// Saved is the state as this replica has applied it, and the index of the entry
// that it stands at.
func (r *Replica) Saved() (v state.View, index uint64) {
	r.machine.mu.Lock()
	defer r.machine.mu.Unlock()
	return r.machine.look(), r.machine.index
}

// WriteState writes a state for [Replica.Restore], perhaps into another cluster:
// without what its servers found when they compared theirs.
func WriteState(w io.Writer, v state.View, index uint64) error {
	return writeSnapshot(w, v.WithoutChecks(), index)
}

// ReadState reads what WriteState wrote. It returns ErrIncompatible for that of
// a newer version.
func ReadState(r io.Reader) (v state.View, index uint64, err error) {
	s, index, err := readSnapshot(r)
	if err != nil {
		return state.View{}, 0, err
	}
	return s.View(), index, nil
}

// restoreTime bounds how long a restored state may take to be on a quorum.
const restoreTime = time.Minute

// Restore replaces the state of the whole cluster by one that WriteState wrote,
// of so many bytes and up to an index. What was acknowledged since is forgotten.
// It is for the leader; others return ErrNotLeader. After any other error it may
// have happened, or still happen. A state that cannot be read ends the replica:
// it must have been read before.
func (r *Replica) Restore(ctx context.Context, from io.Reader, size int64, index uint64) error {
	node := r.raft.Load()
	if now, _ := r.board.get(); node == nil || now.led == 0 {
		return ErrNotLeader
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	meta := &raft.SnapshotMeta{Version: raft.SnapshotVersionMax, Index: index, Term: 1, Size: size}
	// Raft reads from until it returns: there is no leaving earlier.
	err := node.Restore(meta, from, restoreTime)
	if errors.Is(err, raft.ErrNotLeader) {
		return ErrNotLeader
	} else if err != nil {
		return fmt.Errorf("restore state: %w: %w", ErrUnknown, err)
	}
	r.log.Warn("the state was replaced by that of a snapshot", "bytes", size)
	return nil
}

// Restored says that the state here was replaced by that of a snapshot, so that
// payloads may be missing. For one who listens.
func (r *Replica) Restored() <-chan struct{} { return r.machine.restored }
