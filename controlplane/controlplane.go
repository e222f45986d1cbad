package controlplane

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"assay/controlplane/api"
	"assay/controlplane/backup"
	"assay/controlplane/blob"
	"assay/controlplane/dispatch"
	"assay/controlplane/fleet"
	"assay/controlplane/intake"
	"assay/controlplane/peer"
	"assay/controlplane/progress"
	"assay/controlplane/queue"
	"assay/controlplane/replica"
	"assay/controlplane/retention"
	"assay/controlplane/state"
	"assay/controlplane/tenant"
	"assay/internal/lifecycle"
	"assay/judge"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// ControlPlane is one server.
type ControlPlane struct {
	cfg        Config
	log        *slog.Logger
	replica    *replica.Replica
	cluster    *cluster // nil: alone
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
	core := replica.Config{NodeID: cfg.NodeID, Dir: filepath.Join(cfg.DataDir, "raft"), Bootstrap: true}
	if cfg.Cluster != nil {
		c.cluster = newCluster(cfg, log)
		core = c.cluster.configure(core)
	}
	c.replica = replica.New(core, log, reg)
	c.blobs = blob.New(blob.Config{Dir: filepath.Join(cfg.DataDir, "blobs")}, log, reg)
	w := alone(c)
	if c.cluster != nil {
		c.cluster.stand(cfg, c.replica, c.blobs, func() []judge.Language { return c.fleet.Languages() }, log, reg)
		w = among(c)
	}
	c.fleet = fleet.New(cfg.Fleet, agentBlobs{w.payloads}, w.leaderForAgents, log, reg)
	hub := progress.New(progress.DefaultConfig())
	c.dispatcher = dispatch.New(cfg.Dispatch, c.replica, c.fleet, hub, termsOf(tenants), log, reg)
	w.parts.Snapshots = &snapshots{
		about: backup.Manifest{Cluster: cfg.clusterName(), Server: cfg.NodeID, Version: cfg.Version},
		spool: cfg.API.SpoolDir, replica: c.replica, index: retention.NewIndex(w.references), payloads: w.payloads,
		touch: c.blobs.Touch, log: log.With("component", "snapshots"),
	}
	c.keeper = retention.New(cfg.Retention, c.replica, w.fresh, w.references, log)
	w.parts.Blobs = takenIn{w.payloads}
	w.parts.Intake = intake.New(cfg.Intake, w.log, takenIn{w.payloads}, w.languages)
	w.parts.Tenants, w.parts.Events, w.parts.Fleet, w.parts.Dispatch = tenants, hub, c.fleet, c.dispatcher
	w.parts.Ready = c.blobs.Room
	w.parts.Metrics = promhttp.HandlerFor(reg, promhttp.HandlerOpts{Registry: reg})
	w.parts.Version = cfg.Version
	c.handler = api.New(cfg.API, w.parts, log, reg)
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
// the other until ctx ends. It closes both, and that of its cluster.
func (c *ControlPlane) Run(ctx context.Context, web, agents net.Listener) error {
	if err := c.prepare(); err != nil {
		return err
	}
	edge := []lifecycle.Run{
		func(ctx context.Context) error { return c.serveHTTP(ctx, web) },
		func(ctx context.Context) error { return c.fleet.Serve(ctx, agents, c.credentials()...) },
		func(ctx context.Context) error { return c.replica.Lead(ctx, c.lead) },
		c.keeper.Run,
		func(ctx context.Context) error { return watchRoom(ctx, c.blobs.Room, c.log) },
	}
	if c.cluster == nil {
		return c.stack(ctx, edge)
	}
	edge = append(edge, c.cluster.edge, func(ctx context.Context) error { return c.serveHTTP(ctx, c.cluster.web()) })
	return c.cluster.halted(lifecycle.Layers(ctx, c.cluster.run, func(ctx context.Context) error { return c.stack(ctx, edge) }))
}

// stack runs the edge on the replica.
func (c *ControlPlane) stack(ctx context.Context, edge []lifecycle.Run) error {
	return lifecycle.Layers(ctx, c.replica.Run, func(ctx context.Context) error { return lifecycle.Together(ctx, edge...) })
}

// Ready returns once submissions are accepted and somebody leads.
func (c *ControlPlane) Ready(ctx context.Context) error { return c.replica.Ready(ctx) }

func (c *ControlPlane) prepare() error {
	if err := c.identify(); err != nil {
		return err
	}
	// What requests spooled before a crash is of no use to anybody.
	if err := os.RemoveAll(c.cfg.API.SpoolDir); err != nil {
		return fmt.Errorf("clear spool directory: %w", err)
	}
	if err := os.MkdirAll(c.cfg.API.SpoolDir, 0o700); err != nil {
		return fmt.Errorf("make spool directory: %w", err)
	}
	return c.blobs.Prepare()
}

// identify makes sure that the data directory is this server's.
func (c *ControlPlane) identify() error {
	if c.cluster == nil {
		return peer.Unowned(c.cfg.DataDir)
	}
	return c.cluster.identity.Open()
}

// lead is one term of this server's leadership.
func (c *ControlPlane) lead(ctx context.Context, term uint64) error {
	work := []lifecycle.Run{func(ctx context.Context) error { return c.dispatcher.Run(ctx, term) }, c.keeper.Lead}
	if c.cluster != nil {
		work = append(work, c.cluster.lead()...)
	} else {
		work = append(work, c.raiseLevel)
	}
	return lifecycle.Together(ctx, work...)
}

// raiseLevel is for a server that is alone: nobody else has to know a level.
func (c *ControlPlane) raiseLevel(ctx context.Context) error {
	if err := c.replica.RaiseLevel(ctx, state.Level); err != nil && ctx.Err() == nil {
		c.log.Warn("feature level not raised", "err", err) // the next term tries again
	}
	<-ctx.Done()
	return nil
}

// Status is what the server knows of itself and of its cluster.
func (c *ControlPlane) Status() replica.Status { return c.replica.Status() }

// View is the state as this server has it.
func (c *ControlPlane) View() state.View { return c.replica.View() }

// Index is how far the log had come when the state was as View has it, or
// further.
func (c *ControlPlane) Index() uint64 { return c.replica.Index() }
