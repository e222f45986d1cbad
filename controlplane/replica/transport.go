package replica

import (
	"context"
	"net"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

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
		Stream:  stream{c.Layer.Listen(), c.Layer},
		MaxPool: 3,
		Timeout: 10 * time.Second,
		Logger:  log,
		// With requests in flight behind one another a follower whose disk
		// stalls may never get in step again.
		MaxRPCsInFlight: 1,
	})
}

// stream is a Layer as raft wants it.
type stream struct {
	net.Listener
	layer Layer
}

// Dial opens a stream within a time.
func (s stream) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return s.layer.Dial(ctx, string(address))
}
