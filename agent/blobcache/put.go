package blobcache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// maxInline is how many bytes travel inside a message rather than by digest.
const maxInline = 4 << 10

// chunk is how many bytes of a payload travel in one message.
const chunk = 128 << 10

// Put stores what r yields on the servers and names it; up to 4 KiB come back
// inline and go nowhere. It keeps trying until ctx ends.
func (c *Cache) Put(ctx context.Context, r io.Reader) (judge.Payload, error) {
	head, err := io.ReadAll(io.LimitReader(r, maxInline+1))
	if err != nil {
		return judge.Payload{}, fmt.Errorf("read payload: %w", err)
	}
	switch {
	case len(head) == 0:
		return judge.Payload{}, nil
	case len(head) <= maxInline:
		return judge.Payload{Inline: head, Size: int64(len(head))}, nil
	}
	p, err := c.store(ctx, io.MultiReader(bytes.NewReader(head), r))
	if err != nil {
		return judge.Payload{}, fmt.Errorf("store payload: %w", err)
	}
	return p, nil
}

// store spools r, so that it can be sent more than once.
func (c *Cache) store(ctx context.Context, r io.Reader) (judge.Payload, error) {
	f, err := os.CreateTemp(c.temp(), "put-")
	if err != nil {
		return judge.Payload{}, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), r)
	if err != nil {
		return judge.Payload{}, err
	}
	p := judge.Payload{Digest: digestOf(h.Sum(nil)), Size: n}
	if err := c.again(ctx, func() error { return c.upload(ctx, p, f) }); err != nil {
		return judge.Payload{}, err
	}
	c.metrics.stored.Add(float64(n))
	return p, nil
}

func (c *Cache) upload(ctx context.Context, p judge.Payload, f io.ReaderAt) error {
	client, err := c.client(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the stream when it is left early
	st, err := client.PutBlob(ctx)
	if err != nil {
		return err
	}
	buf := make([]byte, chunk)
	for r := io.NewSectionReader(f, 0, p.Size); ; {
		n, err := r.Read(buf)
		if n > 0 && st.Send(&pb.Chunk{Data: buf[:n]}) != nil {
			break // the answer says why
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	answer, err := st.CloseAndRecv()
	if err != nil {
		return err
	}
	if judge.Digest(answer.GetDigest()) != p.Digest {
		return fmt.Errorf("%w: the server stored %s", errCorrupt, answer.GetDigest())
	}
	return nil
}
