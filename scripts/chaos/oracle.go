package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/client"
	"assay/internal/serverproc"
)

// What verify looks at.
type scope bool

const (
	since      scope = false // what was acknowledged since the last time
	everything scope = true
)

// Bounds of a server at rest.
const (
	mostMemory   = 1 << 30
	mostRoutines = 2000
)

// check holds the servers against the history, while clients wait.
func (w *world) check(ctx context.Context, of scope) error {
	w.history.gate.Lock()
	defer w.history.gate.Unlock()
	began := time.Now()
	if err := w.drained(ctx); err != nil {
		return err
	}
	if err := w.verify(ctx, w.Servers, of); err != nil {
		return err
	}
	if err := w.keys(ctx); err != nil {
		return err
	}
	hash, err := w.hashes(ctx)
	if err != nil {
		return err
	}
	if err := w.bounds(ctx); err != nil {
		return err
	}
	tried, acked, _, _ := w.history.count()
	note("checked in %v: %d acknowledged of %d tried, each with one result on all servers; hash %.12s on all", time.Since(began).Round(time.Millisecond), acked, tried, hash)
	return nil
}

// drained waits until everything that was accepted is finished.
func (w *world) drained(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*comeBack)
	defer cancel()
	left := -1
	for {
		if leader, err := w.leader(ctx); err == nil {
			if c, err := w.client(leader).Cluster(ctx); err == nil && c.Leader != "" {
				if left = c.Queue.Queued; left == 0 {
					return nil
				}
			}
		}
		pause(ctx, 50*time.Millisecond)
		if ctx.Err() != nil {
			return fmt.Errorf("%d submissions do not come to an end: %w", left, context.Cause(ctx))
		}
	}
}

// verify asks servers for what was acknowledged. Each must know it as finished,
// with the result that all others have told.
func (w *world) verify(ctx context.Context, servers []*serverproc.Server, of scope) error {
	w.history.mu.Lock()
	ids := w.history.fresh
	if of == everything {
		ids = nil
		for _, id := range w.history.acked {
			ids = append(ids, id)
		}
	} else {
		w.history.fresh = nil
	}
	w.history.mu.Unlock()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(32)
	for _, id := range ids {
		for _, s := range servers {
			g.Go(func() error { return w.verifyAt(ctx, s, id) })
		}
	}
	return g.Wait()
}

// verifyAt waits for the end of what is acknowledged. A moment without a leader
// is no loss.
func (w *world) verifyAt(ctx context.Context, s *serverproc.Server, id string) error {
	c := w.client(s)
	c.Patience = comeBack
	ctx, cancel := context.WithTimeout(ctx, 2*comeBack)
	defer cancel()
	got, err := c.Wait(ctx, id)
	if p, ok := errors.AsType[*client.Problem](err); ok && p.Status == http.StatusNotFound {
		w.history.blame("%s was acknowledged, and %s does not know it", id, s.ID)
		return nil
	} else if err != nil {
		return fmt.Errorf("ask %s for %s: %w", s.ID, id, err)
	}
	w.history.saw(got, s.ID)
	return nil
}

// keys lists all submissions: there is one for a key at most.
func (w *world) keys(ctx context.Context) error {
	leader, err := w.leader(ctx)
	if err != nil {
		return err
	}
	c := w.client(leader)
	c.Patience = comeBack
	ids := map[string]string{}
	for cursor := ""; ; {
		page, err := c.List(ctx, client.Query{Cursor: cursor, Limit: 200})
		if err != nil {
			return fmt.Errorf("list submissions: %w", err)
		}
		for _, s := range page.Submissions {
			w.key(ids, s)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	w.history.mu.Lock()
	acked := w.history.acked
	w.history.mu.Unlock()
	for key, id := range acked { // nobody hands in now
		if ids[key] != id {
			w.history.blame("%s was acknowledged as %s, and is listed as %q", key, id, ids[key])
		}
	}
	return nil
}

func (w *world) key(ids map[string]string, s client.Submission) {
	var metadata struct{ Key string }
	if err := json.Unmarshal(s.Metadata, &metadata); err != nil {
		w.history.blame("%s has the metadata %q", s.ID, s.Metadata)
	}
	if other := ids[metadata.Key]; other != "" {
		w.history.blame("%s is there twice, as %s and %s", metadata.Key, other, s.ID)
	}
	ids[metadata.Key] = s.ID
}

// compare has the servers compare their states.
func (w *world) compare(ctx context.Context) (client.Cluster, error) {
	leader, err := w.leader(ctx)
	if err != nil {
		return client.Cluster{}, err
	}
	return w.client(leader).CheckServers(ctx)
}

// agreed reports whether all servers found their states to be the same at the
// same entry of the log.
func agreed(c client.Cluster) error {
	if c.Agreed == nil {
		return errors.New("no majority of the servers found the same state")
	}
	for _, s := range c.Servers {
		switch {
		case s.Checked == nil || s.Checked.Index != c.Agreed.Index:
			return fmt.Errorf("%s did not tell its hash at entry %d", s.ID, c.Agreed.Index)
		case s.Checked.Hash != c.Agreed.Hash:
			return fmt.Errorf("%s has the state %s after entry %d, and the others %s", s.ID, s.Checked.Hash, s.Checked.Index, c.Agreed.Hash)
		case !s.Voter:
			return fmt.Errorf("%s has no vote", s.ID)
		}
	}
	return nil
}

// hashes compares the states of all servers.
func (w *world) hashes(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*comeBack)
	defer cancel()
	for {
		c, err := w.compare(ctx)
		if err == nil {
			if err = agreed(c); err == nil {
				return c.Agreed.Hash, nil
			}
		}
		pause(ctx, 200*time.Millisecond)
		if ctx.Err() != nil {
			return "", fmt.Errorf("the servers' states: %w", err)
		}
	}
}

// bounds looks at memory and goroutines.
func (w *world) bounds(ctx context.Context) error {
	for _, s := range w.Servers {
		u, err := s.Usage()
		if err != nil {
			return err
		}
		routines, err := w.metric(ctx, s, "go_goroutines")
		if err != nil {
			return err
		}
		w.figures.memory, w.figures.routines = max(w.figures.memory, u.Memory), max(w.figures.routines, int(routines))
		if u.Memory > mostMemory || routines > mostRoutines {
			w.history.blame("%s has %d bytes in memory and %.0f goroutines at rest", s.ID, u.Memory, routines)
		}
	}
	return nil
}

// metric asks a server for one of its figures.
func (w *world) metric(ctx context.Context, s *serverproc.Server, name string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	resp, err := w.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("%s tells no %s", s.ID, name)
}
