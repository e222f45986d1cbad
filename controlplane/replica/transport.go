package replica

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

// callTimeout is how long raft waits for another server's answer.
const callTimeout = 10 * time.Second

// Layer opens streams between servers. A mesh does.
type Layer interface {
	// Listen makes the others' streams arrive. Its address is the one that
	// they dial.
	Listen() net.Listener
	Dial(ctx context.Context, address string) (net.Conn, error)
}

// transport is raft's way to the other servers.
func (c Config) transport(log hclog.Logger) raft.Transport {
	if c.Transport != nil {
		return c.Transport
	}
	return raft.NewNetworkTransportWithConfig(&raft.NetworkTransportConfig{
		Stream:  &stream{Listener: c.Layer.Listen(), layer: c.Layer, conns: map[*tracked]struct{}{}},
		MaxPool: 3,
		Timeout: callTimeout,
		Logger:  log,
		// With requests in flight behind one another a follower whose disk
		// stalls may never get in step again.
		MaxRPCsInFlight: 1,
	})
}

// stream is a Layer as raft wants it. Raft leaves connections open when it
// ends; closing the stream closes them.
type stream struct {
	net.Listener
	layer Layer

	mu     sync.Mutex // guards the rest
	conns  map[*tracked]struct{}
	closed bool
}

// Accept waits for another server.
func (s *stream) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return s.track(c)
}

// Dial opens a stream within a time.
func (s *stream) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	c, err := s.layer.Dial(ctx, string(address))
	if err != nil {
		return nil, err
	}
	return s.track(c)
}

// Close ends everything.
func (s *stream) Close() error {
	err := s.Listener.Close()
	s.mu.Lock()
	conns := s.conns
	s.conns, s.closed = nil, true
	s.mu.Unlock()
	for c := range conns {
		c.Conn.Close()
	}
	return err
}

func (s *stream) track(c net.Conn) (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		c.Close()
		return nil, net.ErrClosed
	}
	t := &tracked{c, s}
	s.conns[t] = struct{}{}
	return t, nil
}

// tracked is a connection that its stream knows of until it is closed.
type tracked struct {
	net.Conn
	stream *stream
}

// Close ends the connection.
func (t *tracked) Close() error {
	t.stream.mu.Lock()
	delete(t.stream.conns, t)
	t.stream.mu.Unlock()
	return t.Conn.Close()
}
