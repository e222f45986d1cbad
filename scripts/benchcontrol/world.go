package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/client"
	"assay/internal/fakeagent"
	"assay/internal/process"
	"assay/internal/serverproc"
)

// world is three servers and nodes that are attached.
type world struct {
	*serverproc.Cluster
	o      options
	suite  string
	nodes  *errgroup.Group
	stop   context.CancelFunc
	client *client.Client
}

func startWorld(ctx context.Context, o options, name string, args ...string) (*world, error) {
	dir := filepath.Join(o.dir, name)
	limits, err := serverproc.Lavish(dir)
	if err != nil {
		return nil, err
	}
	args = append(append(limits, "--log-level", "WARN"), args...)
	c, err := serverproc.New(o.assay, dir, 3, args...)
	if err != nil {
		return nil, err
	}
	w := &world{Cluster: c, o: o, nodes: &errgroup.Group{}, client: client.New(c.Servers[0].URL)}
	// Nodes and load have the same processors as what they measure.
	debug.SetGCPercent(400)
	living, stop := context.WithCancel(ctx)
	w.stop = stop
	starting, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := c.Start(starting); err != nil {
		return nil, errors.Join(err, w.close())
	}
	for i := range o.agents {
		cfg := fakeagent.Config{Node: fmt.Sprint("a", i+1), Boxes: o.boxes, Servers: c.Agents(), Dir: filepath.Join(dir, "agents")}
		w.nodes.Go(func() error { return fakeagent.Run(living, cfg, slog.New(slog.DiscardHandler)) })
	}
	if err := w.attached(starting); err != nil {
		return nil, errors.Join(err, w.Logs(), w.close())
	}
	if !o.inline {
		s, err := w.client.PutSuite(starting, client.SuiteRequest{Tests: tests(o.tests, "suite")})
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.suite = s.ID
	}
	return w, nil
}

// attached waits for all nodes.
func (w *world) attached(ctx context.Context) error {
	for {
		all, err := w.client.Agents(ctx)
		if err != nil || len(all) == w.o.agents {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("%d of %d nodes are attached: %w", len(all), w.o.agents, ctx.Err())
		}
	}
}

// close kills the servers, so that nodes have nobody to say goodbye to.
func (w *world) close() error {
	err := w.Kill()
	w.stop()
	return errors.Join(err, w.nodes.Wait())
}

func (w *world) urls() (all []string) {
	for _, s := range w.Servers {
		all = append(all, s.URL)
	}
	return all
}

// usage is that of each server, in their order.
func (w *world) usage() ([]process.Usage, error) {
	var all []process.Usage
	for _, s := range w.Servers {
		u, err := s.Usage()
		if err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, nil
}
