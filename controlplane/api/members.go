package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"assay/controlplane/intake"
	"assay/controlplane/replica"
)

// Members changes which servers there are. A replica does, if it leads.
type Members interface {
	AddNonvoter(ctx context.Context, id, address string) error
	Remove(ctx context.Context, id string) error
	Transfer(ctx context.Context, id string) error
	Check(ctx context.Context) (index uint64, err error)
}

// membershipTime bounds a change of the cluster.
const membershipTime = 20 * time.Second

// addServer lets a server in. It gets its vote once it holds every blob.
func (a *API) addServer(w http.ResponseWriter, r *http.Request) error {
	id, address := variable(r, "id"), r.URL.Query().Get("address")
	if problems := checkServer(id, address); problems != nil {
		return unprocessable(problems)
	}
	return a.member(w, r, "server added", func(ctx context.Context) error { return a.Members.AddNonvoter(ctx, id, address) })
}

func checkServer(id, address string) (problems intake.Invalid) {
	if replica.CheckID(id) != nil {
		problems = append(problems, intake.Problem{Field: "id", Reason: "must be the name of a server: letters, digits and the like, at most 128"})
	}
	if replica.CheckAddress(address) != nil {
		problems = append(problems, intake.Problem{Field: "address", Reason: "must be the raft address of the server, host:port"})
	}
	return problems
}

// removeServer takes a server out of the cluster.
func (a *API) removeServer(w http.ResponseWriter, r *http.Request) error {
	id := variable(r, "id")
	if !a.knownServer(id) {
		return problem(http.StatusNotFound, "no such server")
	}
	return a.member(w, r, "server removed", func(ctx context.Context) error { return a.Members.Remove(ctx, id) })
}

// transferLeadership makes another server the leader, any or the one that the
// query names.
func (a *API) transferLeadership(w http.ResponseWriter, r *http.Request) error {
	to := r.URL.Query().Get("to")
	if to != "" && !a.knownServer(to) {
		return problem(http.StatusNotFound, "no such server")
	}
	return a.member(w, r, "leadership transferred", func(ctx context.Context) error { return a.Members.Transfer(ctx, to) })
}

// checkTime bounds how long servers may take to compare their states. A million
// submissions take seconds to hash.
const checkTime = 15 * time.Second

// checkServers has the servers compare their states and answers with what they
// found.
func (a *API) checkServers(w http.ResponseWriter, r *http.Request) error {
	if a.Members == nil {
		return problem(http.StatusConflict, "this server is alone: there is nothing to compare its state with")
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	index, err := a.Members.Check(ctx)
	if errors.Is(err, replica.ErrNotLeader) {
		return err
	} else if err != nil {
		return problem(http.StatusConflict, "%v", err)
	}
	for !a.answered(index) && ctx.Err() == nil {
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	return a.getCluster(w, r)
}

// answered reports whether all voters have told their hash at a check.
func (a *API) answered(index uint64) bool {
	checks := a.Log.View().Checks()
	for _, id := range checks.Voters {
		if v, ok := checks.Vote(id); !ok || v.Index < index {
			return false
		}
	}
	return checks.Index >= index
}

func (a *API) knownServer(id string) bool {
	for _, p := range a.Log.Status().Peers {
		if p.ID == id {
			return true
		}
	}
	return false
}

func (a *API) member(w http.ResponseWriter, r *http.Request, done string, change func(context.Context) error) error {
	if a.Members == nil {
		return problem(http.StatusConflict, "this server is alone: it has no cluster to change")
	}
	ctx, cancel := context.WithTimeout(r.Context(), membershipTime)
	defer cancel()
	if err := change(ctx); errors.Is(err, replica.ErrNotLeader) {
		return err
	} else if err != nil {
		return problem(http.StatusConflict, "%v", err)
	}
	a.log.Info(done, "path", r.URL.Path, "tenant", identity(r).Tenant.Name, "request", requestID(r))
	w.WriteHeader(http.StatusNoContent)
	return nil
}
