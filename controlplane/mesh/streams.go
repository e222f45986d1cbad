package mesh

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
)

// Streams are the streams of one kind. It is a net.Listener from the first
// Listen on; until then the others' streams of the kind are refused.
type Streams struct {
	mesh  *Mesh
	kind  Kind
	conns chan net.Conn

	mu     sync.Mutex    // guards the rest
	closed chan struct{} // nil until somebody listens
}

func newStreams(m *Mesh, k Kind) *Streams {
	return &Streams{mesh: m, kind: k, conns: make(chan net.Conn)}
}

// Listen makes this server ready for the kind, until Close. For one listener
// at a time.
func (s *Streams) Listen() net.Listener {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = make(chan struct{})
	return s
}

// Accept waits for the next stream.
func (s *Streams) Accept() (net.Conn, error) {
	closed := s.until()
	if closed == nil {
		return nil, net.ErrClosed
	}
	select {
	case c := <-s.conns:
		return c, nil
	case <-closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept; the other servers' streams are refused from then on.
func (s *Streams) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil {
		close(s.closed)
		s.closed = nil
	}
	return nil
}

// Addr is what the others dial.
func (s *Streams) Addr() net.Addr { return address(s.mesh.cfg.Address) }

// Dial opens a stream to the server at an address. ctx bounds the opening.
func (s *Streams) Dial(ctx context.Context, to string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	raw, err := s.mesh.cfg.Connect(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("dial server %s: %w", to, err)
	}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	conn, err := s.open(ctx, raw)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		raw.Close()
		return nil, fmt.Errorf("dial server %s: %w", to, err)
	}
	return conn, nil
}

func (s *Streams) open(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if s.mesh.cfg.Dial != nil {
		secure := tls.Client(conn, s.mesh.cfg.Dial)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secure
	}
	return conn, acquaint(conn, s.kind, s.mesh.cfg.Cluster)
}

func (s *Streams) until() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *Streams) listening() bool { return s.until() != nil }

// offer gives a stream to whoever listens.
func (s *Streams) offer(ctx context.Context, conn net.Conn) error {
	closed := s.until()
	if closed == nil {
		return net.ErrClosed
	}
	if err := accept(conn); err != nil {
		return err
	}
	select {
	case s.conns <- conn:
		return nil
	case <-closed:
		return net.ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// address is a net.Addr that is kept as it was written: names are resolved
// when they are dialled.
type address string

// Network is what connections of the mesh are made of.
func (address) Network() string { return "tcp" }

// String is host:port.
func (a address) String() string { return string(a) }
