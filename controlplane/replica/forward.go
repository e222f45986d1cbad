package replica

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"assay/controlplane/state"
	pb "assay/proto/assay/v1"
)

// Outcome is what became of one of several commands. Err is what
// [Replica.Propose] would have returned.
type Outcome struct {
	Event state.Event
	Index uint64 // of the log entry
	Err   error
}

// ProposeEncoded is [Replica.Propose] for commands that another server has
// encoded, all of them at once. One that this version does not understand is
// refused: in the log it would halt everybody.
func (r *Replica) ProposeEncoded(ctx context.Context, commands [][]byte) []Outcome {
	outcomes := make([]Outcome, len(commands))
	proposals := make([]*proposal, len(commands))
	for i, data := range commands {
		c, err := readCommand(data)
		if err == nil {
			proposals[i], err = r.enqueue(ctx, c, data)
		}
		outcomes[i].Err = err
	}
	for i, p := range proposals {
		if p != nil {
			o := r.outcome(ctx, p)
			outcomes[i] = Outcome{o.event, o.index, o.err}
		}
	}
	return outcomes
}

func readCommand(data []byte) (state.Command, error) {
	c, err := (&decoder{}).command(data)
	if c == nil && err == nil {
		err = fmt.Errorf("%w: unknown command", ErrIncompatible)
	}
	return c, err
}

// refusals are the errors of events, as they are called between servers.
var refusals = map[string]error{
	"not_found": state.ErrNotFound,
	"exists":    state.ErrExists,
	"finished":  state.ErrFinished,
}

// recorded are the kinds of events that have a record when nothing went wrong.
var recorded = []state.Kind{state.Submitted, state.Finished, state.Requeued, state.Cancelled}

// EventToProto is for the server that a command came from.
func EventToProto(e state.Event, index uint64) *pb.LogEvent {
	m := &pb.LogEvent{Kind: int32(e.Kind), Forgot: e.Forgot, Duplicate: e.Duplicate, Index: index}
	if e.Record != nil {
		m.Record = recordToProto(*e.Record)
	}
	if e.Suite != (state.Suite{}) {
		m.Suite = suiteToProto(state.StoreSuite(e.Suite))
	}
	for name, err := range refusals {
		if errors.Is(e.Err, err) {
			m.Error = name
		}
	}
	return m
}

// EventFromProto is the inverse of EventToProto.
func EventFromProto(m *pb.LogEvent) (e state.Event, index uint64, err error) {
	e = state.Event{Kind: state.Kind(m.GetKind()), Forgot: m.GetForgot(), Duplicate: m.GetDuplicate()}
	if m.GetRecord() != nil {
		r := recordFromProto(m.GetRecord())
		e.Record = &r
	}
	if m.GetSuite() != nil {
		e.Suite = state.Suite(suiteFromProto(m.GetSuite()))
	}
	if name := m.GetError(); name != "" {
		if e.Err = refusals[name]; e.Err == nil {
			return e, 0, fmt.Errorf("%w: the leader's answer %q", ErrIncompatible, name)
		}
	}
	if e.Record == nil && e.Err == nil && slices.Contains(recorded, e.Kind) {
		return e, 0, fmt.Errorf("%w: the leader's answer has no record", ErrIncompatible)
	}
	return e, m.GetIndex(), nil
}
