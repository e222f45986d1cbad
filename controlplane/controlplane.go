package controlplane

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"assay/controlplane/api"
	"assay/controlplane/blob"
	"assay/controlplane/dispatch"
	"assay/controlplane/fleet"
	"assay/controlplane/intake"
	"assay/controlplane/progress"
	"assay/controlplane/queue"
	"assay/controlplane/replica"
	"assay/controlplane/retention"
	"assay/controlplane/tenant"
	"assay/internal/lifecycle"
)

// ControlPlane is one server.
type ControlPlane struct {
	cfg        Config
	log        *slog.Logger
	replica    *replica.Replica
	blobs      *blob.Store
	fleet      *fleet.Server
	dispatcher *dispatch.Dispatcher
	keeper     *retention.Keeper
	handler    http.Handler
}

// New puts a server together. It does no I/O; an error is one of the
// configuration.
func New(cfg Config, log *slog.Logger, reg *prometheus.Registry) (*ControlPlane, error) {
	cfg = cfg.resolve()
	tenants, err := tenant.New(cfg.Tenants)
	if err != nil {
		return nil, err
	}
	c := &ControlPlane{cfg: cfg, log: log}
	c.replica = replica.New(replica.Config{
		NodeID: cfg.NodeID, Dir: filepath.Join(cfg.DataDir, "raft"), Bootstrap: true,
	}, log, reg)
	c.blobs = blob.New(blob.Config{Dir: filepath.Join(cfg.DataDir, "blobs")}, log, reg)
	c.fleet = fleet.New(cfg.Fleet, agentBlobs{c.blobs}, func() string { return "" }, log, reg)
	hub := progress.New(progress.DefaultConfig())
	c.dispatcher = dispatch.New(cfg.Dispatch, c.replica, c.fleet, hub, termsOf(tenants), log, reg)
	c.keeper = retention.New(cfg.Retention, c.replica, c.blobs, log)
	c.handler = api.New(cfg.API, api.Parts{
		Log:       c.replica,
		Blobs:     intake.Store{Store: c.blobs},
		Intake:    intake.New(cfg.Intake, c.replica, intake.Store{Store: c.blobs}, c.fleet.Languages),
		Tenants:   tenants,
		Events:    hub,
		Fleet:     c.fleet,
		Dispatch:  c.dispatcher,
		LeaderURL: func() string { return "" }, // alone: if this server does not lead, none does
		Ready:     c.blobs.ReadOnly,
		Metrics:   promhttp.HandlerFor(reg, promhttp.HandlerOpts{Registry: reg}),
		Version:   cfg.Version,
	}, log, reg)
	return c, nil
}

// termsOf tells the queue what tenants are entitled to.
func termsOf(tenants *tenant.Registry) func(string) queue.Terms {
	return func(name string) queue.Terms {
		t := tenants.Tenant(name)
		return queue.Terms{Weight: t.Weight, Running: t.Running}
	}
}

// Run is the life of the server: it answers HTTP on one listener and agents on
// the other until ctx ends. It closes both.
func (c *ControlPlane) Run(ctx context.Context, web, agents net.Listener) error {
	if err := c.prepare(); err != nil {
		return err
	}
	return lifecycle.Layers(ctx, c.replica.Run, func(ctx context.Context) error {
		return lifecycle.Together(ctx,
			func(ctx context.Context) error { return c.serveHTTP(ctx, web) },
			func(ctx context.Context) error { return c.fleet.Serve(ctx, agents) },
			func(ctx context.Context) error { return c.replica.Lead(ctx, c.lead) },
			c.keeper.Run,
		)
	})
}

// Ready returns once submissions are accepted and somebody leads.
func (c *ControlPlane) Ready(ctx context.Context) error { return c.replica.Ready(ctx) }

func (c *ControlPlane) prepare() error {
	// What requests spooled before a crash is of no use to anybody.
	if err := os.RemoveAll(c.cfg.API.SpoolDir); err != nil {
		return fmt.Errorf("clear spool directory: %w", err)
	}
	if err := os.MkdirAll(c.cfg.API.SpoolDir, 0o700); err != nil {
		return fmt.Errorf("make spool directory: %w", err)
	}
	return c.blobs.Prepare()
}

// lead is one term of this server's leadership.
func (c *ControlPlane) lead(ctx context.Context, term uint64) error {
	return lifecycle.Together(ctx,
		func(ctx context.Context) error { return c.dispatcher.Run(ctx, term) },
		c.keeper.Lead,
	)
}
