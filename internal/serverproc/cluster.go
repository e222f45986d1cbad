package serverproc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
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

	binary string
	args   []string
	*process.Process
}

// New makes a cluster of n servers with data below dir that is not running.
// Ports are chosen now and stay the same.
func New(binary, dir string, n int, args ...string) (*Cluster, error) {
	ports, err := free(3 * n)
	if err != nil {
		return nil, err
	}
	c := &Cluster{}
	var list []string
	for i := range n {
		id, own := fmt.Sprint("n", i+1), ports[3*i:3*i+3]
		list = append(list, id+"="+own[2])
		s := &Server{ID: id, URL: "http://" + own[0], Agent: own[1], Dir: filepath.Join(dir, id), binary: binary}
		s.args = append([]string{
			"server", "--server.id", id, "--data-dir", s.Dir,
			"--server.http", own[0], "--server.grpc", own[1], "--raft.address", own[2],
		}, args...)
		c.Servers = append(c.Servers, s)
	}
	for _, s := range c.Servers {
		s.args = append(s.args, "--raft.servers", strings.Join(list, ","))
	}
	return c, nil
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

// Launch starts the process and waits for nothing.
func (s *Server) Launch() (err error) {
	s.Process, err = process.Start(s.binary, s.args...)
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
