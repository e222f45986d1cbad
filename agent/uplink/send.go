package uplink

import (
	pb "assay/proto/assay/v1"
)

// hello says what the agent is and holds.
func (l *loop) hello() *pb.AgentMessage {
	h := &pb.Hello{
		Node: l.cfg.Node, Incarnation: l.incarnation, Version: l.cfg.Version, Boxes: int32(l.cfg.Boxes),
		NodeClass: l.cfg.Class, CpuModel: l.cfg.CPU, Draining: l.draining, Languages: l.published(),
	}
	for _, a := range l.byAge() {
		if !a.abandoned {
			h.Held = append(h.Held, a.GetAttempt())
		}
	}
	return &pb.AgentMessage{Kind: &pb.AgentMessage_Hello{Hello: h}}
}

func (l *loop) sendBeat() {
	if !l.attached() {
		return
	}
	busy, ready := l.load()
	l.session.send(&pb.AgentMessage{Kind: &pb.AgentMessage_Beat{Beat: &pb.Beat{
		BoxesBusy: int32(busy), BoxesReady: int32(ready), Draining: l.draining,
	}}})
}

func (l *loop) sendReport(a *attempt) {
	l.session.send(&pb.AgentMessage{Kind: &pb.AgentMessage_Report{Report: a.report}})
}

func (l *loop) sendEvent(e *pb.Event) {
	if l.attached() {
		l.session.offer(&pb.AgentMessage{Kind: &pb.AgentMessage_Event{Event: e}})
	}
}
