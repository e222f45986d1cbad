package controlplane

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/controlplane/backup"
	"assay/controlplane/blob"
	"assay/controlplane/replica"
	"assay/controlplane/retention"
	"assay/controlplane/state"
	"assay/judge"
)

// snapshots saves the state with its blobs, and puts it back.
type snapshots struct {
	about    backup.Manifest // what is the same in all of them
	spool    string          // directory
	replica  *replica.Replica
	index    *retention.Index
	payloads payloads
	touch    func(judge.Digest) bool // of the local store
	log      *slog.Logger
	busy     sync.Mutex // held while a state is put back
}

// commitsAtOnce is how many blobs are made durable at one time.
const commitsAtOnce = 16

// Save writes a snapshot of everything that was acknowledged before the call,
// for the leader.
func (s *snapshots) Save(ctx context.Context, w io.Writer) error {
	if _, err := s.replica.LeaderIndex(ctx); err != nil {
		return err
	}
	view, index := s.replica.Saved()
	refs, err := s.index.References(view)
	if err != nil {
		return fmt.Errorf("save snapshot: %w", err)
	}
	blobs := make([]judge.Digest, 0, len(refs))
	for d := range refs {
		s.touch(d) // no clean-up takes it away while it waits for its turn
		blobs = append(blobs, d)
	}
	slices.Sort(blobs)
	m := s.about
	m.Created, m.Index, m.Level = time.Now().UTC(), index, view.Level()
	totals, err := backup.Save(ctx, w, m, func(w io.Writer) error { return replica.WriteState(w, view, index) }, blobs, s.open)
	if err != nil {
		return err
	}
	s.log.Info("snapshot saved", "index", index, "blobs", totals.Blobs, "bytes", totals.BlobBytes, "missing", totals.Missing)
	return nil
}

func (s *snapshots) open(d judge.Digest) (io.ReadCloser, int64, error) {
	f, size, err := s.payloads.open(d)
	if err != nil {
		return nil, 0, err
	}
	return f, size, nil
}

// Restore replaces the state of the cluster by that of a snapshot, for the
// leader, once all of the snapshot was found to be good and its blobs are on a
// quorum. One of another cluster is refused unless other allows it. The errors
// are those of backup, ErrIncompatible, blob and replica.
func (s *snapshots) Restore(ctx context.Context, r io.Reader, other bool) (backup.Restored, error) {
	if !s.busy.TryLock() {
		return backup.Restored{}, backup.ErrBusy
	}
	defer s.busy.Unlock()
	if _, err := s.replica.LeaderIndex(ctx); err != nil {
		return backup.Restored{}, err
	}
	spool, err := newSpool(s.spool)
	if err != nil {
		return backup.Restored{}, err
	}
	defer spool.close()
	in := &incoming{snapshots: s, other: other, state: spool, have: map[judge.Digest]bool{}}
	in.commits.SetLimit(commitsAtOnce)
	totals, err := backup.Load(ctx, r, in)
	if err = errors.Join(err, in.commits.Wait()); err != nil {
		return backup.Restored{}, err
	}
	view, err := s.check(spool, in)
	if err != nil {
		return backup.Restored{}, err
	}
	if err := s.replace(ctx, view, in.manifest.Index); err != nil {
		return backup.Restored{}, err
	}
	c := view.Counts()
	return backup.Restored{Manifest: in.manifest, Totals: totals, Submissions: c.Queued + c.Finished + c.Cancelled, Suites: view.Len() - c.Queued - c.Finished - c.Cancelled}, nil
}

// check makes sure that the state can be read and that everything came that it
// refers to.
func (s *snapshots) check(spool *spool, in *incoming) (view state.View, err error) {
	if err := spool.rewind(); err != nil {
		return view, err
	}
	view, _, err = replica.ReadState(spool.f)
	if errors.Is(err, replica.ErrIncompatible) {
		return view, fmt.Errorf("%w: %w", backup.ErrFormat, err)
	} else if err != nil {
		return view, fmt.Errorf("%w: its state: %w", backup.ErrCorrupt, err)
	}
	refs, err := s.index.References(view)
	if err != nil {
		return view, fmt.Errorf("%w: what its state refers to: %w", backup.ErrCorrupt, err)
	}
	for d := range refs {
		present, named := in.have[d]
		switch {
		case !named:
			return view, fmt.Errorf("%w: it lacks the blob %s", backup.ErrCorrupt, d)
		case present && !s.touch(d):
			return view, fmt.Errorf("blob %s was cleaned up before the snapshot was complete; raise retention.young: %w", d, blob.ErrNotFound)
		}
	}
	return view, nil
}

// replace makes a state that of the cluster. The command after it is what lets
// all servers know how far they have come.
func (s *snapshots) replace(ctx context.Context, view state.View, index uint64) error {
	spool, err := newSpool(s.spool)
	if err != nil {
		return err
	}
	defer spool.close()
	if err := replica.WriteState(spool.f, view, index); err != nil {
		return fmt.Errorf("spool state: %w", err)
	}
	size, err := spool.f.Seek(0, io.SeekCurrent)
	if err = cmp.Or(err, spool.rewind()); err != nil {
		return fmt.Errorf("spool state: %w", err)
	}
	if err := s.replica.Restore(ctx, spool.f, size, index); err != nil {
		return err
	}
	_, err = s.replica.Propose(ctx, state.SetLevel{Level: view.Level()})
	return err
}

// incoming is a snapshot on its way in.
type incoming struct {
	*snapshots
	other    bool
	manifest backup.Manifest
	state    *spool
	have     map[judge.Digest]bool // false: it was missing when it was saved
	commits  errgroup.Group
}

// Manifest refuses what is not meant for this cluster.
func (in *incoming) Manifest(m backup.Manifest) error {
	in.manifest = m
	if m.Cluster != in.about.Cluster && !in.other {
		return fmt.Errorf("%w: it is of %q, and this is %q", backup.ErrOtherCluster, m.Cluster, in.about.Cluster)
	}
	return nil
}

// State spools the state.
func (in *incoming) State() io.Writer { return in.state.f }

// Missing notes that there is nothing to wait for.
func (in *incoming) Missing(d judge.Digest) error {
	if !in.have[d] {
		in.have[d] = false
	}
	return nil
}

// Blob stores a blob on a quorum. Nothing refers to it yet: if the rest of the
// snapshot turns out to be bad, it is cleaned up in time.
func (in *incoming) Blob(ctx context.Context, d judge.Digest, _ int64, r io.Reader) error {
	in.have[d] = true
	w, err := in.payloads.create(ctx)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, r); err != nil {
		w.Discard()
		return err
	}
	in.commits.Go(func() error {
		defer w.Discard()
		_, _, err := w.Commit()
		return err
	})
	return nil
}

// spool is a file that has no name any more.
type spool struct{ f *os.File }

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "snapshot-")
	if err != nil {
		return nil, fmt.Errorf("spool state: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, fmt.Errorf("spool state: %w", err)
	}
	return &spool{f}, nil
}

func (s *spool) rewind() error {
	_, err := s.f.Seek(0, io.SeekStart)
	return err
}

func (s *spool) close() { s.f.Close() }
