package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"

	"assay/client"
	"assay/controlplane/fleet"
	"assay/controlplane/tenant"
	"assay/judge"
)

func (a *API) listLanguages(w http.ResponseWriter, _ *http.Request) error {
	all := client.Languages{Languages: []client.Language{}}
	for _, l := range a.Intake.Languages() {
		all.Languages = append(all.Languages, languageOf(l))
	}
	return writeJSON(w, http.StatusOK, all)
}

func (a *API) getLanguage(w http.ResponseWriter, r *http.Request) error {
	name := variable(r, "id")
	for _, l := range a.Intake.Languages() {
		if l.ID == name || slices.Contains(l.Aliases, name) {
			return writeJSON(w, http.StatusOK, languageOf(l))
		}
	}
	return problem(http.StatusNotFound, "no such language")
}

func languageOf(l judge.Language) client.Language {
	return client.Language{
		ID: l.ID, Name: l.Name, Version: l.Version, Aliases: list(l.Aliases),
		Compile: list(l.Compile), Run: list(l.Run), SourceFile: l.SourceFile,
		Available: l.Available, Reason: l.Reason, Preparing: l.Preparing, NodeClasses: l.Classes,
		Multipliers: client.LimitsMultipliers{
			CPU: cmp.Or(l.CPUFactor, 1), Memory: cmp.Or(l.MemoryFactor, 1), MemoryExtraKB: l.MemoryExtraKB,
		},
	}
}

// list makes an absent list an empty one, which is what it is to a client.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func (a *API) listAgents(w http.ResponseWriter, _ *http.Request) error {
	all := client.Agents{Agents: []client.Agent{}}
	for _, agent := range a.Fleet.Agents() {
		all.Agents = append(all.Agents, agentOf(agent))
	}
	return writeJSON(w, http.StatusOK, all)
}

func agentOf(f fleet.Agent) client.Agent {
	out := client.Agent{
		ID: f.Node, State: "ready", Version: f.Version, NodeClass: f.Class, CPUModel: f.CPU, Speed: f.Speed, Since: f.Since,
		Boxes: f.Boxes, BoxesBusy: f.Busy, BoxesReady: f.Ready, Leases: f.Leases, Credits: f.Credits,
		Languages: []string{},
	}
	switch {
	case f.Draining:
		out.State = "draining"
	case f.Aside != "":
		out.State, out.Reason = "aside", f.Aside
	}
	for _, l := range f.Languages {
		if l.Available {
			out.Languages = append(out.Languages, l.ID)
		}
	}
	return out
}

func (a *API) drainAgent(w http.ResponseWriter, r *http.Request) error {
	node := variable(r, "id")
	if err := a.Fleet.Drain(node); err != nil {
		return err
	}
	a.log.Info("agent is drained by request", "node", node, "tenant", identity(r).Tenant.Name, "request", requestID(r))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// getCluster answers as the leader sees the cluster. Where there is none, which
// is when somebody wants to know why, it answers as this server does.
func (a *API) getCluster(w http.ResponseWriter, r *http.Request) error {
	if !a.leading() && a.LeaderURL() != "" {
		return a.forward(w, r)
	}
	s := a.Log.Status()
	view := a.Log.View()
	checks := view.Checks()
	c := client.Cluster{
		Level:   view.Level(),
		Version: a.Version, Leader: s.Leader, Term: s.Term, Servers: []client.Server{},
		Queue: a.queue(identity(r)), Agents: len(a.Fleet.Agents()),
	}
	if checks.Agreed.Index != 0 {
		c.Agreed = hashOf(checks.Agreed.Index, checks.Agreed.Hash)
	}
	silent := a.silent(r.Context())
	for _, p := range s.Peers {
		server := client.Server{ID: p.ID, Address: p.Address, State: "follower", Voter: p.Voter}
		switch {
		case p.ID == s.ID:
			server.State, server.Applied = s.State, s.Applied
		case silent[p.ID]:
			server.State = "unreachable"
		case p.ID == s.Leader:
			server.State = "leader"
		}
		if v, ok := checks.Vote(p.ID); ok {
			server.Checked = hashOf(v.Index, v.Hash)
		}
		c.Servers = append(c.Servers, server)
	}
	return writeJSON(w, http.StatusOK, c)
}

func (a *API) silent(ctx context.Context) map[string]bool {
	if a.Unreachable == nil {
		return nil
	}
	return a.Unreachable(ctx)
}

func hashOf(index uint64, hash [sha256.Size]byte) *client.StateHash {
	return &client.StateHash{Index: index, Hash: hex.EncodeToString(hash[:])}
}

// queue counts what is not finished. Who else there is, and how busy, is shown
// to operators only.
func (a *API) queue(who tenant.Identity) client.Queue {
	v := a.Log.View()
	q := client.Queue{Queued: v.Counts().Queued, Priority: map[string]int{}, Tenants: map[string]int{}}
	for _, agent := range a.Fleet.Agents() {
		q.Running += agent.Leases
	}
	for _, d := range a.Dispatch.Depths() {
		q.Priority[d.Priority.String()] += d.Waiting
	}
	for name, counts := range v.Tenants() {
		if counts.Queued > 0 && (who.May(tenant.Operate) || name == who.Tenant.Name) {
			q.Tenants[name] = counts.Queued
		}
	}
	return q
}
