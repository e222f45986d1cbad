package peer

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"assay/controlplane/replica"
)

// Belonging ends a server that its cluster goes on without. Nobody sends the
// log to it any more, so that it would ask for votes until it is stopped.
type Belonging struct {
	former  *Former
	replica *replica.Replica
}

// NewBelonging makes one. The former knows whom to ask.
func NewBelonging(f *Former, r *replica.Replica) *Belonging {
	return &Belonging{former: f, replica: r}
}

// lonely is how many looks in a row there is no leader before others are asked
// for one.
const lonely = 5

// Run looks now and then until ctx ends. Its error is that this server is no
// part of the cluster any more, as a leader says that has a majority.
func (b *Belonging) Run(ctx context.Context) error {
	clock := time.NewTicker(2 * lookEvery)
	defer clock.Stop()
	for looks := 1; ; looks++ {
		select {
		case <-clock.C:
		case <-ctx.Done():
			return nil
		}
		if b.replica.Leader().ID != "" {
			looks = 0
		}
		if looks < lonely {
			continue
		}
		if err := b.gone(ctx); err != nil {
			return err
		}
	}
}

// gone asks whom others take for the leader, and says why there is no place
// here any more. Whoever cannot be asked has said nothing.
func (b *Belonging) gone(ctx context.Context) error {
	links, on := b.former.links, b.former.identity.get()
	for leader := range b.leaders(ctx) {
		at, err := links.member(ctx, leader, on.ID)
		switch {
		case err != nil:
			continue
		case at == "":
			return fmt.Errorf("%w: the leader at %s knows no server %q any more; with an empty data directory it would join as a new one", replica.ErrRemoved, leader, on.ID)
		case at == b.former.identity.address:
			continue
		}
		if d, err := links.describe(ctx, at, false); err == nil && d.GetId() == on.ID && d.GetDirectory() != on.Directory {
			return fmt.Errorf("%w: the server %q is the one at %s now, which has another data directory; with an empty one and another server.id this one would join", replica.ErrRemoved, on.ID, at)
		}
	}
	return nil
}

// leaders are the addresses of those that other servers take for the leader.
func (b *Belonging) leaders(ctx context.Context) map[string]bool {
	var all sync.WaitGroup
	var mu sync.Mutex // guards found
	found := map[string]bool{}
	for other := range b.others() {
		all.Go(func() {
			d, err := b.former.links.describe(ctx, other.address, false)
			if err != nil || d.GetId() != other.id || d.GetLeaderAddress() == "" {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			found[d.GetLeaderAddress()] = true
		})
	}
	all.Wait()
	delete(found, b.former.identity.address)
	return found
}

// whereabouts are where a server was when this one last heard of it. What
// answers there under another id is a stranger, and not asked.
type whereabouts struct{ id, address string }

// others are the members, as far as this server knows, and the static list.
func (b *Belonging) others() map[whereabouts]bool {
	s := b.replica.Status()
	all := map[whereabouts]bool{}
	for _, p := range slices.Concat(s.Peers, b.former.servers) {
		if p.ID != s.ID {
			all[whereabouts{p.ID, p.Address}] = true
		}
	}
	return all
}
