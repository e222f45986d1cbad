package uplink_test

import (
	"fmt"
	"strings"
	"sync"

	"google.golang.org/grpc"

	pb "assay/proto/assay/v1"
)

// wire listens in on what agents say to a server of attempts, and can make the
// server one of before progress was asked for and messages were packed.
type wire struct {
	mu   sync.Mutex // guards the rest
	old  bool
	said []string // numbers of events, and "report"
}

func (w *wire) intercept(srv any, st grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return next(srv, tapped{st, w})
}

// tell is what was said so far.
func (w *wire) tell() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.said, " ")
}

func (w *wire) makeOld() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.old = true
}

// tapped is a stream on the wire.
type tapped struct {
	grpc.ServerStream
	*wire
}

func (t tapped) RecvMsg(m any) error {
	err := t.ServerStream.RecvMsg(m)
	if said, ok := m.(*pb.AgentMessage); ok && err == nil {
		for _, one := range append([]*pb.AgentMessage{said}, said.GetMore()...) {
			t.note(one)
		}
	}
	return err
}

func (w *wire) note(m *pb.AgentMessage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m.GetReport() != nil {
		w.said = append(w.said, "report")
	}
	if e := m.GetEvent(); e != nil {
		for _, e := range append([]*pb.Event{e}, e.GetMore()...) {
			w.said = append(w.said, fmt.Sprint(e.GetN()))
		}
	}
}

func (t tapped) SendMsg(m any) error {
	if told, ok := m.(*pb.ServerMessage); ok && t.isOld() {
		if told.GetWatch() != nil {
			return nil
		}
		if welcome := told.GetWelcome(); welcome != nil {
			welcome.Asks, welcome.Unpacks = false, false
		}
	}
	return t.ServerStream.SendMsg(m)
}

func (w *wire) isOld() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.old
}
