package replica

import (
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/hashicorp/raft"
)

// Listen opens the transport of a server that has peers. Advertise is the
// address that the others reach it at; empty means bind.
func Listen(bind, advertise string, log *slog.Logger) (raft.Transport, error) {
	var public net.Addr
	if advertise != "" {
		addr, err := net.ResolveTCPAddr("tcp", advertise)
		if err != nil {
			return nil, fmt.Errorf("resolve raft address: %w", err)
		}
		public = addr
	}
	t, err := raft.NewTCPTransportWithConfig(bind, public, &raft.NetworkTransportConfig{
		MaxPool: 3,
		Timeout: 10 * time.Second,
		Logger:  hclogTo(log),
		// With requests in flight behind one another a follower whose disk
		// stalls may never get in step again.
		MaxRPCsInFlight: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("listen for raft: %w", err)
	}
	return t, nil
}
