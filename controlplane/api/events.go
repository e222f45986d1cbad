package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"assay/controlplane/progress"
	"assay/controlplane/state"
	"assay/judge"
)

// Events that are rebuilt from a result have numbers of their own, beyond those
// of live ones: tests end in any order while they run, and are listed in the
// suite's order afterwards. A client that followed live and resumes on the
// rebuilt stream is told of every test, at the price of hearing of some twice
// where the live events are no longer known; one that resumes while they are, or
// within the rebuilt stream, misses nothing and hears nothing twice.
const (
	rebuilt = 1 << 20 // number of the first rebuilt event
	last    = 1 << 24 // number of finished, which is the same on either
)

// getEvents streams what happens to a submission until it has ended.
func (a *API) getEvents(w http.ResponseWriter, r *http.Request) error {
	record, forwarded, err := a.settled(w, r)
	if forwarded || err != nil {
		return err
	}
	after := progress.ParseID(r.Header.Get("Last-Event-ID"))
	switch {
	case after.N >= last && !record.Status.Terminal():
		after = progress.ID{} // nobody has told the client that
	case after.N >= last:
		// Browsers reconnect when a stream ends, unless they are told this.
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if a.followers.Add(1) > int64(a.cfg.Followers) {
		a.followers.Add(-1)
		return later(http.StatusServiceUnavailable, 10*time.Second, "too many event streams are open")
	}
	a.metrics.followers.Inc()
	defer func() { a.followers.Add(-1); a.metrics.followers.Dec() }()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // for proxies that would hold events back
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	s := &stream{api: a, to: w, out: bufio.NewWriter(w), flush: http.NewResponseController(w), after: after, told: newTold()}
	if err := s.run(r.Context(), record); err != nil && r.Context().Err() == nil {
		a.log.Warn("event stream broken", "submission", record.ID, "request", requestID(r), "err", err)
	}
	return nil
}

// stream is one client that follows one submission.
type stream struct {
	api   *API
	to    http.ResponseWriter
	out   *bufio.Writer
	flush *http.ResponseController
	after progress.ID // the last event that the client has seen
	told  told        // tests of the running attempt that it was told of
	begun bool        // it was told that the attempt has started
	built bool        // and that it was compiled
	asked bool        // for live events
}

func (s *stream) run(ctx context.Context, record state.Record) error {
	if s.after == (progress.ID{}) {
		begin := state.Record{Submit: record.Submit, Status: judge.StatusQueued, CreatedAt: record.CreatedAt}
		if err := s.tell(progress.ID{}, progress.Queued, begin); err != nil {
			return err
		}
	}
	for !record.Status.Terminal() {
		done, err := s.follow(ctx, record.ID)
		if err != nil || done == nil {
			return err
		}
		record = *done
	}
	return s.replay(ctx, record)
}

// soon is when a stream asks again for live events that it does not get.
const soon = 250 * time.Millisecond

// follow passes live events on until the submission has ended. A nil record is
// the end of the stream: this server no longer leads, and the client is to
// resume on the one that does.
func (s *stream) follow(ctx context.Context, id string) (*state.Record, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan state.Record, 1)
	go func() {
		if record, err := s.api.Log.Await(ctx, id); err == nil {
			ended <- record
		}
	}()
	beat := time.NewTicker(s.api.cfg.Heartbeat)
	defer beat.Stop()
	live, again, err := s.listen(ctx, id, nil)
	if err == nil {
		err = s.push() // the headers, if nothing else: it may be a while until there is
	}
	for err == nil {
		select {
		case e, open := <-live:
			if open {
				err = s.pass(e)
			} else { // it ended, as the record tells; or the term did, or we were too slow
				live, again = nil, time.After(soon)
			}
		case record := <-ended:
			return &record, nil
		case <-again:
			if !s.api.leading() {
				return nil, nil
			}
			live, again, err = s.listen(ctx, id, live)
		case <-beat.C:
			if !s.api.leading() {
				return nil, nil
			}
			if err = s.comment(); err == nil {
				live, again, err = s.listen(ctx, id, live)
			}
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
	}
	return nil, err
}

// listen makes sure that live events come, and says when to do so again because
// no term runs that would send them. Another term may have begun here since the
// last time. It tells of the events that were missed.
func (s *stream) listen(ctx context.Context, id string, live <-chan progress.Event) (<-chan progress.Event, <-chan time.Time, error) {
	var past []progress.Event
	if live == nil {
		from := s.after
		if !s.asked { // to know which tests it is that the client has seen
			s.asked, from.N = true, 0
		}
		past, live = s.api.Events.Subscribe(ctx, id, from)
	}
	var again <-chan time.Time
	if !s.api.Dispatch.Follow(ctx, id) {
		again = time.After(soon)
	}
	for _, e := range past {
		if err := s.pass(e); err != nil {
			return nil, nil, err
		}
	}
	return live, again, nil
}

// pass tells of a live event, unless the client has seen it: a leader that is
// new in office begins at the beginning, and so does whoever resumes. Finished is
// told once its record is there.
func (s *stream) pass(e progress.Event) error {
	if e.ID.Attempt < s.after.Attempt || s.after.N >= rebuilt {
		return nil // who has seen rebuilt events has seen others than the live ones
	}
	seen := !e.ID.After(s.after)
	what := s.note(e)
	if seen || what == nil {
		return nil
	}
	s.after = e.ID
	return s.send(e.ID, e.Kind, what)
}

// note keeps in mind what an event says, and returns that as it is sent; nil when
// it is not.
func (s *stream) note(e progress.Event) any {
	switch {
	case e.Kind == progress.Restarted:
		s.told.clear()
		s.begun, s.built = false, false
		return attempt{e.ID.Attempt}
	case e.Kind == progress.Started:
		s.begun = true
		return attempt{e.ID.Attempt}
	case e.Kind == progress.Compiled && e.Compiled != nil:
		s.built = true
		return compileOf(*e.Compiled, form{})
	case e.Kind == progress.Test && e.Test != nil:
		s.told.add(e.Test.ID)
		return testOf(*e.Test)
	}
	return nil
}

// replay tells of what has ended, all that was not told of yet.
func (s *stream) replay(ctx context.Context, record state.Record) error {
	// The result may be that of an earlier attempt than was followed: a lost
	// agent's report that came first after all. Then all of it is news.
	id := progress.ID{Attempt: max(record.Attempt, s.after.Attempt), N: rebuilt}
	if record.Attempt != s.after.Attempt {
		s.told.clear()
	}
	tell := func(skip bool, kind progress.Kind, v any) error {
		id.N++
		if skip || !id.After(s.after) {
			return nil
		}
		return s.send(id, kind, v)
	}
	if record.Status == judge.StatusFinished {
		result, done, err := s.api.hold(ctx, record)
		if err != nil {
			return err
		}
		defer done()
		pace(s.to)
		if err := tell(s.begun, progress.Started, attempt{record.Attempt}); err != nil {
			return err
		}
		if c := result.Compile; c != nil {
			if err := tell(s.built, progress.Compiled, compileOf(*c, form{})); err != nil {
				return err
			}
		}
		for _, t := range result.Tests {
			if err := tell(s.told.has(t.ID), progress.Test, testOf(t)); err != nil {
				return err
			}
		}
	}
	return s.tell(progress.ID{Attempt: id.Attempt, N: last}, progress.Finished, record)
}

// attempt is what Started and Restarted say.
type attempt struct {
	Attempt int `json:"attempt"`
}

// tell sends the submission object, without its tests.
func (s *stream) tell(id progress.ID, kind progress.Kind, record state.Record) error {
	head, err := s.api.head(record)
	if err != nil {
		return err
	}
	if kind == progress.Queued { // what it was then, whatever it is now
		head.Status, head.Attempts, head.Agent = string(judge.StatusQueued), 0, ""
	}
	return s.send(id, kind, head)
}

// send writes one event. The event queued comes before all that have ids.
func (s *stream) send(id progress.ID, kind progress.Kind, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if id != (progress.ID{}) {
		s.out.WriteString("id: " + id.String() + "\n")
	}
	s.out.WriteString("event: " + string(kind) + "\ndata: ")
	s.out.Write(data)
	s.out.WriteString("\n\n")
	return s.push()
}

// comment keeps connections open, and finds out about those that are gone.
func (s *stream) comment() error {
	s.out.WriteString(": still here\n\n")
	return s.push()
}

func (s *stream) push() error {
	if err := s.out.Flush(); err != nil {
		return err
	}
	return s.flush.Flush()
}
