package peer

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/test/bufconn"

	pb "assay/proto/assay/v1"
)

func TestAServerThatIsNoLongerCalledIsNoLongerDialled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dialled atomic.Int32
		links := NewLinks(func(context.Context, string) (net.Conn, error) {
			dialled.Add(1)
			return nil, errors.New("it was removed")
		})
		defer links.Close()
		call := func() {
			if _, err := links.describe(t.Context(), "removed", false); err == nil {
				t.Error("somebody answered")
			}
		}
		call()
		time.Sleep(2 * idleAfter)
		before := dialled.Load()
		time.Sleep(20 * time.Minute)
		if n := dialled.Load() - before; n > 0 {
			t.Errorf("dialled %d times for nothing", n)
		}
		call()
		if dialled.Load() == before {
			t.Error("a new call did not dial")
		}
	})
}

// archivist takes long to find a blob.
type archivist struct {
	pb.UnimplementedPeerServer
}

func (archivist) FetchBlob(_ *pb.GetBlobRequest, st grpc.ServerStreamingServer[pb.Chunk]) error {
	time.Sleep(5 * idleAfter)
	return st.Send(&pb.Chunk{Data: []byte("found")})
}

func TestACallUnderWayKeepsItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener, server := bufconn.Listen(1<<16), grpc.NewServer(grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second}))
		pb.RegisterPeerServer(server, archivist{})
		var wg sync.WaitGroup
		wg.Go(func() { _ = server.Serve(listener) })
		links := NewLinks(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) })
		var got bytes.Buffer
		if err := links.FetchBlob(t.Context(), "archive", "d", &got); err != nil || got.String() != "found" {
			t.Errorf("%q, %v", got.String(), err)
		}
		links.Close()
		server.Stop()
		wg.Wait()
	})
}
