package peer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"assay/controlplane/replica"
	"assay/judge"
	"assay/proto/convert"
)

// Followed is what a server knows of the leader's memory. Safe for concurrent
// use.
type Followed struct {
	replica *replica.Replica
	links   *Links
	now     atomic.Pointer[leaderMemory]
}

type leaderMemory struct {
	leader    string // id
	agents    string
	languages []judge.Language
}

// NewFollowed knows nothing yet.
func NewFollowed(r *replica.Replica, links *Links) *Followed {
	f := &Followed{replica: r, links: links}
	f.now.Store(&leaderMemory{})
	return f
}

// Languages are those of the agents that are attached to the leader, a second
// old.
func (f *Followed) Languages() []judge.Language { return f.now.Load().languages }

// AgentsAddress is where agents reach the leader; empty when there is none or
// it is not known.
func (f *Followed) AgentsAddress() string {
	now := f.now.Load()
	if now.leader == "" || now.leader != f.replica.Leader().ID {
		return ""
	}
	return now.agents
}

// Run asks the leader now and then, and at once when there is a new one.
func (f *Followed) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		leader := f.replica.Leader()
		pause := time.Second
		if !f.ask(ctx, leader) {
			pause = 100 * time.Millisecond
		}
		waiting, cancel := context.WithTimeout(ctx, pause)
		_, err := f.replica.NextLeader(waiting, leader)
		cancel()
		if errors.Is(err, replica.ErrStopped) {
			return nil
		}
	}
	return nil
}

// ask is false when it should soon be tried again.
func (f *Followed) ask(ctx context.Context, leader replica.Leader) bool {
	if leader.Address == "" || leader.ID == f.replica.Status().ID {
		return true
	}
	d, err := f.links.describe(ctx, leader.Address, true)
	if err != nil {
		return false
	}
	memory := &leaderMemory{leader: d.GetId(), agents: d.GetAgentsAddress()}
	for _, l := range d.GetLanguages() {
		memory.languages = append(memory.languages, convert.LanguageFromProto(l))
	}
	f.now.Store(memory)
	return true
}
