package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"assay/controlplane/replica"
	"assay/controlplane/state"
	"assay/internal/garbage"
	"assay/judge"
	"assay/proto/convert"
)

// commands is what the replicated log takes when nothing stands before it.
type commands struct {
	PerSecond float64 `json:"per_second"`
	Bytes     int     `json:"bytes"`        // of a command that hands in
	Finish    int     `json:"finish_bytes"` // of one that ends, with the result of 20 tests in it
}

// measureCommands has three replicas in this process, on one disk, carry out
// commands of a thousand callers. Garbage is collected as in a server.
func measureCommands(ctx context.Context, dir string) (c commands, err error) {
	const callers, total = 1024, 200_000
	note("log: %d commands", total)
	living, stop := context.WithCancel(ctx)
	g, ctx := errgroup.WithContext(living)
	defer func() { stop(); err = errors.Join(err, g.Wait()) }()
	g.Go(func() error { return garbage.Run(ctx) })
	replicas, err := startReplicas(ctx, g, filepath.Join(dir, "log"))
	if err != nil {
		return c, err
	}
	leader, err := leaderOf(ctx, replicas)
	if err != nil {
		return c, err
	}
	first, err := replica.EncodeCommand(command(0))
	if err != nil {
		return c, err
	}
	last, err := finish()
	if err != nil {
		return c, err
	}
	c.Bytes, c.Finish = len(first), len(last)
	all := make([]state.Submit, total)
	for i := range all {
		all[i] = command(int64(i))
	}
	start := time.Now()
	if err := propose(ctx, leader, callers, all); err != nil {
		return c, err
	}
	c.PerSecond = total / time.Since(start).Seconds()
	return c, nil
}

// command is a submission of the usual size.
func command(i int64) state.Submit {
	return state.Submit{
		ID: fmt.Sprintf("%026d", i), Tenant: "default", Language: "cpp", Priority: judge.Normal, Tests: 20, Timeout: time.Minute,
		Spec:  judge.Payload{Inline: make([]byte, 200), Size: 200},
		Suite: judge.Payload{Digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Size: 2000},
	}
}

// finish is the end of one with 20 tests, as the nodes here report it.
func finish() ([]byte, error) {
	const tests = 20
	r := judge.Result{Verdict: judge.Accepted, Node: "a1", Summary: judge.Summary{Total: tests, Passed: tests}}
	for i := range tests {
		outcome := judge.Outcome{CPU: 3 * time.Millisecond, Wall: 4 * time.Millisecond, MemoryKB: 1024}
		r.Tests = append(r.Tests, judge.TestResult{ID: fmt.Sprint(i + 1), Verdict: judge.Accepted, Outcome: outcome})
	}
	data, err := convert.EncodeResult(r)
	if err != nil {
		return nil, err
	}
	return replica.EncodeCommand(state.Finish{
		ID: command(0).ID, Attempt: 1, Verdict: r.Verdict, Summary: r.Summary, Node: r.Node,
		Result: judge.Payload{Inline: data, Size: int64(len(data))},
	})
}

func propose(ctx context.Context, leader *replica.Replica, callers int, commands []state.Submit) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var turn atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for i := turn.Add(1); i <= int64(len(commands)); i = turn.Add(1) {
				if _, err := leader.Propose(ctx, commands[i-1]); err != nil {
					stop(err)
					return
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// startReplicas runs three voters over TCP. Each Run is in the group; one that
// fails ends all.
func startReplicas(ctx context.Context, g *errgroup.Group, dir string) ([]*replica.Replica, error) {
	var all []*replica.Replica
	var transports []*raft.NetworkTransport
	var voters []raft.Server
	for i := range 3 {
		t, err := raft.NewTCPTransport("127.0.0.1:0", nil, 3, 10*time.Second, io.Discard)
		if err != nil {
			return nil, fmt.Errorf("listen for replica %d: %w", i, err)
		}
		transports = append(transports, t)
		voters = append(voters, raft.Server{ID: raft.ServerID(fmt.Sprint("n", i)), Address: t.LocalAddr()})
	}
	for i, t := range transports {
		id := string(voters[i].ID)
		cfg := replica.Config{NodeID: id, Dir: filepath.Join(dir, id), Transport: t, Bootstrap: true, Voters: voters}
		r := replica.New(cfg, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		all = append(all, r)
		g.Go(func() error { return r.Run(ctx) })
	}
	return all, nil
}

func leaderOf(ctx context.Context, all []*replica.Replica) (*replica.Replica, error) {
	for {
		for _, r := range all {
			if r.Leader().Here && r.Ready(ctx) == nil {
				return r, nil
			}
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
