package mesh

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Kind is what a stream carries.
type Kind byte

// The kinds there are.
const (
	Raft Kind = 'r' // of hashicorp/raft
	Peer Kind = 'p' // gRPC: the Peer service
	Web  Kind = 'w' // HTTP that a server passes on
)

// ErrRefused is what dialling returns when the other server does not want the
// stream; the text says why.
var ErrRefused = errors.New("refused by the server")

// Config of a mesh.
type Config struct {
	Cluster string // name; servers of another one are refused
	Address string // that the others reach this server at, host:port
	// Accept and Dial are the sides of mutual TLS; nil is plain TCP.
	Accept, Dial *tls.Config
	// Connect makes connections, TCP ones when nil.
	Connect func(ctx context.Context, address string) (net.Conn, error)
}

// Mesh is one server's end. Safe for concurrent use.
type Mesh struct {
	cfg     Config
	log     *slog.Logger
	away    *TurnedAway
	streams map[Kind]*Streams
	slots   chan struct{} // one for each connection whose preamble is awaited
}

// New makes a mesh that nobody listens for yet.
func New(cfg Config, log *slog.Logger) *Mesh {
	if cfg.Connect == nil {
		cfg.Connect = connect
	}
	m := &Mesh{cfg: cfg, log: log.With("component", "mesh"), slots: make(chan struct{}, 256)}
	m.away = NewTurnedAway(m.log)
	m.streams = map[Kind]*Streams{}
	for _, k := range []Kind{Raft, Peer, Web} {
		m.streams[k] = newStreams(m, k)
	}
	return m
}

func connect(ctx context.Context, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 5 * time.Second, KeepAlive: 10 * time.Second}
	return d.DialContext(ctx, "tcp", address)
}

// Address is where the others reach this server.
func (m *Mesh) Address() string { return m.cfg.Address }

// Streams are those of one kind. To listen for them is to say that this server
// is ready for them.
func (m *Mesh) Streams(k Kind) *Streams { return m.streams[k] }

// Run sorts the connections that l accepts until ctx ends. It closes l. The
// streams that were handed out live on.
func (m *Mesh) Run(ctx context.Context, l net.Listener) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if conn != nil {
				conn.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("listen for servers on %s: %w", l.Addr(), err)
		case err != nil: // out of descriptors, perhaps: it passes
			m.log.Warn("connection not accepted", "err", err)
			wait(ctx, 100*time.Millisecond)
			continue
		}
		select {
		case m.slots <- struct{}{}:
			wg.Go(func() { defer func() { <-m.slots }(); m.welcome(ctx, conn) })
		default:
			conn.Close()
		}
	}
}

// welcome reads a preamble and hands the stream to whoever waits for its kind.
func (m *Mesh) welcome(ctx context.Context, raw net.Conn) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	conn, kind, err := m.greet(ctx, raw)
	if err == nil {
		err = m.streams[kind].offer(ctx, conn)
	}
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		raw.Close()
		m.away.Tell(raw.RemoteAddr(), err)
	}
}

func (m *Mesh) greet(ctx context.Context, conn net.Conn) (net.Conn, Kind, error) {
	if m.cfg.Accept != nil {
		secure := tls.Server(conn, m.cfg.Accept)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, 0, fmt.Errorf("shake hands: %w", err)
		}
		conn = secure
	}
	kind, cluster, err := readPreamble(conn)
	if err != nil {
		return nil, 0, err
	}
	if why := m.objection(kind, cluster); why != "" {
		return nil, 0, errors.Join(errors.New(why), refuse(conn, why))
	}
	return conn, kind, nil
}

// objection says why a stream is not wanted; empty when it is.
func (m *Mesh) objection(kind Kind, cluster string) string {
	s := m.streams[kind]
	switch {
	case cluster != m.cfg.Cluster:
		return fmt.Sprintf("this server belongs to the cluster %q, not to %q", m.cfg.Cluster, cluster)
	case s == nil:
		return fmt.Sprintf("there are no streams of the kind %q", kind)
	case !s.listening():
		return "this server is not ready for that yet"
	}
	return ""
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
