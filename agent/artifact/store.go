package artifact

import (
	"cmp"
	"container/list"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"assay/judge"
)

func byName(a, b judge.File) int { return strings.Compare(a.Name, b.Name) }

// Config bounds a store.
type Config struct {
	Dir      string
	MaxBytes int64 // of all files together; the least recently used go first
}

// Flags declares the settings of a store.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.Int64Var(&c.MaxBytes, "artifact.max-bytes", 2<<30, "disk space for compiled programs")
}

// Store keeps artifacts. Its methods are safe for concurrent use.
type Store struct {
	cfg     Config
	log     *slog.Logger
	metrics *metrics

	mu      sync.Mutex // guards what follows
	entries map[judge.Digest]*list.Element
	recent  *list.List // of *entry, the most recently used first
	bytes   int64
	flights map[judge.Digest]*flight
}

// entry is a directory of the store.
type entry struct {
	key      judge.Digest
	bytes    int64
	verified bool // its content was found to be what the manifest says
}

// flight is a compilation that goes on; done is closed at its end, and then
// failed says what the compiler said about a program that does not compile.
type flight struct {
	done   chan struct{}
	failed *judge.CompileResult
}

// Open finds what is stored under cfg.Dir, and removes what was not finished.
func Open(cfg Config, log *slog.Logger, reg prometheus.Registerer) (*Store, error) {
	s := &Store{
		cfg: cfg, log: log.With("component", "artifact"),
		entries: map[judge.Digest]*list.Element{}, recent: list.New(), flights: map[judge.Digest]*flight{},
	}
	s.metrics = newMetrics(reg, s.size)
	if err := os.RemoveAll(s.unfinished()); err != nil {
		return nil, fmt.Errorf("clean artifact store: %w", err)
	}
	if err := os.MkdirAll(s.unfinished(), 0o700); err != nil {
		return nil, fmt.Errorf("make artifact store: %w", err)
	}
	if err := s.scan(); err != nil {
		return nil, fmt.Errorf("scan artifact store: %w", err)
	}
	return s, nil
}

// Get opens an artifact, if it is there and whole.
func (s *Store) Get(key judge.Digest) (*Artifact, bool) {
	s.mu.Lock()
	el, ok := s.entries[key]
	var verified bool
	if ok {
		s.recent.MoveToFront(el)
		verified = el.Value.(*entry).verified
	}
	s.mu.Unlock()
	if !ok {
		return nil, false
	}
	a, err := read(s.path(key), verified)
	if err != nil {
		s.log.Warn("artifact dropped", "key", key, "err", err)
		s.drop(key)
		return nil, false
	}
	s.touch(key, verified)
	return a, true
}

// touch records the use of an entry, also on disk for the next start.
func (s *Store) touch(key judge.Digest, verified bool) {
	now := time.Now()
	os.Chtimes(s.path(key), now, now) // at worst it is forgotten too soon
	if verified {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if el, ok := s.entries[key]; ok {
		el.Value.(*entry).verified = true
	}
}

// Put stores a copy of a. Storing a key again changes nothing.
func (s *Store) Put(key judge.Digest, a *Artifact) error {
	if !key.Valid() {
		return fmt.Errorf("store artifact: %q is no digest", key)
	}
	tmp, err := os.MkdirTemp(s.unfinished(), "put-")
	if err != nil {
		return fmt.Errorf("store artifact: %w", err)
	}
	defer os.RemoveAll(tmp)
	size, err := write(tmp, a)
	if err != nil {
		return fmt.Errorf("store artifact: %w", err)
	}
	if size > s.cfg.MaxBytes {
		return nil
	}
	if err := os.Rename(tmp, s.path(key)); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("store artifact: %w", err)
	}
	s.add(&entry{key: key, bytes: size, verified: true})
	return nil
}

// Do returns the artifact under key, and whether it was there already or made
// by another call at the same time. Otherwise compile makes it; Do stores a
// copy when store says so. Whoever waits for another's compilation that comes
// to nothing compiles for himself.
func (s *Store) Do(ctx context.Context, key judge.Digest, compile func(context.Context) (a *Artifact, store bool, err error)) (a *Artifact, cached bool, err error) {
	for {
		if a, ok := s.Get(key); ok {
			s.metrics.lookups.WithLabelValues("hit").Inc()
			return a, true, nil
		}
		f, first := s.join(key)
		if first {
			s.metrics.lookups.WithLabelValues("miss").Inc()
			a, err := s.fly(ctx, key, f, compile)
			return a, false, err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, false, context.Cause(ctx)
		}
		if f.failed != nil {
			s.metrics.lookups.WithLabelValues("joined").Inc()
			return &Artifact{Compile: *f.failed}, true, nil
		}
	}
}

func (s *Store) fly(ctx context.Context, key judge.Digest, f *flight, compile func(context.Context) (*Artifact, bool, error)) (*Artifact, error) {
	defer s.land(key, f)
	a, store, err := compile(ctx)
	if err != nil {
		return nil, err
	}
	if len(a.Files) == 0 {
		f.failed = &a.Compile
	}
	if store {
		if err := s.Put(key, a); err != nil {
			s.log.Warn("artifact not stored", "key", key, "err", err)
		}
	}
	return a, nil
}

// join finds the compilation of key that goes on, or begins one.
func (s *Store) join(key judge.Digest) (f *flight, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.flights[key]; ok {
		return f, false
	}
	f = &flight{done: make(chan struct{})}
	s.flights[key] = f
	return f, true
}

func (s *Store) land(key judge.Digest, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flights, key)
	close(f.done)
}

// add takes an entry into the books and evicts what no longer fits.
func (s *Store) add(e *entry) {
	s.mu.Lock()
	if _, ok := s.entries[e.key]; ok {
		s.mu.Unlock()
		return
	}
	s.entries[e.key] = s.recent.PushFront(e)
	s.bytes += e.bytes
	var evicted []judge.Digest
	for s.bytes > s.cfg.MaxBytes {
		oldest := s.recent.Back().Value.(*entry)
		s.forget(oldest.key)
		evicted = append(evicted, oldest.key)
	}
	s.mu.Unlock()
	for _, key := range evicted {
		s.metrics.evictions.Inc()
		os.RemoveAll(s.path(key))
	}
}

// forget takes an entry out of the books; mu is held.
func (s *Store) forget(key judge.Digest) {
	if el, ok := s.entries[key]; ok {
		s.bytes -= el.Value.(*entry).bytes
		s.recent.Remove(el)
		delete(s.entries, key)
	}
}

func (s *Store) drop(key judge.Digest) {
	s.mu.Lock()
	s.forget(key)
	s.mu.Unlock()
	os.RemoveAll(s.path(key))
}

func (s *Store) size() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return float64(s.bytes)
}

// scan takes what an earlier process stored into the books, the least
// recently used first, so that the order of use survives a restart.
func (s *Store) scan() error {
	dirs, err := os.ReadDir(s.cfg.Dir)
	if err != nil {
		return err
	}
	type aged struct {
		entry
		used time.Time
	}
	var found []aged
	for _, d := range dirs {
		key := judge.Digest("sha256:" + d.Name())
		if !key.Valid() {
			continue
		}
		m, err := readManifest(s.path(key))
		info, ierr := d.Info()
		if err != nil || ierr != nil {
			os.RemoveAll(s.path(key))
			continue
		}
		found = append(found, aged{entry{key: key, bytes: m.bytes()}, info.ModTime()})
	}
	slices.SortFunc(found, func(a, b aged) int { return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.key, b.key)) })
	for _, f := range found {
		s.add(&f.entry)
	}
	return nil
}

func (s *Store) path(key judge.Digest) string { return filepath.Join(s.cfg.Dir, key.Hex()) }
func (s *Store) unfinished() string           { return filepath.Join(s.cfg.Dir, "unfinished") }
