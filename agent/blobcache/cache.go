package blobcache

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// Config of a cache.
type Config struct {
	Dir      string // the cache's own; made when missing
	MaxBytes int64  // kept on disk; the payload fetched last is kept even if it alone is larger
}

// Client supplies the connection to a server. It waits for one until ctx ends.
type Client func(ctx context.Context) (pb.FleetClient, error)

// Cache is a content-addressed store of payloads on disk. Safe for concurrent
// use by one process; two processes need two directories.
type Cache struct {
	cfg     Config
	client  Client
	log     *slog.Logger
	metrics metrics

	mu      sync.Mutex // guards the rest
	index   index
	flights map[judge.Digest]*flight
}

// flight is a fetch or a verification that is under way.
type flight struct {
	done chan struct{}
	err  error // set before done is closed
}

// New makes a cache that knows of nothing yet.
func New(cfg Config, client Client, log *slog.Logger, reg prometheus.Registerer) *Cache {
	return &Cache{
		cfg: cfg, client: client, log: log.With("component", "blobcache"), metrics: newMetrics(reg),
		index: newIndex(cfg.MaxBytes), flights: map[judge.Digest]*flight{},
	}
}

// Open opens the bytes of p for reading from offset 0. The file is the
// caller's own and cannot be written. Concurrent calls for one payload fetch
// it once; a call whose ctx ends leaves the fetching to the others.
func (c *Cache) Open(ctx context.Context, p judge.Payload) (*os.File, error) {
	if p.Digest == "" {
		return inMemory(p.Inline)
	}
	if !valid(p.Digest) {
		return nil, fmt.Errorf("open payload: %q is no digest", p.Digest)
	}
	// What another call has just fetched may be evicted before this one opens
	// it; more than once or twice in a row means that the disk is too small.
	for range 5 {
		f, err := c.open(p.Digest)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
		if err := c.obtain(ctx, p); err != nil {
			return nil, fmt.Errorf("open payload %s: %w", p.Digest, err)
		}
	}
	return nil, fmt.Errorf("open payload %s: evicted as fast as it is fetched", p.Digest)
}

// open opens what is there and verified; fs.ErrNotExist otherwise.
func (c *Cache) open(d judge.Digest) (*os.File, error) {
	c.mu.Lock()
	known := c.index.use(d)
	c.mu.Unlock()
	if !known {
		return nil, fs.ErrNotExist
	}
	f, err := os.Open(c.path(d))
	if errors.Is(err, fs.ErrNotExist) { // somebody cleaned up behind our back
		c.forget(d)
	}
	return f, err
}

// obtain makes p available, by whoever comes first; the others wait. Whoever
// waited for one that gave up tries again itself.
func (c *Cache) obtain(ctx context.Context, p judge.Payload) error {
	for {
		f, mine := c.takeOff(p.Digest)
		if mine {
			f.err = c.fetch(ctx, p)
			c.land(p.Digest, f)
			return f.err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if !errors.Is(f.err, errGaveUp) {
			return f.err
		}
	}
}

func (c *Cache) takeOff(d judge.Digest) (f *flight, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flights[d]; f != nil {
		return f, false
	}
	f = &flight{done: make(chan struct{})}
	c.flights[d] = f
	return f, true
}

func (c *Cache) land(d judge.Digest, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.flights, d)
	close(f.done)
}

// keep enters a verified file and removes what is too much.
func (c *Cache) keep(d judge.Digest, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, gone := range c.index.add(d, size, true) {
		c.metrics.evicted.Inc()
		c.remove(gone)
	}
	c.metrics.bytes.Set(float64(c.index.bytes))
}

func (c *Cache) forget(d judge.Digest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.index.drop(d)
	c.metrics.bytes.Set(float64(c.index.bytes))
}

func (c *Cache) remove(d judge.Digest) {
	if err := os.Remove(c.path(d)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.log.Warn("cached payload cannot be removed", "digest", d, "err", err)
	}
}

const prefix = "sha256:"

// path is where the bytes of a valid digest are kept.
func (c *Cache) path(d judge.Digest) string {
	name := strings.TrimPrefix(string(d), prefix)
	return filepath.Join(c.cfg.Dir, name[:2], name)
}

func valid(d judge.Digest) bool {
	name, ok := strings.CutPrefix(string(d), prefix)
	return ok && len(name) == 64 && strings.Trim(name, "0123456789abcdef") == ""
}
