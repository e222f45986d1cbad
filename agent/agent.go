package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

	"assay/agent/artifact"
	"assay/agent/blobcache"
	"assay/agent/box"
	"assay/agent/runner"
	"assay/agent/speed"
	"assay/agent/toolchain"
	"assay/agent/uplink"
	"assay/internal/lifecycle"
)

// Agent is one node.
type Agent struct {
	cfg     Config
	servers *uplink.Servers
	log     *slog.Logger
	reg     prometheus.Registerer
	ready   chan struct{} // closed once a leader has welcomed the node
}

// New makes a node that works for the servers. It does no I/O.
func New(cfg Config, servers *uplink.Servers, log *slog.Logger, reg prometheus.Registerer) *Agent {
	return &Agent{cfg: cfg.resolve(), servers: servers, log: log, reg: reg, ready: make(chan struct{})}
}

// Ready is closed once the node takes assignments.
func (a *Agent) Ready() <-chan struct{} { return a.ready }

// Run is the life of the node: it takes assignments until ctx ends, and then
// drains. A node that cannot make boxes does not start: the error names what
// the kernel lacks and the remedy.
func (a *Agent) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, a.servers.Close()) }()
	set, err := toolchain.Discover(a.cfg.Toolchain, a.log)
	if err != nil {
		return err
	}
	driver, err := a.cfg.Boxes.open(set.Mounts(), a.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, driver.Close()) }()
	if err := driver.Probe(ctx); err != nil {
		return fmt.Errorf("this machine cannot make boxes: %w", err)
	}
	pool := box.NewPool(a.cfg.Pool, driver, a.log, a.reg)
	return lifecycle.Layers(ctx, pool.Run, func(ctx context.Context) error { return a.work(ctx, set, pool) })
}

// work proves the toolchains and takes assignments until ctx ends.
func (a *Agent) work(ctx context.Context, set *toolchain.Set, pool *box.Pool) error {
	if err := a.prove(ctx, set, pool); err != nil {
		return ended(ctx, err)
	}
	parts, err := a.open()
	if err != nil {
		return err
	}
	cfg := a.cfg.Uplink
	cfg.Languages = set.Languages()
	cfg.Attached = func() { close(a.ready) }
	var link *uplink.Uplink
	meter := speed.New(a.cfg.Speed, speed.InBox(pool), func() bool { return idle(pool, link) }, a.log, a.reg)
	cfg.Condition = func() (float64, string) { s := meter.State(); return s.Speed, s.Aside }
	run := runner.New(runner.Config{
		Node: cfg.Node, Class: cfg.Class, CPU: cfg.CPU, Bounds: a.cfg.Bounds, Spool: parts.spool,
		Speed: func() float64 { return meter.State().Speed },
	}, pool, set, parts.artifacts, parts.blobs, a.log, a.reg)
	link = uplink.New(cfg, a.servers, parts.blobs, run, pool.Load, a.log, a.reg)
	return lifecycle.Together(ctx, link.Run, meter.Run, func(ctx context.Context) error { return a.prepare(ctx, set, pool, link) })
}

// idle reports whether the node has nothing to do.
func idle(pool *box.Pool, link *uplink.Uplink) bool {
	busy, _ := pool.Load()
	return busy == 0 && link.Status().Running == 0
}

// prove probes the toolchains. A node that is there for a few languages alone
// prepares them first; others do so beside the work.
func (a *Agent) prove(ctx context.Context, set *toolchain.Set, pool *box.Pool) error {
	only := a.only(set)
	if len(a.cfg.Only) > 0 {
		if len(only) == 0 {
			return nil // nobody will ask for a language that there is
		}
		if err := set.Prepare(ctx, pool, func() {}, only...); err != nil {
			return err
		}
	}
	return set.Probe(ctx, pool, only...)
}

// only turns the names that were asked for into ids.
func (a *Agent) only(set *toolchain.Set) (ids []string) {
	for _, name := range a.cfg.Only {
		if t, ok := set.Lookup(name); ok {
			ids = append(ids, t.ID())
		}
	}
	return ids
}

// prepare lets toolchains make what they keep, beside the work, and tells
// servers what became of every language that could not be used without it.
func (a *Agent) prepare(ctx context.Context, set *toolchain.Set, pool *box.Pool, link *uplink.Uplink) error {
	if len(a.cfg.Only) == 0 {
		if err := set.KeepPreparing(ctx, pool, func() { link.Announce(set.Languages()) }); err != nil {
			return ended(ctx, err)
		}
	}
	<-ctx.Done()
	return nil
}

// stores are the node's folders, opened.
type stores struct {
	artifacts *artifact.Store
	blobs     *blobcache.Cache
	spool     string
}

func (a *Agent) open() (s stores, err error) {
	s.spool = filepath.Join(a.cfg.DataDir, "spool")
	// What attempts spooled before a crash is of no use to anybody.
	if err := errors.Join(os.RemoveAll(s.spool), os.MkdirAll(s.spool, 0o700)); err != nil {
		return s, fmt.Errorf("make spool directory: %w", err)
	}
	if s.artifacts, err = artifact.Open(a.cfg.Artifact, a.log, a.reg); err != nil {
		return s, err
	}
	s.blobs = blobcache.New(blobcache.Config{
		Dir: filepath.Join(a.cfg.DataDir, "blobs"), MaxBytes: a.cfg.BlobBytes,
	}, a.servers.Client, a.log, a.reg)
	return s, s.blobs.Load()
}

// ended is nil for what is only the end of ctx.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
