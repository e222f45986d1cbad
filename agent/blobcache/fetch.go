package blobcache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

var (
	// errGaveUp: the caller's context ended before the fetch did.
	errGaveUp = errors.New("gave up")
	// errCorrupt: the bytes are not those that the digest names.
	errCorrupt = errors.New("bytes do not match the digest")
)

// fetch makes p available: by verifying a file that an earlier process left,
// or from a server.
func (c *Cache) fetch(ctx context.Context, p judge.Payload) error {
	if c.verify(p.Digest) {
		return nil
	}
	c.metrics.misses.Inc()
	err := c.again(ctx, func() error { return c.download(ctx, p) })
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w (%w)", errGaveUp, context.Cause(ctx), err)
	}
	return err
}

// verify reports whether a file of that digest is there and intact, and drops
// one that is not.
func (c *Cache) verify(d judge.Digest) bool {
	c.mu.Lock()
	known := c.index.has(d)
	c.mu.Unlock()
	if !known {
		return false
	}
	f, err := os.Open(c.path(d))
	if err == nil {
		defer f.Close()
		h := sha256.New()
		n, err := io.Copy(h, f)
		if err == nil && digestOf(h.Sum(nil)) == d {
			c.keep(d, n)
			return true
		}
		c.log.Warn("cached payload is damaged", "digest", d, "err", err)
	}
	c.forget(d)
	c.remove(d)
	return false
}

// download fetches p into a file of its own, which takes its place when it is
// complete.
func (c *Cache) download(ctx context.Context, p judge.Payload) error {
	f, err := os.CreateTemp(c.temp(), "get-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	n, err := c.receive(ctx, p, f)
	if err != nil {
		return err
	}
	c.metrics.fetched.Add(float64(n))
	path := c.path(p.Digest)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	c.keep(p.Digest, n)
	return nil
}

// receive copies the bytes of p to f and verifies them.
func (c *Cache) receive(ctx context.Context, p judge.Payload, f io.Writer) (int64, error) {
	client, err := c.client(ctx)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the stream when it is left early
	st, err := client.GetBlob(ctx, &pb.GetBlobRequest{Digest: string(p.Digest)})
	if err != nil {
		return 0, err
	}
	h := sha256.New()
	w := io.MultiWriter(f, h)
	var n int64
	for {
		chunk, err := st.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		if n += int64(len(chunk.GetData())); p.Size > 0 && n > p.Size {
			return 0, fmt.Errorf("%w: more than %d bytes", errCorrupt, p.Size)
		}
		if _, err := w.Write(chunk.GetData()); err != nil {
			return 0, err
		}
	}
	if digestOf(h.Sum(nil)) != p.Digest {
		return 0, fmt.Errorf("%w: %d bytes", errCorrupt, n)
	}
	return n, nil
}

// again tries until it works, fails for good, or ctx ends. A server that does
// not know a payload may be about to hear of it, so that is tried a few times.
func (c *Cache) again(ctx context.Context, try func() error) error {
	pause, missing := 100*time.Millisecond, 0
	for {
		err := try()
		switch status.Code(err) {
		case codes.NotFound:
			if missing++; missing == 4 {
				return err
			}
		case codes.Unavailable, codes.Aborted, codes.ResourceExhausted, codes.Canceled: // Canceled: the connection was closed
		default:
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
		pause = min(2*pause, 2*time.Second)
	}
}

func digestOf(sum []byte) judge.Digest { return judge.Digest(prefix + hex.EncodeToString(sum)) }
