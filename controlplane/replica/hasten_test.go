package replica

import (
	"context"
	"log/slog"
	"net"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestServersTakeTurnsToFollowADeadLeader(t *testing.T) {
	all := []Peer{{ID: "n3", Voter: true}, {ID: "n1", Voter: true}, {ID: "n2", Voter: true}, {ID: "n0"}}
	tests := []struct {
		self, dead string
		ahead      int
		votes      bool
	}{
		{"n1", "n2", 0, true},
		{"n3", "n2", 1, true},
		{"n2", "n1", 0, true},
		{"n3", "n1", 1, true},
		{"n0", "n1", 0, false},
		{"n9", "n1", 2, false},
	}
	for _, tt := range tests {
		ahead, votes := turn(tt.self, tt.dead, all)
		if votes != tt.votes || votes && ahead != tt.ahead {
			t.Errorf("after the death of %s %d are ahead of %s, votes %v; want %d, %v", tt.dead, ahead, tt.self, votes, tt.ahead, tt.votes)
		}
	}
}

// dialer is a layer that nobody else dials.
type dialer struct{ Layer }

func (dialer) Dial(ctx context.Context, address string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

func TestALeaderIsGoneWhenNobodyListensThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := New(Config{NodeID: "n1", Dir: t.TempDir(), Layer: dialer{}}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	address := l.Addr().String()
	if r.refused(t.Context(), address) {
		t.Error("a server that listens is taken for gone")
	}
	l.Close()
	if !r.refused(t.Context(), address) {
		t.Error("a server that does not listen is not taken for gone")
	}
	if r.refused(t.Context(), "256.0.0.1:1") {
		t.Error("a server whose address leads nowhere is taken for gone")
	}
}
