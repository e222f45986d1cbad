package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// deed is something bad that is done and undone.
type deed struct {
	name    string
	about   string
	inside  bool // it needs namespaces
	exits   bool // servers may end by themselves
	offered int  // how often it is chosen, beside others
	do      func(*world, context.Context) error
}

// deeds is all that can happen.
var deeds = []deed{
	{"leader", "kill -9 of the leader", false, false, 4, (*world).killLeader},
	{"follower", "kill -9 of a follower", false, false, 1, (*world).killFollower},
	{"all", "kill -9 of all servers at once", false, false, 2, (*world).killAll},
	{"agent", "kill -9 of a node", false, false, 2, (*world).killAgent},
	{"agents", "kill -9 of all nodes at once", false, false, 1, (*world).killAgents},
	{"freeze-leader", "SIGSTOP and SIGCONT of the leader", false, false, 2, (*world).freezeLeader},
	{"freeze-follower", "SIGSTOP and SIGCONT of a follower", false, false, 1, (*world).freezeFollower},
	{"freeze-agent", "SIGSTOP and SIGCONT of a node", false, false, 1, (*world).freezeAgent},
	{"replace", "a server loses its data, and another is killed once the first has its vote again", false, false, 2, (*world).replace},
	{"cut-leader", "the leader hears no other server, but clients and nodes", true, false, 2, (*world).cutLeader},
	{"cut-server", "a server hears nobody but clients", true, false, 1, (*world).cutServer},
	{"cut-agent", "a node hears nobody", true, false, 1, (*world).cutAgent},
	{"lossy", "packets to a server get lost", true, false, 1, (*world).lossy},
	{"late", "what a server sends to others arrives late", true, false, 1, (*world).late},
	{"full-disk", "a server's disk is full", true, true, 1, (*world).fullDisk},
	{"slow-disk", "a server's disk hangs again and again, for less than a second each", true, true, 1, (*world).slowDisk},
	{"hung-disk", "a server's disk hangs for longer than it may", true, true, 1, (*world).hungDisk},
}

func names(all []deed) (list []string) {
	for _, d := range all {
		list = append(list, d.name)
	}
	return list
}

// choose finds deeds by names with commas, all that can be done here for none.
func choose(list string) ([]deed, error) {
	var chosen []deed
	for _, d := range deeds {
		if list == "" && (enclosed() || !d.inside) {
			chosen = append(chosen, d)
		}
	}
	if list == "" {
		return chosen, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(deeds, func(d deed) bool { return d.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no deed %q, but %s", name, strings.Join(names(deeds), ", "))
		}
		chosen = append(chosen, deeds[i])
	}
	return chosen, nil
}

// pick throws the dice.
func (w *world) pick(among []deed) deed {
	sum := 0
	for _, d := range among {
		sum += d.offered
	}
	n := w.dice.IntN(sum)
	for _, d := range among {
		if n -= d.offered; n < 0 {
			return d
		}
	}
	return among[0]
}

// between throws the dice for a time.
func (w *world) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.dice.Int64N(int64(most-least)))
}
