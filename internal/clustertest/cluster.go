package clustertest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"assay/client"
	"assay/controlplane"
	"assay/controlplane/replica"
	"assay/controlplane/state"
)

// Cluster is control planes and agents. Its methods are for the test's
// goroutine.
type Cluster struct {
	*Network
	Servers []*Server

	t      *testing.T
	dir    string
	list   []replica.Peer
	agents []*Agent
	wg     sync.WaitGroup
}

// Server is one control plane, running or not.
type Server struct {
	ID string

	node    string // of the network
	cluster *Cluster
	dir     string
	raft    string // address that the other servers reach it at
	name    string // of its cluster
	level   int    // the highest that it knows; 0: all
	plane   *controlplane.ControlPlane
	stop    context.CancelCauseFunc
	ended   chan struct{}
	result  error // of Run, once ended
}

// Run runs a test on a cluster of n servers that has a leader.
func Run(t *testing.T, n int, test func(t *testing.T, c *Cluster)) {
	t.Helper()
	RunStarting(t, make([]time.Duration, n), test)
}

// RunStarting is Run with servers that start so long after the beginning each.
// Between the start of the last one and the first leader, meanwhile is called.
func RunStarting(t *testing.T, after []time.Duration, test func(t *testing.T, c *Cluster), meanwhile ...func(*Cluster)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		c := &Cluster{Network: newNetwork(), t: t, dir: dir}
		for i := range after {
			id := fmt.Sprint("n", i+1)
			c.list = append(c.list, replica.Peer{ID: id, Address: id + ":2360", Voter: true})
			c.Servers = append(c.Servers, c.server(id))
		}
		defer c.close()
		c.start(after)
		for _, do := range meanwhile {
			do(c)
		}
		c.Leader()
		test(t, c)
	})
}

func (c *Cluster) start(after []time.Duration) {
	begin := time.Now()
	for range c.Servers {
		next := 0
		for i, s := range c.Servers {
			if s.stop == nil && (c.Servers[next].stop != nil || after[i] < after[next]) {
				next = i
			}
		}
		time.Sleep(after[next] - time.Since(begin))
		c.Servers[next].Start()
	}
}

func (c *Cluster) server(id string) *Server {
	return &Server{ID: id, node: id, cluster: c, dir: filepath.Join(c.dir, id), raft: id + ":2360", name: "test"}
}

// Add starts one more server, which is not in the list of the others.
func (c *Cluster) Add(id string) *Server {
	s := c.server(id)
	c.Servers = append(c.Servers, s)
	s.Start()
	return s
}

// Twin starts another server of an id that is taken, at a node of its own and
// on a data directory of its own.
func (c *Cluster) Twin(id, node, dir string) *Server {
	s := c.server(node)
	s.ID, s.dir = id, dir
	c.Servers = append(c.Servers, s)
	s.Start()
	return s
}

func (c *Cluster) close() {
	c.Heal()
	for _, a := range c.agents {
		a.stop()
	}
	for _, s := range c.Servers {
		if s.stop != nil {
			s.stop(errors.New("the test is over"))
		}
	}
	for _, s := range c.Servers {
		if s.ended != nil {
			<-s.ended
		}
	}
	c.wg.Wait()
}

// Start starts a server, for the first time or again.
func (s *Server) Start() {
	c := s.cluster
	c.t.Helper()
	cfg := controlplane.DefaultConfig()
	cfg.NodeID, cfg.DataDir, cfg.Version = s.ID, s.dir, "test"
	cfg.Tenants.Loopback, cfg.Tenants.OperatorToken = true, operator
	cfg.Cluster = &controlplane.Cluster{
		Name: s.name, Servers: c.list, Address: s.raft, AgentsAddress: s.node + ":2359",
		Listener: c.listen(s.raft), Connect: c.dialer(s.node),
		Heartbeat: time.Second, Election: time.Second, Lease: 500 * time.Millisecond, CheckEvery: 64, Level: s.level,
	}
	log := slog.New(slog.NewTextHandler(c.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})).With("server", s.ID)
	plane, err := controlplane.New(cfg, log, prometheus.NewRegistry())
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(context.Background())
	s.plane, s.stop, s.ended = plane, stop, make(chan struct{})
	web, agents := c.listen(s.node+":2358"), c.listen(s.node+":2359")
	go func(ended chan struct{}) {
		defer close(ended)
		s.result = plane.Run(ctx, web, agents)
	}(s.ended)
}

// operator is the token that may do everything.
const operator = "operator"

// Stop ends a server in an orderly way.
func (s *Server) Stop() {
	s.stop(errors.New("told to stop"))
	<-s.ended
	if s.result != nil {
		s.cluster.t.Errorf("server %s: %v", s.ID, s.result)
	}
	s.stop = nil
}

// Kill ends a server that nobody hears of any more from then on.
func (s *Server) Kill() {
	s.cluster.Partition(s.node)
	s.stop(errors.New("killed"))
	<-s.ended
	s.stop = nil
	s.cluster.forget(s.node)
	s.cluster.Heal()
}

// forget makes a node's addresses unreachable until it is started again.
func (n *Network) forget(node string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for address := range n.listeners {
		if strings.HasPrefix(address, node+":") {
			delete(n.listeners, address)
		}
	}
}

// Move gives a server that does not run another raft port.
func (s *Server) Move(port string) {
	s.raft = s.node + ":" + port
}

// Rename makes a server that does not run believe that it belongs to a cluster
// of another name.
func (s *Server) Rename(cluster string) { s.name = cluster }

// Know makes a server that does not run one of a version that knows feature
// levels up to this one; 0 is this version.
func (s *Server) Know(level int) { s.level = level }

// Recover makes a server that does not run a cluster of its own.
func (s *Server) Recover() {
	s.cluster.t.Helper()
	if _, err := controlplane.Recover(s.dir, s.raft, slog.New(slog.DiscardHandler)); err != nil {
		s.cluster.t.Fatal(err)
	}
}

// Result is what ended the server's Run; it waits for that.
func (s *Server) Result() error {
	s.cluster.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(2 * time.Minute):
		s.cluster.t.Fatalf("server %s still runs after two minutes", s.ID)
	}
	s.stop(nil)
	s.stop = nil
	return s.result
}

// Dir is the server's data directory.
func (s *Server) Dir() string { return s.dir }

// Client talks to the server. Requests that are put off are tried again for a
// minute.
func (s *Server) Client() *client.Client {
	c := client.New("http://localhost")
	dial := s.cluster.dialer("client")
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, s.node+":2358") },
	}
	c.HTTP = &http.Client{Transport: transport}
	return c
}

// Operator is a client that may change the cluster.
func (s *Server) Operator() *client.Client {
	c := s.Client()
	c.Token = operator
	return c
}

// Leader waits until one of the servers leads, as it says itself, and others
// agree.
func (c *Cluster) Leader() *Server {
	c.t.Helper()
	for range 600 {
		for _, s := range c.Servers {
			if s.stop != nil && s.leads() {
				return s
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.t.Fatal("there is no leader after a minute")
	return nil
}

func (s *Server) leads() bool {
	st := s.plane.Status()
	return st.State == "leader" && st.Ready
}

// Followers are the servers that run and do not lead.
func (c *Cluster) Followers() (all []*Server) {
	leader := c.Leader()
	for _, s := range c.Servers {
		if s != leader && s.stop != nil {
			all = append(all, s)
		}
	}
	return all
}

// Until waits until something holds.
func (c *Cluster) Until(what string, holds func() bool) {
	c.t.Helper()
	for range 1200 {
		if holds() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.t.Fatalf("after two minutes still not: %s", what)
}

// Agree waits until all servers that run are at the same index of the log, and
// fails unless their states are the same then.
func (c *Cluster) Agree() {
	c.t.Helper()
	var at map[uint64]bool
	c.Until("all servers are at the same index", func() bool {
		at = map[uint64]bool{}
		for _, s := range c.Servers {
			if s.stop != nil {
				at[s.plane.Index()] = true
			}
		}
		return len(at) == 1
	})
	hashes := map[string][]string{}
	for _, s := range c.Servers {
		if s.stop != nil {
			h := fmt.Sprint(s.plane.View().Hash())
			hashes[h] = append(hashes[h], s.ID)
		}
	}
	if len(hashes) != 1 {
		c.t.Errorf("states differ: %v", hashes)
	}
}

// Blobs is how many payloads lie in the server's store.
func (s *Server) Blobs() int {
	names, err := filepath.Glob(filepath.Join(s.dir, "blobs", "?", "*"))
	if err != nil {
		s.cluster.t.Fatal(err)
	}
	return len(names)
}

// Index is how far the server has come in the log.
func (s *Server) Index() uint64 { return s.plane.Index() }

// Term is the latest term that the server has heard of.
func (s *Server) Term() uint64 { return s.plane.Status().Term }

// View is the state as the server has it.
func (s *Server) View() state.View { return s.plane.View() }
