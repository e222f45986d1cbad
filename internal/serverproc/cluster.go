package serverproc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"assay/internal/process"
)

// Cluster is servers that know of each other.
type Cluster struct{ Servers []*Server }

// Server is one of them, running or not. Its methods are for one goroutine.
type Server struct {
	ID    string
	URL   string // of its HTTP
	Agent string // where agents reach it
	Dir   string // its data

	command []string
	*process.Process
}

// Place is where a server runs.
type Place struct {
	HTTP, Agents, Raft string   // addresses
	Enter              []string // what is put before the program, as to enter a network namespace
}

// New makes a cluster of n servers on the loopback, with data below dir, that is
// not running. Ports are chosen now and stay the same.
func New(binary, dir string, n int, args ...string) (*Cluster, error) {
	ports, err := free(3 * n)
	if err != nil {
		return nil, err
	}
	var places []Place
	for own := range slices.Chunk(ports, 3) {
		places = append(places, Place{HTTP: own[0], Agents: own[1], Raft: own[2]})
	}
	return At(binary, dir, places, args...), nil
}

// At makes a cluster as New does, with a server at each place.
func At(binary, dir string, places []Place, args ...string) *Cluster {
	c := &Cluster{}
	var list []string
	for i, at := range places {
		list = append(list, fmt.Sprintf("n%d=%s", i+1, at.Raft))
	}
	for i, at := range places {
		id := fmt.Sprint("n", i+1)
		s := &Server{ID: id, URL: "http://" + at.HTTP, Agent: at.Agents, Dir: filepath.Join(dir, id)}
		s.command = append(slices.Clone(at.Enter), binary, "server", "--server.id", id, "--data-dir", s.Dir,
			"--server.http", at.HTTP, "--server.grpc", at.Agents, "--raft.address", at.Raft,
			"--raft.servers", strings.Join(list, ","))
		s.command = append(s.command, args...)
		c.Servers = append(c.Servers, s)
	}
	return c
}

// free finds addresses that nobody listens on.
func free(n int) (all []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		all = append(all, l.Addr().String())
	}
	return all, nil
}

// Move makes the server keep its data in dir from its next start on.
func (s *Server) Move(dir string) {
	s.command[slices.Index(s.command, s.Dir)] = dir
	s.Dir = dir
}

// Launch starts the process and waits for nothing.
func (s *Server) Launch() (err error) {
	s.Process, err = process.Start(s.command[0], s.command[1:]...)
	return err
}

// Ready waits until the server accepts submissions, once after each Launch.
func (s *Server) Ready(ctx context.Context) error {
	_, err := s.Process.URL(ctx)
	return err
}

// Start launches all servers and waits until each accepts submissions.
func (c *Cluster) Start(ctx context.Context) error {
	for _, s := range c.Servers {
		if err := s.Launch(); err != nil {
			return err
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range c.Servers {
		g.Go(func() error { return s.Ready(ctx) })
	}
	return g.Wait()
}

// Kill ends all servers at once.
func (c *Cluster) Kill() error {
	var g errgroup.Group
	for _, s := range c.Servers {
		if s.Process != nil {
			g.Go(s.Process.Kill)
		}
	}
	return g.Wait()
}

// Agents lists where agents reach the servers.
func (c *Cluster) Agents() (all []string) {
	for _, s := range c.Servers {
		all = append(all, s.Agent)
	}
	return all
}

// Logs is the end of what each server logged.
func (c *Cluster) Logs() error {
	var all []error
	for _, s := range c.Servers {
		if s.Process != nil {
			all = append(all, fmt.Errorf("end of the log of %s:\n%s", s.ID, s.Log()))
		}
	}
	return errors.Join(all...)
}
