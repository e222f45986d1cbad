package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"assay/agent"
	"assay/agent/uplink"
	"assay/controlplane"
	"assay/controlplane/tenant"
	"assay/internal/garbage"
	"assay/internal/lifecycle"
)

// devGrace is what running attempts get to finish when the process is told to
// end; the others are judged after the next start.
const devGrace = 3 * time.Second

// pipeBytes is the buffer of the connection between the two halves.
const pipeBytes = 1 << 20

// dev is a control plane and an agent in one process. They talk as they do
// across machines, over a connection that never leaves the process.
type dev struct {
	options *devOptions
	plane   *controlplane.ControlPlane
	agent   *agent.Agent
	pipe    *bufconn.Listener
}

func newDev(o *devOptions, log *slog.Logger) (*dev, error) {
	o.plane.Tenants.OperatorToken = tenant.NewToken()
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	plane, err := controlplane.New(o.plane, log, reg)
	if err != nil {
		return nil, err
	}
	pipe := bufconn.Listen(pipeBytes)
	dial := uplink.Dial(insecure.NewCredentials(), grpc.WithContextDialer(
		func(ctx context.Context, _ string) (net.Conn, error) { return pipe.DialContext(ctx) }))
	servers := uplink.NewServers(uplink.Static("passthrough:///in-process"), dial)
	return &dev{options: o, plane: plane, agent: agent.New(o.agent, servers, log, reg), pipe: pipe}, nil
}

// run serves HTTP on web until ctx ends. The agent stops first, so that what
// it finishes still reaches the log and those who wait.
func (d *dev) run(ctx context.Context, web net.Listener) error {
	plane := func(ctx context.Context) error { return d.plane.Run(ctx, web, d.pipe) }
	return lifecycle.Together(ctx, garbage.Run, func(ctx context.Context) error {
		return lifecycle.Layers(ctx, plane, d.agent.Run)
	})
}

// ready waits until submissions are accepted and judged.
func (d *dev) ready(ctx context.Context) error {
	if err := d.plane.Ready(ctx); err != nil {
		return err
	}
	select {
	case <-d.agent.Ready():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// writeToken leaves the operator's token where only the owner of the data can
// read it, for --token-file.
func (d *dev) writeToken() (string, error) {
	token := d.options.plane.Tenants.OperatorToken
	return token, writeToken(filepath.Join(d.options.dataDir, "operator-token"), token)
}

func writeToken(name, token string) error {
	// A new file, so that its mode holds whatever was there.
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("replace operator token: %w", err)
	}
	if err := os.WriteFile(name, []byte(token+"\n"), 0o600); err != nil {
		return fmt.Errorf("write operator token: %w", err)
	}
	return nil
}
