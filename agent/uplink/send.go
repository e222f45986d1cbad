package uplink

import (
	pb "assay/proto/assay/v1"
)

// hello says what the agent is and holds.
func (l *loop) hello() *pb.AgentMessage {
	h := &pb.Hello{
		Node: l.cfg.Node, Incarnation: l.incarnation, Version: l.cfg.Version, Boxes: int32(l.cfg.Boxes),
		NodeClass: l.cfg.Class, CpuModel: l.cfg.CPU, Draining: l.draining, Languages: l.published(),
		Unpacks: true,
	}
	h.Reserve = int32(l.cfg.Express)
	h.Speed, h.Aside = l.condition()
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
	speed, aside := l.condition()
	l.session.send(&pb.AgentMessage{Kind: &pb.AgentMessage_Beat{Beat: &pb.Beat{
		BoxesBusy: int32(busy), BoxesReady: int32(ready), Draining: l.draining,
		Speed: speed, Aside: aside,
	}}})
}

func (l *loop) condition() (speed float64, aside string) {
	if l.cfg.Condition == nil {
		return 0, ""
	}
	return l.cfg.Condition()
}

func (l *loop) sendReport(a *attempt) {
	l.session.send(&pb.AgentMessage{Kind: &pb.AgentMessage_Report{Report: a.report}})
}
