package depot

import (
	"context"

	"assay/controlplane/blob"
	"assay/judge"
)

// Writer takes in one blob. It ends with Commit or Discard; Discard after
// Commit does nothing. For one goroutine.
type Writer struct {
	*blob.Writer
	commit func(judge.Digest) error
}

// Create begins a blob. ctx is for all of it, Commit included.
func (d *Depot) Create(ctx context.Context) (*Writer, error) {
	w, err := d.store.Create(ctx)
	return d.writer(ctx, w, err, false)
}

// CreateReserved is Create into the disks' reserve.
func (d *Depot) CreateReserved(ctx context.Context) (*Writer, error) {
	w, err := d.store.CreateReserved(ctx)
	return d.writer(ctx, w, err, true)
}

func (d *Depot) writer(ctx context.Context, w *blob.Writer, err error, reserved bool) (*Writer, error) {
	if err != nil {
		return nil, err
	}
	return &Writer{w, func(digest judge.Digest) error { return d.spread(ctx, digest, reserved) }}, nil
}

// Commit makes the blob durable here and on as many other servers as make a
// quorum. It returns blob.ErrNoQuorum when there are too few.
func (w *Writer) Commit() (judge.Digest, int64, error) {
	digest, size, err := w.Writer.Commit()
	if err == nil {
		err = w.commit(digest)
	}
	return digest, size, err
}
