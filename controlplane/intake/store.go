package intake

import (
	"context"
	"os"

	"assay/controlplane/blob"
	"assay/judge"
)

// Store is the local blob store as [Blobs], for a server that is alone.
type Store struct{ *blob.Store }

// Create begins a blob.
func (s Store) Create(ctx context.Context) (BlobWriter, error) {
	w, err := s.Store.Create(ctx)
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Open opens a blob and tells its size.
func (s Store) Open(d judge.Digest) (*os.File, int64, error) { return s.Store.Open(d) }
