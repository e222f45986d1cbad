package peer

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	pb "assay/proto/assay/v1"
)

// Dial opens a stream to the Peer service at an address. The stream is as
// secure as it has to be already.
type Dial func(ctx context.Context, address string) (net.Conn, error)

// Links are the connections to other servers, one to each that is called now
// and then. Safe for concurrent use.
type Links struct {
	dial Dial

	mu    sync.Mutex // guards conns
	conns map[string]*link
}

// link is a connection, and why there is none.
type link struct {
	*grpc.ClientConn
	failed error // what the last dialling came to; nil: it is good
}

// NewLinks connects to nobody yet.
func NewLinks(dial Dial) *Links { return &Links{dial: dial, conns: map[string]*link{}} }

// maxMessage bounds one message, in bytes: a call's commands are the largest.
const maxMessage = 8 << 20

// idleAfter is how long a connection lives that carries no call. Then it is
// closed, or no longer tried, until the next call: servers are removed and move,
// and nothing would answer at their addresses ever again.
const idleAfter = time.Minute

// client is a client of the server at an address.
func (l *Links) client(address string) (pb.PeerClient, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.conns[address]; c != nil {
		return pb.NewPeerClient(c), nil
	}
	quick := backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second}
	c, err := grpc.NewClient("passthrough:///"+address,
		grpc.WithContextDialer(l.open),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: quick, MinConnectTimeout: 3 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 5 * time.Second, Timeout: 3 * time.Second}),
		grpc.WithIdleTimeout(idleAfter),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
	)
	if err != nil {
		return nil, fmt.Errorf("dial server %s: %w", address, err)
	}
	l.conns[address] = &link{ClientConn: c}
	return pb.NewPeerClient(c), nil
}

// open dials, and notes what came of it.
func (l *Links) open(ctx context.Context, address string) (net.Conn, error) {
	conn, err := l.dial(ctx, address)
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.conns[address]; c != nil {
		c.failed = err
	}
	return conn, err
}

// reason is why a call failed: the error of the dialling, if it was that. gRPC
// hands on no more than its text.
func (l *Links) reason(address string, err error) error {
	if code := status.Code(err); code != codes.Unavailable && code != codes.DeadlineExceeded {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.conns[address]; c != nil && c.failed != nil {
		return c.failed
	}
	return err
}

// Close ends all connections.
func (l *Links) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for address, c := range l.conns {
		c.Close()
		delete(l.conns, address)
	}
}
