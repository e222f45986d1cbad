package backup

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"assay/controlplane/blob"
	"assay/judge"
)

// Open opens a blob and says how long it is. It returns blob.ErrNotFound for
// one that is nowhere.
type Open func(judge.Digest) (io.ReadCloser, int64, error)

// Save writes a snapshot. State writes the state to where it is told.
func Save(ctx context.Context, w io.Writer, m Manifest, state func(io.Writer) error, blobs []judge.Digest, open Open) (Totals, error) {
	p, err := newPartWriter(w)
	if err != nil {
		return Totals{}, err
	}
	s := saver{partWriter: p, open: open}
	err = s.save(ctx, m, state, blobs)
	if err == nil {
		err = p.w.Flush()
	}
	if err != nil {
		return s.Totals, fmt.Errorf("save snapshot: %w", err)
	}
	return s.Totals, nil
}

type saver struct {
	*partWriter
	Totals
	open Open
}

func (s *saver) save(ctx context.Context, m Manifest, state func(io.Writer) error, blobs []judge.Digest) error {
	if err := s.json(kindManifest, m); err != nil {
		return err
	}
	if err := s.state(state); err != nil {
		return err
	}
	var missing []judge.Digest
	for _, d := range blobs {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := s.blob(d); errors.Is(err, blob.ErrNotFound) {
			missing = append(missing, d)
		} else if err != nil {
			return err
		}
	}
	for _, d := range missing {
		if err := s.part(kindMissing, []byte(d)); err != nil {
			return err
		}
	}
	s.Missing = len(missing)
	return s.json(kindEnd, s.Totals)
}

func (s *saver) json(k kind, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.part(k, data)
}

// state pipes what writes into what reads.
func (s *saver) state(write func(io.Writer) error) (err error) {
	r, w := io.Pipe()
	defer r.Close()
	go func() { w.CloseWithError(write(w)) }()
	s.StateBytes, err = s.stream(kindState, r)
	return err
}

func (s *saver) blob(d judge.Digest) error {
	f, size, err := s.open(d)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := s.part(kindBlob, append(binary.BigEndian.AppendUint64(nil, uint64(size)), d...)); err != nil {
		return err
	}
	h := judge.NewDigester()
	n, err := s.stream(kindData, io.TeeReader(f, h))
	if err != nil {
		return err
	}
	if n != size || h.Digest() != d {
		return fmt.Errorf("blob %s: %w", d, blob.ErrCorrupt)
	}
	s.Blobs, s.BlobBytes = s.Blobs+1, s.BlobBytes+n
	return nil
}
