package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/client"
	"assay/internal/serverproc"
)

// world is the cluster and everything around it.
type world struct {
	*serverproc.Cluster
	o       options
	dir     string
	dice    *mathrand.Rand // of the one goroutine that does deeds
	token   string
	net     *network // nil outside of namespaces
	disks   []*disk  // one for each server, none outside
	nodes   []*node
	http    *http.Client
	history *history
	figures figures
}

// Ports of a server in a namespace.
const httpPort, agentPort, raftPort = "2358", "2359", "2360"

// newWorld starts servers and nodes.
func newWorld(ctx context.Context, o options, dir string) (w *world, err error) {
	w = &world{
		o: o, dir: dir, dice: mathrand.New(mathrand.NewPCG(o.seed, 0)), token: rand.Text(), history: newHistory(), figures: newFigures(),
		http: &http.Client{Transport: &http.Transport{
			MaxIdleConnsPerHost: 64, IdleConnTimeout: 5 * time.Second, DialContext: (&net.Dialer{Timeout: time.Second}).DialContext,
		}},
	}
	if err := w.build(); err != nil {
		return nil, errors.Join(err, w.close())
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	note("seed %d: three servers, %d nodes, data in %s", o.seed, o.agents, dir)
	err = w.Start(ctx)
	for _, n := range w.nodes {
		err = errors.Join(err, n.launch())
	}
	if err == nil {
		err = w.level(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, w.Logs(), w.close())
	}
	return w, nil
}

// level waits until the servers can compare their states.
func (w *world) level(ctx context.Context) error {
	for {
		c, err := w.compare(ctx)
		if err == nil && agreed(c) == nil {
			return nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(errors.New("the servers do not compare their states"), err, ctx.Err())
		}
	}
}

// build lays out servers and nodes.
func (w *world) build() error {
	file := filepath.Join(w.dir, "tenants.hcl")
	tenants := fmt.Sprintf(tenantFile, sha256.Sum256([]byte(w.token)))
	if err := os.WriteFile(file, []byte(tenants), 0o600); err != nil {
		return err
	}
	args := []string{"--server.tenants", file, "--log-level", "INFO"}
	if enclosed() {
		return w.buildInside(args)
	}
	c, err := serverproc.New(w.o.assay, w.dir, 3, args...)
	if err != nil {
		return err
	}
	w.Cluster = c
	return w.addNodes(nil)
}

const tenantFile = `tenant "default" {
  rate  = 1e6
  burst = 1000000
}
token "sha256:%x" {
  tenant = "default"
  scopes = ["submit", "read", "operate"]
}
`

// buildInside gives every server and node a network, and servers a disk.
func (w *world) buildInside(args []string) (err error) {
	if err := settle(); err != nil {
		return err
	}
	if w.net, err = newNetwork(); err != nil {
		return err
	}
	var places []serverproc.Place
	for i := range 3 {
		p, err := w.net.add(fmt.Sprint("n", i+1))
		if err != nil {
			return err
		}
		places = append(places, serverproc.Place{
			HTTP: net.JoinHostPort(p.ip, httpPort), Agents: net.JoinHostPort(p.ip, agentPort), Raft: net.JoinHostPort(p.ip, raftPort),
			Enter: p.enter(),
		})
	}
	w.Cluster = serverproc.At(w.o.assay, w.dir, places, append(args, "--tls.insecure")...)
	for i, s := range w.Servers {
		d, err := newDisk(s.Dir, i == 2)
		if err != nil {
			return err
		}
		w.disks = append(w.disks, d)
		s.Move(d.data())
	}
	return w.addNodes(w.net)
}

func (w *world) addNodes(network *network) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for i := range w.o.agents {
		n := &node{name: fmt.Sprint("a", i+1)}
		if network != nil {
			if n.part, err = network.add(n.name); err != nil {
				return err
			}
			n.command = n.part.enter()
		}
		n.command = append(n.command, self, "-node", n.name, "-node-servers", strings.Join(w.Agents(), ","), "-node-dir", filepath.Join(w.dir, "nodes"))
		w.nodes = append(w.nodes, n)
	}
	return nil
}

// close ends everything.
func (w *world) close() error {
	var g errgroup.Group
	if w.Cluster != nil {
		g.Go(w.Kill)
	}
	for _, n := range w.nodes {
		if n.Process != nil {
			g.Go(n.Kill)
		}
	}
	err := g.Wait()
	for _, d := range w.disks {
		err = errors.Join(err, d.unmount())
	}
	if w.net != nil {
		for _, p := range w.net.parts {
			err = errors.Join(err, p.holder.Kill())
		}
	}
	return err
}

// client is one of a server that takes no for an answer.
func (w *world) client(s *serverproc.Server) *client.Client {
	return &client.Client{URL: s.URL, Token: w.token, HTTP: w.http, Patience: -1}
}

// leader waits until there is one.
func (w *world) leader(ctx context.Context) (*serverproc.Server, error) {
	ctx, cancel := context.WithTimeout(ctx, comeBack)
	defer cancel()
	for {
		for _, s := range w.Servers {
			if w.leads(ctx, s) {
				return s, nil
			}
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, fmt.Errorf("nobody leads: %w", context.Cause(ctx))
		}
	}
}

func (w *world) leads(ctx context.Context, s *serverproc.Server) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c, err := w.client(s).Cluster(ctx)
	if err != nil || c.Leader != s.ID {
		return false
	}
	for _, other := range c.Servers {
		if other.ID == s.ID {
			return other.State == "leader"
		}
	}
	return false
}

// part is where a server runs.
func (w *world) part(s *serverproc.Server) *part { return w.net.parts[s.ID] }

// others are the servers besides one.
func (w *world) others(s *serverproc.Server) (all []*serverproc.Server) {
	for _, o := range w.Servers {
		if o != s {
			all = append(all, o)
		}
	}
	return all
}

func (w *world) parts(all []*serverproc.Server) (out []*part) {
	for _, s := range all {
		out = append(out, w.part(s))
	}
	return out
}
