package peer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcpeer "google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"assay/controlplane/replica"
	"assay/controlplane/state"
	pb "assay/proto/assay/v1"
)

// What one call holds at most, how many are on their way at one time, and how
// long one may take. A call exceeds its bytes by less than one command. There are as
// many calls as the leader has entries on their way.
const (
	maxCommands  = 256
	maxBytes     = 1 << 20
	maxCalls     = 2
	longestCall  = 10 * time.Second
	waitingCalls = 2 // calls' worth of commands that wait without switching
)

// forwarder sends commands to the leader, many in one call: what comes while
// calls are on their way makes the next one larger.
type forwarder struct {
	links *Links
	queue chan *command
}

// command is one on its way.
type command struct {
	state.Command
	to      string
	data    []byte
	done    chan replica.Outcome // cap 1: whoever waits may have gone
	claimed atomic.Bool
}

func newForwarder(links *Links) *forwarder {
	return &forwarder{links: links, queue: make(chan *command, waitingCalls*maxCommands)}
}

// claim is as that of a replica's proposals: the first who asks decides
// whether the command is sent or taken back.
func (c *command) claim() bool { return c.claimed.CompareAndSwap(false, true) }

func (f *forwarder) propose(ctx context.Context, to string, c state.Command) replica.Outcome {
	data, err := replica.EncodeCommand(c)
	if err != nil {
		return replica.Outcome{Err: err}
	}
	p := &command{Command: c, to: to, data: data, done: make(chan replica.Outcome, 1)}
	select {
	case f.queue <- p:
	case <-ctx.Done():
		return replica.Outcome{Err: context.Cause(ctx)}
	}
	select {
	case o := <-p.done:
		return o
	case <-ctx.Done():
	}
	if p.claim() {
		return replica.Outcome{Err: context.Cause(ctx)}
	}
	return replica.Outcome{Err: fmt.Errorf("%w: %w", replica.ErrUnknown, context.Cause(ctx))}
}

// run sends what is queued until ctx ends.
func (f *forwarder) run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for range maxCalls {
		wg.Go(func() {
			for batch := f.gather(ctx); len(batch) > 0; batch = f.gather(ctx) {
				f.send(ctx, batch)
			}
		})
	}
	return nil
}

// gather waits for a first command and takes along what else is there. It
// returns none when ctx ended.
func (f *forwarder) gather(ctx context.Context) (batch []*command) {
	size := 0
	take := func(c *command) {
		if c.claim() {
			batch, size = append(batch, c), size+len(c.data)
		}
	}
	for len(batch) == 0 {
		select {
		case c := <-f.queue:
			take(c)
		case <-ctx.Done():
			return nil
		}
	}
	for len(batch) < maxCommands && size < maxBytes {
		select {
		case c := <-f.queue:
			take(c)
		default:
			return batch
		}
	}
	return batch
}

// send makes a call for each leader that the commands are for: one, unless
// leadership has just changed.
func (f *forwarder) send(ctx context.Context, batch []*command) {
	ctx, cancel := context.WithTimeout(ctx, longestCall)
	defer cancel()
	byLeader := map[string][]*command{}
	for _, c := range batch {
		byLeader[c.to] = append(byLeader[c.to], c)
	}
	for to, commands := range byLeader {
		for i, o := range f.links.propose(ctx, to, commands) {
			commands[i].done <- o
		}
	}
}

// propose returns one outcome for each command.
func (l *Links) propose(ctx context.Context, to string, commands []*command) []replica.Outcome {
	outcomes := make([]replica.Outcome, len(commands))
	results, err := l.call(ctx, to, commands)
	for i := range outcomes {
		if err != nil {
			outcomes[i].Err = err
			continue
		}
		outcomes[i] = outcomeOf(results[i], commands[i].Command)
	}
	return outcomes
}

func (l *Links) call(ctx context.Context, to string, commands []*command) ([]*pb.ProposeResponse_Outcome, error) {
	client, err := l.client(to)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", replica.ErrNotLeader, err)
	}
	req := &pb.ProposeRequest{Brief: true}
	for _, c := range commands {
		req.Commands = append(req.Commands, c.data)
	}
	var reached grpcpeer.Peer
	res, err := client.Propose(ctx, req, grpc.Peer(&reached))
	switch {
	case err == nil && len(res.GetResults()) == len(commands):
		return res.GetResults(), nil
	case err == nil:
		return nil, fmt.Errorf("%w: the leader answered %d of %d commands", replica.ErrUnknown, len(res.GetResults()), len(commands))
	case reached.Addr == nil, status.Code(err) == codes.FailedPrecondition:
		// It was never sent, or the other one does not lead.
		return nil, fmt.Errorf("%w: %w", replica.ErrNotLeader, err)
	}
	return nil, fmt.Errorf("%w: %w", replica.ErrUnknown, err)
}

func outcomeOf(m *pb.ProposeResponse_Outcome, c state.Command) replica.Outcome {
	switch m.GetKind() {
	case pb.ProposeResponse_Outcome_DONE:
		e, index, err := replica.EventFromProto(m.GetEvent())
		if err == nil {
			err = complete(&e, c)
		}
		if err != nil {
			err = fmt.Errorf("%w: %w", replica.ErrUnknown, err)
		}
		return replica.Outcome{Event: e, Index: index, Err: err}
	case pb.ProposeResponse_Outcome_REFUSED:
		return replica.Outcome{Err: fmt.Errorf("%w: %s", replica.ErrNotLeader, m.GetDetail())}
	case pb.ProposeResponse_Outcome_TOO_LARGE:
		return replica.Outcome{Err: fmt.Errorf("%w: %s", replica.ErrTooLarge, m.GetDetail())}
	}
	return replica.Outcome{Err: fmt.Errorf("%w: %s", replica.ErrUnknown, m.GetDetail())}
}

// complete puts in what a brief answer leaves out.
func complete(e *state.Event, c state.Command) error {
	if e.Record == nil || e.Record.ID != "" {
		return nil
	}
	s, ok := c.(state.Submit)
	if !ok {
		return fmt.Errorf("the leader's answer to %T is of no submission", c)
	}
	e.Record.Submit = s
	return nil
}

func outcomeToProto(o replica.Outcome, brief bool) *pb.ProposeResponse_Outcome {
	if o.Err == nil {
		e := replica.EventToProto(o.Event, o.Index)
		if brief && o.Event.Kind == state.Submitted && o.Event.Changed() {
			e.Record.Submit = nil
		}
		return &pb.ProposeResponse_Outcome{Kind: pb.ProposeResponse_Outcome_DONE, Event: e}
	}
	m := &pb.ProposeResponse_Outcome{Kind: pb.ProposeResponse_Outcome_REFUSED, Detail: o.Err.Error()}
	switch {
	case errors.Is(o.Err, replica.ErrTooLarge):
		m.Kind = pb.ProposeResponse_Outcome_TOO_LARGE
	case errors.Is(o.Err, replica.ErrUnknown):
		m.Kind = pb.ProposeResponse_Outcome_UNKNOWN
	}
	return m
}
