package uplink

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	pb "assay/proto/assay/v1"
)

// Finder names the addresses of the servers' Fleet services, at least one of
// them right. It is asked again whenever none of those could be reached.
type Finder func(ctx context.Context) ([]string, error)

// Static is a Finder that always names the same.
func Static(addresses ...string) Finder {
	return func(context.Context) ([]string, error) { return addresses, nil }
}

// Dialer makes a connection to an address, without waiting for it.
type Dialer func(address string) (*grpc.ClientConn, error)

// Dial is the Dialer for real networks.
func Dial(creds credentials.TransportCredentials, opts ...grpc.DialOption) Dialer {
	quick := backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second}
	return func(address string) (*grpc.ClientConn, error) {
		return grpc.NewClient(address, append([]grpc.DialOption{
			grpc.WithTransportCredentials(creds),
			grpc.WithConnectParams(grpc.ConnectParams{Backoff: quick, MinConnectTimeout: 3 * time.Second}),
			grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 5 * time.Second, Timeout: 5 * time.Second, PermitWithoutStream: true}),
		}, opts...)...)
	}
}

// maxConns is how many connections are kept, which is more than there are
// servers; servers that were replaced make the rest.
const maxConns = 16

// Servers holds the connections to servers. Safe for concurrent use.
type Servers struct {
	find Finder
	dial Dialer

	mu      sync.Mutex // guards the rest
	conns   map[string]*grpc.ClientConn
	current *grpc.ClientConn
	changed chan struct{} // closed when current is set
}

// NewServers connects to nobody yet.
func NewServers(find Finder, dial Dialer) *Servers {
	return &Servers{find: find, dial: dial, conns: map[string]*grpc.ClientConn{}, changed: make(chan struct{})}
}

// Client is a client of the server that was reached last. It waits until one
// has been reached.
func (s *Servers) Client(ctx context.Context) (pb.FleetClient, error) {
	for {
		s.mu.Lock()
		conn, changed := s.current, s.changed
		s.mu.Unlock()
		if conn != nil {
			return pb.NewFleetClient(conn), nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for a server: %w", context.Cause(ctx))
		}
	}
}

// conn is the connection to an address, kept or new.
func (s *Servers) conn(address string) (*grpc.ClientConn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.conns[address]; c != nil {
		c.ResetConnectBackoff()
		return c, nil
	}
	c, err := s.dial(address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	if len(s.conns) >= maxConns {
		s.prune()
	}
	s.conns[address] = c
	return c, nil
}

func (s *Servers) prune() {
	for address, c := range s.conns {
		if c != s.current {
			c.Close()
			delete(s.conns, address)
		}
	}
}

// reached makes c, which has answered, the one that Client gives out.
func (s *Servers) reached(c *grpc.ClientConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != c {
		s.current = c
		close(s.changed)
		s.changed = make(chan struct{})
	}
}

// Close closes all connections. Whatever still uses one fails.
func (s *Servers) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = nil
	s.prune()
	return nil
}
