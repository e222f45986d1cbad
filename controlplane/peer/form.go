package peer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/controlplane/replica"
	pb "assay/proto/assay/v1"
)

// Former makes a server without data a part of a cluster.
type Former struct {
	identity *Identity
	links    *Links
	servers  []replica.Peer // the static list
	log      *slog.Logger
}

// NewFormer makes a former that knows the servers of the static list.
func NewFormer(identity *Identity, links *Links, servers []replica.Peer, log *slog.Logger) *Former {
	// In the same order everywhere, so that the first entry of all logs is the
	// same to the byte.
	servers = slices.SortedFunc(slices.Values(servers), func(a, b replica.Peer) int { return strings.Compare(a.ID, b.ID) })
	return &Former{identity: identity, links: links, servers: servers, log: log.With("component", "peer")}
}

// Between two rounds of asking the others, and of saying whom one waits for.
const (
	askEvery  = 250 * time.Millisecond
	tellEvery = 10 * time.Second
)

// Form returns the voters of a new cluster, or none when this server was let
// into one that exists. It waits as long as neither can be.
func (f *Former) Form(ctx context.Context) ([]replica.Peer, error) {
	on := f.identity.get()
	switch {
	case on.Started:
		return nil, fmt.Errorf("%s says that this server %q has taken part in a cluster, but its log is gone: remove the whole data directory, so that the server joins as a new one", f.identity.path(), on.ID)
	case on.Joined:
		return nil, nil
	case on.Founders != nil:
		return f.servers, nil
	}
	var told time.Time
	for {
		voters, done, waiting := f.round(ctx, on)
		if done {
			return voters, nil
		}
		if time.Since(told) > tellEvery {
			told = time.Now()
			f.log.Log(ctx, weight(waiting), "waiting for a cluster", "reason", waiting)
		}
		select {
		case <-time.After(askEvery):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// round asks all the others once.
func (f *Former) round(ctx context.Context, on onDisk) (voters []replica.Peer, done bool, waiting error) {
	others, silent := f.ask(ctx, on.ID)
	for id, d := range others {
		if !d.GetFormed() || d.GetFounders()[on.ID] != on.Directory {
			continue
		}
		if !maps.Equal(d.GetServers(), f.identity.servers) {
			return nil, false, f.otherList(id, d)
		}
		return f.found(d.GetFounders())
	}
	for _, d := range others {
		if d.GetFormed() {
			return f.join(ctx, on, others)
		}
	}
	founders, err := f.all(on, others)
	if missing := f.missing(silent); err == nil && missing != nil {
		err = missing
	}
	if err != nil {
		return nil, false, err
	}
	return f.found(founders)
}

// ask describes the others that answer, and says why the rest are silent, by id
// as the static list has it.
func (f *Former) ask(ctx context.Context, self string) (answers map[string]*pb.Description, silent map[string]error) {
	var mu sync.Mutex
	answers, silent = map[string]*pb.Description{}, map[string]error{}
	var wg sync.WaitGroup
	for _, s := range f.servers {
		if s.ID == self {
			continue
		}
		wg.Go(func() {
			d, err := f.links.describe(ctx, s.Address, false)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				silent[s.ID] = err // the next round asks again
				return
			}
			answers[s.ID] = d
		})
	}
	wg.Wait()
	return answers, silent
}

// all is the directories of the servers of the list that answer, if every one
// is the one that it should be, and was given the same list.
func (f *Former) all(on onDisk, others map[string]*pb.Description) (map[string]string, error) {
	if f.identity.servers[on.ID] == "" {
		return nil, errors.New("this server is not in the list, and those that are have no cluster yet")
	}
	founders := map[string]string{on.ID: on.Directory}
	for _, s := range f.servers {
		d := others[s.ID]
		switch {
		case s.ID == on.ID, d == nil:
		case d.GetId() != s.ID:
			return nil, fmt.Errorf("at %s is the server %q, not %q", s.Address, d.GetId(), s.ID)
		case !maps.Equal(d.GetServers(), f.identity.servers):
			return nil, f.otherList(s.ID, d)
		default:
			founders[s.ID] = d.GetDirectory()
		}
	}
	return founders, nil
}

// found notes down the founders before anything is acknowledged.
func (f *Former) found(founders map[string]string) ([]replica.Peer, bool, error) {
	if err := f.identity.change(func(on *onDisk) { on.Founders = founders }); err != nil {
		return nil, false, err
	}
	f.log.Info("forming a cluster", "servers", slices.Sorted(maps.Keys(founders)))
	return f.servers, true, nil
}

// join asks the leader to be let in.
func (f *Former) join(ctx context.Context, on onDisk, others map[string]*pb.Description) ([]replica.Peer, bool, error) {
	leader := ""
	for _, d := range others {
		if d.GetLeader() != "" && d.GetLeader() != on.ID {
			leader = d.GetLeaderAddress()
		}
	}
	if leader == "" {
		return nil, false, errors.New("there is a cluster, but it has no leader now")
	}
	req := &pb.JoinRequest{Id: on.ID, Address: f.identity.address, Directory: on.Directory, Level: uint32(f.identity.level)}
	if err := f.links.join(ctx, leader, req); err != nil {
		return nil, false, fmt.Errorf("join at %s: %w", leader, err)
	}
	if err := f.identity.change(func(on *onDisk) { on.Joined = true }); err != nil {
		return nil, false, err
	}
	f.log.Info("joined a cluster", "leader", leader)
	return nil, true, nil
}
