package controlplane

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"assay/controlplane/blob"
	"assay/controlplane/depot"
	"assay/controlplane/fleet"
	"assay/controlplane/intake"
	"assay/judge"
)

// writer is what both kinds of store give out.
type writer interface {
	fleet.BlobWriter
	intake.BlobWriter
}

// payloads is where bytes are kept: the local store of a server that is alone,
// or the depot.
type payloads struct {
	open             func(judge.Digest) (*os.File, int64, error)
	create, reserved func(context.Context) (writer, error)
	room             func() error // on the disk of this server
}

func localPayloads(s *blob.Store) payloads {
	return payloads{s.Open, creator(s.Create), creator(s.CreateReserved), s.Room}
}

func sharedPayloads(d *depot.Depot, s *blob.Store) payloads {
	return payloads{d.Open, creator(d.Create), creator(d.CreateReserved), s.Room}
}

// creator turns a nil *W into a nil writer.
func creator[W writer](create func(context.Context) (W, error)) func(context.Context) (writer, error) {
	return func(ctx context.Context) (writer, error) {
		w, err := create(ctx)
		if err != nil {
			return nil, err
		}
		return w, nil
	}
}

// takenIn is payloads as intake sees them.
type takenIn struct{ payloads }

func (b takenIn) Open(d judge.Digest) (*os.File, int64, error) { return b.open(d) }

func (b takenIn) Create(ctx context.Context) (intake.BlobWriter, error) { return b.create(ctx) }

func (b takenIn) Room() error { return b.room() }

// agentBlobs is payloads as agents see them. What they store are results: they
// may use the disk's reserve, so that accepted work can finish when new work
// is refused.
type agentBlobs struct{ payloads }

func (b agentBlobs) Open(d judge.Digest) (*os.File, int64, error) {
	f, size, err := b.open(d)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, 0, errors.Join(fs.ErrNotExist, err)
	}
	return f, size, err
}

func (b agentBlobs) Create(ctx context.Context) (fleet.BlobWriter, error) { return b.reserved(ctx) }
