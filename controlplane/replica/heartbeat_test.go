package replica

import (
	"io"
	"testing"
	"time"

	"github.com/hashicorp/raft"

	"assay/controlplane/state"
)

func onLoopback(t *testing.T) *raft.NetworkTransport {
	t.Helper()
	n, err := raft.NewTCPTransport("127.0.0.1:0", nil, 1, time.Second, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

// A leader that was stopped, and another one elected meanwhile, finds both
// waiting when it goes on: that one's heartbeat, and something to write.
func TestALeaderWritesNothingInATermThatIsAnothers(t *testing.T) {
	own, other := onLoopback(t), onLoopback(t)
	r := start(t, Config{
		NodeID: "n1", Dir: t.TempDir(), Transport: own, Bootstrap: true,
		Voters: []raft.Server{{ID: "n1", Address: own.LocalAddr()}},
	})
	if err := r.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	term := r.Status().Term
	for i := range uint64(20) {
		beat := &raft.AppendEntriesRequest{
			RPCHeader: raft.RPCHeader{ProtocolVersion: raft.ProtocolVersionMax, ID: []byte("n2"), Addr: []byte(other.LocalAddr())},
			Term:      term + 1 + i,
		}
		err := other.AppendEntries("n1", own.LocalAddr(), beat, &raft.AppendEntriesResponse{})
		if err == nil {
			t.Fatalf("a leader took in a heartbeat of term %d beside its loop", beat.Term)
		}
		if _, err := r.Propose(t.Context(), state.Submit{ID: "s", Tenant: "t"}); err != nil {
			t.Fatal(err)
		}
		if now := r.Status().Term; now != term {
			t.Fatalf("term %d became %d", term, now)
		}
	}
}
