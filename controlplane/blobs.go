package controlplane

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"assay/controlplane/blob"
	"assay/controlplane/fleet"
	"assay/judge"
)

// agentBlobs is the payload store as agents see it. What they store are
// results: they may use the disk's reserve, so that accepted work can finish
// when new work is refused.
type agentBlobs struct{ store *blob.Store }

func (b agentBlobs) Open(d judge.Digest) (*os.File, int64, error) {
	f, size, err := b.store.Open(d)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, 0, errors.Join(fs.ErrNotExist, err)
	}
	return f, size, err
}

func (b agentBlobs) Create(ctx context.Context) (fleet.BlobWriter, error) {
	w, err := b.store.CreateReserved(ctx)
	if err != nil {
		return nil, err
	}
	return w, nil
}
