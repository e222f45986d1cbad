package docker

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"

	"assay/agent/box"
	"assay/agent/box/seccomp"
	"assay/agent/box/session"
)

// Driver makes boxes with a Docker Engine. It is safe for concurrent use.
type Driver struct {
	cfg    Config
	log    *slog.Logger
	engine engine

	mu      sync.Mutex // guards starting
	started bool
	version string
	plan    plan
	cores   *session.Cores
	uids    *uids
}

var _ box.Driver = (*Driver)(nil)

// New returns a driver that has not spoken to the engine yet.
func New(cfg Config, log *slog.Logger) *Driver {
	cfg = cfg.or()
	return &Driver{cfg: cfg, log: log, engine: newEngine(cfg.Socket)}
}

// Probe finds out whether there is an engine that can make boxes, by having it
// make one and running a program in it. The error names the remedy.
func (d *Driver) Probe(ctx context.Context) error {
	b, err := d.Open(ctx)
	if err != nil {
		return err
	}
	return b.Close()
}

// Close hangs up on the engine. All boxes must have been closed.
func (d *Driver) Close() error {
	d.engine.http.CloseIdleConnections()
	d.cores.Close()
	return nil
}

// Version is that of the engine, once a box has been opened.
func (d *Driver) Version() string { return d.version }

// Open makes a clean box.
func (d *Driver) Open(ctx context.Context) (box.Box, error) {
	if err := d.start(ctx); err != nil {
		return nil, &box.Fault{Op: "open", Err: err}
	}
	b, err := d.open(ctx)
	if err != nil {
		return nil, &box.Fault{Op: "open", Err: err}
	}
	return b, nil
}

// start does what is done once.
func (d *Driver) start(ctx context.Context) (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.started {
		return nil
	}
	if err := d.cfg.Validate(); err != nil {
		return err
	}
	if d.version, err = d.engine.ping(ctx); err != nil {
		return fmt.Errorf("reach the docker engine: %w (start dockerd, name its socket with docker.socket, and let the agent's user open it; or choose another box.driver)", err)
	}
	if err := os.MkdirAll(d.cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("make docker.dir: %w", err)
	}
	if d.plan, err = d.prepare(ctx); err != nil {
		return err
	}
	if d.cores, err = session.NewCores(); err != nil {
		return err
	}
	d.uids = &uids{first: d.cfg.FirstUID, count: d.cfg.UIDs}
	d.sweep(ctx)
	d.started = true
	d.log.Info("boxes can be made with docker", "engine", d.version, "image", d.plan.image)
	return nil
}

// prepare works out what containers are made of, and sees to the image.
func (d *Driver) prepare(ctx context.Context) (p plan, err error) {
	if p.self, err = session.Executable(); err != nil {
		return p, err
	}
	if p.system, err = session.System(d.cfg.Mounts, d.cfg.OpenFiles); err != nil {
		return p, err
	}
	if p.masks, err = session.Masks(); err != nil {
		return p, err
	}
	p.system.Filter = seccomp.Encode(seccomp.Box().Compile())
	archive, tag, err := image(p.system)
	if err != nil {
		return p, fmt.Errorf("make image: %w", err)
	}
	p.image = imageName + ":" + tag
	there, err := d.engine.hasImage(ctx, p.image)
	if err == nil && !there {
		err = d.engine.importImage(ctx, imageName, tag, bytes.NewReader(archive))
	}
	if err != nil {
		return p, fmt.Errorf("import image %s: %w", p.image, err)
	}
	return p, nil
}

// sweep removes the containers of agents that are no more. They end with their
// agent; those that were never started do not.
func (d *Driver) sweep(ctx context.Context) {
	list, err := d.engine.labelled(ctx, label)
	if err != nil {
		d.log.Warn("left containers not looked for", "err", err)
		return
	}
	for id, value := range list {
		uid, err := strconv.Atoi(value)
		if err != nil {
			continue
		}
		mark, err := claim(uid)
		if err != nil {
			continue // its agent lives
		}
		if err := d.engine.remove(ctx, id); err != nil {
			d.log.Warn("left container not removed", "container", id, "err", err)
		}
		_ = mark.Close()
	}
}
