package uplink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	pb "assay/proto/assay/v1"
)

// Pauses between tries to attach. The longest is well below the grace that a
// new leader gives agents to find it.
const (
	firstPause = 50 * time.Millisecond
	maxPause   = time.Second
	patience   = 10 * time.Second // for a server to answer a hello

	complainEvery = 10 * time.Second // while no leader takes the agent
)

// maxRedirects is how many redirects are followed at once; servers that point
// at each other are then given time.
const maxRedirects = 3

// connect attaches, over and over, until ctx ends. It tries a redirect first,
// then the servers in turn.
func (u *Uplink) connect(ctx context.Context) {
	pause, redirects := firstPause, 0
	told := time.Now()
	var addresses []string
	for ctx.Err() == nil {
		if len(addresses) == 0 {
			addresses = u.find(ctx)
		}
		outcome := u.tryNext(ctx, &addresses)
		if outcome.welcomed {
			pause, redirects, told = firstPause, 0, time.Now()
		}
		if time.Since(told) > complainEvery && ctx.Err() == nil {
			told = time.Now()
			u.log.Warn("no leader takes this agent", "err", outcome.err)
		}
		if outcome.redirect != "" && redirects < maxRedirects {
			redirects++
			addresses = slices.Insert(slices.DeleteFunc(addresses, func(a string) bool { return a == outcome.redirect }), 0, outcome.redirect)
			continue
		}
		redirects = 0
		wait(ctx, pause/2+rand.N(pause))
		pause = min(2*pause, maxPause)
	}
}

func (u *Uplink) find(ctx context.Context) []string {
	addresses, err := u.servers.find(ctx)
	if err != nil {
		u.log.Warn("servers cannot be found", "err", err)
	}
	addresses = slices.Clone(addresses)
	rand.Shuffle(len(addresses), func(i, j int) { addresses[i], addresses[j] = addresses[j], addresses[i] })
	return addresses
}

var errNoLeader = errors.New("the servers know of no leader")

// outcome is how a stream ended.
type outcome struct {
	welcomed bool
	redirect string
	err      error
}

// tryNext takes an address off the list and stays attached to it as long as it
// can.
func (u *Uplink) tryNext(ctx context.Context, addresses *[]string) outcome {
	if len(*addresses) == 0 {
		return outcome{}
	}
	address := (*addresses)[0]
	*addresses = (*addresses)[1:]
	o, err := u.attach(ctx, address)
	u.log.Debug("stream ended", "server", address, "redirect", o.redirect, "err", err)
	o.err = cmp.Or(err, errNoLeader)
	return o
}

// attach is the life of one stream.
func (u *Uplink) attach(ctx context.Context, address string) (o outcome, err error) {
	conn, err := u.servers.conn(address)
	if err != nil {
		return o, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	slow := time.AfterFunc(patience, func() { cancel(errors.New("no answer to the hello")) })
	defer slow.Stop()
	st, err := pb.NewFleetClient(conn).Attach(ctx)
	if err != nil {
		return o, err
	}
	s := newSession(st, cancel)
	if !u.tell(ctx, opened{s}) {
		return o, context.Cause(ctx)
	}
	defer u.tell(context.WithoutCancel(ctx), closed{s})
	written := make(chan struct{})
	go func() { defer close(written); s.write(ctx) }()
	defer func() { cancel(nil); <-written }()
	for {
		m, err := st.Recv()
		if err != nil {
			return o, fmt.Errorf("%w (%w)", err, context.Cause(ctx))
		}
		slow.Stop()
		switch k := m.GetKind().(type) {
		case *pb.ServerMessage_Redirect:
			o.redirect = k.Redirect.GetLeader()
			u.servers.reached(conn)
			return o, nil
		case *pb.ServerMessage_Welcome:
			o.welcomed = true
			u.servers.reached(conn)
			u.log.Info("attached", "server", address, "term", k.Welcome.GetTerm())
		}
		if !u.tell(ctx, received{s, m}) {
			return o, context.Cause(ctx)
		}
	}
}

// tell hands something to the loop. It is false when ctx or the loop ended
// first.
func (u *Uplink) tell(ctx context.Context, x any) bool {
	select {
	case u.inbox <- x:
		return true
	case <-ctx.Done():
		return false
	case <-u.over:
		return false
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
