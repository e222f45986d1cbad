package fleet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	pb "assay/proto/assay/v1"
)

// maxMessage bounds one message, in bytes. The largest honest one is a hello
// that claims thousands of attempts.
const maxMessage = 4 << 20

// Config of the agents' door.
type Config struct {
	Beat    time.Duration // how often agents shall beat
	Lease   time.Duration // how long a lease lasts without a beat, as agents are told
	MaxBlob int64         // bytes of the largest payload that an agent may store
}

// DefaultConfig is for networks where a second of silence is unusual.
func DefaultConfig() Config {
	return Config{Beat: time.Second, Lease: 10 * time.Second, MaxBlob: 256 << 20}
}

// Server is the Fleet service of one server. Safe for concurrent use.
type Server struct {
	cfg     Config
	blobs   Blobs
	leader  func() string
	log     *slog.Logger
	metrics metrics

	mu   sync.Mutex // guards the rest
	term *term      // nil while this server does not lead
}

// New makes a server over a store of payloads. leader is the address of the
// leader's Fleet service as agents can reach it, or empty when there is none
// now.
func New(cfg Config, blobs Blobs, leader func() string, log *slog.Logger, reg prometheus.Registerer) *Server {
	s := &Server{cfg: cfg, blobs: blobs, leader: leader, log: log.With("component", "fleet")}
	s.metrics = newMetrics(reg, s)
	return s
}

// service is the Server behind one listener.
type service struct {
	*Server
	pb.UnimplementedFleetServer
	done <-chan struct{} // closed when the listener is to be left
}

// linger is how long calls may take to end once a listener is to be left.
const linger = 5 * time.Second

// Serve answers agents on l until ctx ends, then redirects them and closes l.
// It may be called for several listeners. Credentials come as options.
func (s *Server) Serve(ctx context.Context, l net.Listener, opts ...grpc.ServerOption) error {
	server := grpc.NewServer(append([]grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxSendMsgSize(maxMessage),
		grpc.WaitForHandlers(true),
		// A dead peer is noticed by the lease; this frees its connection.
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 10 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
	}, opts...)...)
	pb.RegisterFleetServer(server, &service{Server: s, done: ctx.Done()})
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { halt(server); close(stopped) })
	err := server.Serve(l)
	if stop() {
		server.Stop()
		return fmt.Errorf("serve agents on %s: %w", l.Addr(), err)
	}
	<-stopped
	if err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("serve agents on %s: %w", l.Addr(), err)
	}
	return nil
}

// halt lets calls end by themselves for a while.
func halt(server *grpc.Server) {
	hard := time.AfterFunc(linger, server.Stop)
	defer hard.Stop()
	server.GracefulStop()
}
