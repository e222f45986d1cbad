package clustertest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"assay/agent/blobcache"
	"assay/agent/runner"
	"assay/agent/uplink"
	"assay/judge"
)

// Agent is one node without boxes. Its submissions name how long they take,
// as first argument, and how much they print, as second.
type Agent struct {
	Node string

	mu   sync.Mutex     // guards runs
	runs map[string]int // how often each submission was begun
	stop func()
}

// Agent starts an agent that takes so many submissions at one time.
func (c *Cluster) Agent(node string, boxes int) *Agent {
	c.t.Helper()
	dial := uplink.Dial(insecure.NewCredentials(), grpc.WithContextDialer(c.dialer(node)))
	var addresses []string
	for _, s := range c.Servers {
		addresses = append(addresses, s.node+":2359")
	}
	servers := uplink.NewServers(uplink.Static(addresses...), func(address string) (*grpc.ClientConn, error) {
		return dial("passthrough:///" + address)
	})
	log, reg := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	blobs := blobcache.New(blobcache.Config{Dir: filepath.Join(c.dir, node), MaxBytes: 1 << 30}, servers.Client, log, reg)
	if err := blobs.Load(); err != nil {
		c.t.Fatal(err)
	}
	cfg := uplink.DefaultConfig()
	cfg.Node, cfg.Boxes = node, boxes
	cfg.Languages = []judge.Language{{ID: "sleep", SourceFile: "main", Available: true}}
	a := &Agent{Node: node, runs: map[string]int{}}
	link := uplink.New(cfg, servers, blobs, &sleeper{a, blobs}, func() (int, int) { return 0, boxes }, log, reg)
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	c.agents = append(c.agents, a)
	c.wg.Go(func() {
		if err := link.Run(ctx); err != nil {
			c.t.Errorf("agent %s: %v", node, err)
		}
		servers.Close()
	})
	c.Until("the agent is attached", func() bool { return link.Status().Attached })
	return a
}

// Runs is how often a submission was begun here.
func (a *Agent) Runs(id string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.runs[id]
}

// sleeper is a runner that takes as long as a submission says.
type sleeper struct {
	agent *Agent
	blobs *blobcache.Cache
}

// Run sleeps and accepts.
func (s *sleeper) Run(ctx context.Context, w runner.Work, p runner.Progress) (judge.Result, error) {
	s.agent.mu.Lock()
	s.agent.runs[w.ID]++
	s.agent.mu.Unlock()
	p.Started()
	takes, prints, err := wishes(w.Spec.Args)
	if err != nil {
		return judge.Result{}, err
	}
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return judge.Result{}, context.Cause(ctx)
	}
	r := judge.Result{Verdict: judge.Accepted, Node: s.agent.Node}
	for _, t := range w.Suite.Tests {
		result := judge.TestResult{ID: t.ID, Verdict: judge.Accepted}
		if prints > 0 {
			out, err := s.blobs.Put(ctx, bytes.NewReader(bytes.Repeat([]byte("o"), prints)))
			if err != nil {
				return judge.Result{}, err
			}
			result.Stdout = judge.Captured{Payload: out}
		}
		p.Tested(result)
		r.Tests = append(r.Tests, result)
	}
	r.Summary = judge.Summary{Total: len(r.Tests), Passed: len(r.Tests)}
	return r, nil
}

func wishes(args []string) (takes time.Duration, prints int, err error) {
	if len(args) != 2 {
		return 0, 0, fmt.Errorf("want how long and how much, not %q", args)
	}
	if takes, err = time.ParseDuration(args[0]); err == nil {
		prints, err = strconv.Atoi(args[1])
	}
	return takes, prints, err
}
