package api

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// indexHeader carries how far the log had come that an answer stands on. A
// client that sends it back to whichever server sees what it has seen. With
// latest in its place it sees everything that anybody was told before.
const (
	indexHeader = "X-Assay-Index"
	latest      = "latest"
)

// lag is how far behind a server may be before a client is better off asking
// another one.
const lag = 5 * time.Second

// answers reports whether this server can answer what has to be asked there.
func (a *API) answers(w where) bool {
	return w == anywhere || w == writers && a.Index != nil || a.leading()
}

// catchUp waits until this server knows what the client has seen, or wants to.
func (a *API) catchUp(r *http.Request) error {
	text := r.Header.Get(indexHeader)
	if text == latest {
		return a.freshen(r)
	}
	if text == "" || a.Reach == nil {
		return nil
	}
	index, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return problem(http.StatusBadRequest, "the header %s is neither a number nor %s", indexHeader, latest)
	}
	ctx, cancel := context.WithTimeout(r.Context(), lag)
	defer cancel()
	if a.Reach(ctx, index) != nil {
		return later(http.StatusServiceUnavailable, time.Second, "this server does not know yet what the header %s speaks of", indexHeader)
	}
	return nil
}

// freshen waits until this server knows of everything that was acknowledged
// before the request, as far as a leader can tell whom a majority follows.
func (a *API) freshen(r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), lag)
	defer cancel()
	if a.Fresh != nil && a.Fresh(ctx) != nil {
		return later(http.StatusServiceUnavailable, time.Second, "this server cannot find out at the moment what is the latest")
	}
	return nil
}

// tellIndex adds the header, unless the leader has put its own there.
func (w *response) tellIndex() {
	if w.index != nil && w.Header().Get(indexHeader) == "" {
		w.Header().Set(indexHeader, strconv.FormatUint(w.index(), 10))
	}
}
