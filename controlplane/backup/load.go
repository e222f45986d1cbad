package backup

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"assay/judge"
)

// Sink is where a snapshot goes, part by part. An error of any of its methods
// ends the loading. That all of it was there and good is known only when Load
// returns.
type Sink interface {
	// Manifest comes first.
	Manifest(Manifest) error
	// State is written to in pieces.
	State() io.Writer
	// Blob reads one blob, all of it. What it reads may yet turn out not to be
	// what the digest says.
	Blob(ctx context.Context, d judge.Digest, size int64, r io.Reader) error
	// Missing is a blob that could not be saved.
	Missing(judge.Digest) error
}

// Load reads a snapshot. Besides the sink's errors it returns ErrFormat and
// ErrCorrupt.
func Load(ctx context.Context, r io.Reader, sink Sink) (Totals, error) {
	p, err := newPartReader(r)
	if err != nil {
		return Totals{}, fmt.Errorf("load snapshot: %w", err)
	}
	l := loader{partReader: p, sink: sink}
	if err := l.load(ctx); err != nil {
		return l.Totals, fmt.Errorf("load snapshot: %w", err)
	}
	return l.Totals, nil
}

type loader struct {
	*partReader
	Totals
	sink Sink
}

func (l *loader) load(ctx context.Context) error {
	k, data, err := l.next()
	if err != nil {
		return err
	}
	var m Manifest
	if k != kindManifest || json.Unmarshal(data, &m) != nil {
		return fmt.Errorf("%w: it has no manifest", ErrCorrupt)
	}
	if err := l.sink.Manifest(m); err != nil {
		return err
	}
	for {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		k, data, err := l.next()
		if err != nil {
			return err
		}
		if k == kindEnd {
			return l.finish(data)
		}
		if err := l.take(ctx, k, data); err != nil {
			return err
		}
	}
}

func (l *loader) take(ctx context.Context, k kind, data []byte) error {
	switch k {
	case kindState:
		l.StateBytes += int64(len(data))
		_, err := l.sink.State().Write(data)
		return err
	case kindBlob:
		e, err := readEntry(data)
		if err != nil {
			return err
		}
		return l.blob(ctx, e)
	case kindMissing:
		l.Missing++
		return l.sink.Missing(judge.Digest(data))
	}
	return fmt.Errorf("%w: a part of the kind %q is at the wrong place", ErrCorrupt, k)
}

func readEntry(data []byte) (entry, error) {
	if len(data) < 8 {
		return entry{}, fmt.Errorf("%w: a blob has no name", ErrCorrupt)
	}
	e := entry{digest: judge.Digest(data[8:]), size: int64(binary.BigEndian.Uint64(data))}
	if !e.digest.Valid() || e.size < 0 {
		return entry{}, fmt.Errorf("%w: %q of %d bytes is no blob", ErrCorrupt, e.digest, e.size)
	}
	return e, nil
}

// blob hands one on and makes sure that it is what it is called.
func (l *loader) blob(ctx context.Context, e entry) error {
	b := &body{parts: l.partReader, left: e.size, digest: judge.NewDigester()}
	if err := l.sink.Blob(ctx, e.digest, e.size, b); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, b); err != nil {
		return err
	}
	if b.digest.Digest() != e.digest {
		return fmt.Errorf("%w: blob %s has other bytes", ErrCorrupt, e.digest)
	}
	l.Blobs, l.BlobBytes = l.Blobs+1, l.BlobBytes+e.size
	return nil
}

func (l *loader) finish(data []byte) error {
	var want Totals
	if json.Unmarshal(data, &want) != nil || want != l.Totals {
		return fmt.Errorf("%w: it holds %+v and should hold %s", ErrCorrupt, l.Totals, data)
	}
	return l.end()
}

// body is the bytes of one blob.
type body struct {
	parts  *partReader
	left   int64 // bytes that are still to come, those of chunk included
	chunk  []byte
	digest judge.Digester
}

// Read returns io.EOF after as many bytes as the blob has.
func (b *body) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	if len(b.chunk) == 0 {
		k, data, err := b.parts.next()
		if err != nil {
			return 0, err
		}
		if k != kindData || len(data) == 0 || int64(len(data)) > b.left {
			return 0, fmt.Errorf("%w: a blob's bytes are not there", ErrCorrupt)
		}
		b.chunk = data
	}
	n := copy(p, b.chunk)
	b.digest.Write(b.chunk[:n])
	b.chunk, b.left = b.chunk[n:], b.left-int64(n)
	return n, nil
}
