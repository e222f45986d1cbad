package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/client"
	"assay/internal/process"
	"assay/internal/serverproc"
)

func (w *world) killLeader(ctx context.Context) error {
	s, err := w.leader(ctx)
	if err != nil {
		return err
	}
	note("  kill -9 of %s, which leads", s.ID)
	died := time.Now()
	if err := s.Kill(); err != nil {
		return err
	}
	if err := w.failover(ctx, s, died); err != nil {
		return err
	}
	pause(ctx, w.between(0, time.Second))
	return s.Launch()
}

func (w *world) killFollower(ctx context.Context) error {
	s, err := w.follower(ctx)
	if err != nil {
		return err
	}
	note("  kill -9 of %s, which follows", s.ID)
	if err := s.Kill(); err != nil {
		return err
	}
	pause(ctx, w.between(0, 3*time.Second))
	return s.Launch()
}

func (w *world) follower(ctx context.Context) (*serverproc.Server, error) {
	leader, err := w.leader(ctx)
	if err != nil {
		return nil, err
	}
	others := w.others(leader)
	return others[w.dice.IntN(len(others))], nil
}

func (w *world) killAll(ctx context.Context) error {
	note("  kill -9 of all servers")
	if err := w.Kill(); err != nil {
		return err
	}
	pause(ctx, w.between(0, time.Second))
	for _, s := range w.Servers {
		if err := s.Launch(); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) anyNode() *node { return w.nodes[w.dice.IntN(len(w.nodes))] }

func (w *world) killAgent(ctx context.Context) error {
	n := w.anyNode()
	note("  kill -9 of %s", n.name)
	if err := n.Kill(); err != nil {
		return err
	}
	pause(ctx, w.between(0, 3*time.Second))
	return n.launch()
}

func (w *world) killAgents(ctx context.Context) error {
	note("  kill -9 of all nodes")
	var g errgroup.Group
	for _, n := range w.nodes {
		g.Go(n.Kill)
	}
	if err := g.Wait(); err != nil {
		return err
	}
	pause(ctx, w.between(0, 3*time.Second))
	for _, n := range w.nodes {
		if err := n.launch(); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) freezeLeader(ctx context.Context) error {
	s, err := w.leader(ctx)
	if err != nil {
		return err
	}
	return w.freeze(ctx, s.ID+", which leads", s.Process)
}

func (w *world) freezeFollower(ctx context.Context) error {
	s, err := w.follower(ctx)
	if err != nil {
		return err
	}
	return w.freeze(ctx, s.ID+", which follows", s.Process)
}

func (w *world) freezeAgent(ctx context.Context) error {
	n := w.anyNode()
	return w.freeze(ctx, n.name, n.Process)
}

func (w *world) freeze(ctx context.Context, what string, p *process.Process) error {
	long := w.between(200*time.Millisecond, 8*time.Second)
	note("  SIGSTOP of %s for %v", what, long.Round(time.Millisecond))
	if err := p.Freeze(); err != nil {
		return err
	}
	pause(ctx, long)
	return p.Thaw()
}

// replace takes all that a server has. Once it has its vote again, nothing may
// depend on any other one server.
func (w *world) replace(ctx context.Context) error {
	s := w.Servers[w.dice.IntN(len(w.Servers))]
	note("  kill -9 of %s, and an empty one in its place", s.ID)
	if err := s.Kill(); err != nil {
		return err
	}
	if err := os.RemoveAll(s.Dir); err != nil {
		return err
	}
	if err := s.Launch(); err != nil {
		return err
	}
	if err := w.vote(ctx, s); err != nil {
		return err
	}
	others := w.others(s)
	victim := others[w.dice.IntN(len(others))]
	note("  %s has its vote; kill -9 of %s", s.ID, victim.ID)
	if err := victim.Kill(); err != nil {
		return err
	}
	if err := w.verify(ctx, w.others(victim), everything); err != nil {
		return err
	}
	return victim.Launch()
}

// vote waits until a server that came back empty has lost its vote, as the
// leader sees it, and then got it again.
func (w *world) vote(ctx context.Context, s *serverproc.Server) error {
	ctx, cancel := context.WithTimeout(ctx, 2*comeBack)
	defer cancel()
	for _, want := range []bool{false, true} {
		for !w.listed(ctx, s, want) {
			pause(ctx, 10*time.Millisecond)
			if ctx.Err() != nil {
				return fmt.Errorf("%s came back empty, and was never listed with voter %v: %w\n%s", s.ID, want, context.Cause(ctx), s.Log())
			}
		}
	}
	return nil
}

// listed reports whether the leader lists a server as having a vote, or not.
func (w *world) listed(ctx context.Context, s *serverproc.Server, voter bool) bool {
	for _, o := range w.others(s) {
		if !w.leads(ctx, o) {
			continue
		}
		c, err := w.client(o).Cluster(ctx)
		return err == nil && votes(c, s.ID) == voter
	}
	return false
}

func votes(c client.Cluster, id string) bool {
	return slices.ContainsFunc(c.Servers, func(s client.Server) bool { return s.ID == id && s.Voter })
}
