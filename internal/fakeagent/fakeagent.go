// Package fakeagent is nodes without boxes: they speak the protocol of agents
// and accept every program at once. It is for measuring the control plane, and
// for treating it badly; what a real node does is left to package agent.
package fakeagent

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/credentials/insecure"

	"assay/agent/blobcache"
	"assay/agent/runner"
	"assay/agent/uplink"
	"assay/judge"
)

// Language is the id of the one language that these nodes know. A submission's
// first argument, if there is one, is the duration that it takes, and its second
// one is how many bytes its first test puts out.
const Language = "fake"

// Config of a node.
type Config struct {
	Node    string
	Boxes   int      // submissions at one time
	Servers []string // addresses of servers, for agents
	Dir     string   // for payloads; made when missing
}

// Run is the life of a node until ctx ends.
func Run(ctx context.Context, cfg Config, log *slog.Logger) error {
	servers := uplink.NewServers(uplink.Static(cfg.Servers...), uplink.Dial(insecure.NewCredentials()))
	defer servers.Close()
	reg := prometheus.NewRegistry()
	blobs := blobcache.New(blobcache.Config{Dir: filepath.Join(cfg.Dir, cfg.Node), MaxBytes: 1 << 30}, servers.Client, log, reg)
	if err := blobs.Load(); err != nil {
		return err
	}
	link := uplink.DefaultConfig()
	link.Node, link.Boxes = cfg.Node, cfg.Boxes
	link.Grace, link.Linger = time.Second, time.Second // what runs for a day is not waited for
	link.Languages = []judge.Language{{ID: Language, SourceFile: "main", Available: true}}
	load := func() (int, int) { return 0, cfg.Boxes }
	return uplink.New(link, servers, blobs, node(cfg.Node), load, log, reg).Run(ctx)
}

// node is a runner, by name.
type node string

// Run accepts, in the time that the submission says. The first test's message
// is unlike that of any other run, so that results can be told apart.
func (n node) Run(ctx context.Context, w runner.Work, p runner.Progress) (judge.Result, error) {
	p.Started()
	out, err := obey(ctx, w.Spec.Args)
	if err != nil {
		return judge.Result{}, err
	}
	outcome := judge.Outcome{CPU: 3 * time.Millisecond, Wall: 4 * time.Millisecond, MemoryKB: 1024}
	r := judge.Result{Verdict: judge.Accepted, Node: string(n)}
	for _, t := range w.Suite.Tests {
		result := judge.TestResult{ID: t.ID, Verdict: judge.Accepted, Outcome: outcome}
		if len(r.Tests) == 0 {
			result.Message = "run " + rand.Text()
			result.Stdout = judge.Captured{Payload: judge.Payload{Inline: out, Size: int64(len(out))}}
		}
		p.Tested(result)
		r.Tests = append(r.Tests, result)
	}
	r.Summary = judge.Summary{Total: len(r.Tests), Passed: len(r.Tests)}
	return r, nil
}

// obey takes the time that the arguments say, and makes as many bytes.
func obey(ctx context.Context, args []string) ([]byte, error) {
	if len(args) > 0 {
		takes, err := time.ParseDuration(args[0])
		if err != nil {
			return nil, fmt.Errorf("how long the submission takes: %w", err)
		}
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if len(args) < 2 {
		return nil, nil
	}
	n, err := strconv.Atoi(args[1])
	if err != nil || n < 0 || n > mostOutput {
		return nil, fmt.Errorf("%q is no number of bytes", args[1])
	}
	return []byte(rand.Text() + strings.Repeat("x", n)), nil
}

const mostOutput = 1 << 20
