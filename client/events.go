package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The kinds of events.
const (
	EventQueued    = "queued"
	EventStarted   = "started"
	EventCompiled  = "compiled"
	EventTest      = "test"
	EventRestarted = "restarted" // a new attempt: what was told of the last one is void
	EventFinished  = "finished"  // the last one, also of what was cancelled
)

// Event is something that happened to a submission.
type Event struct {
	ID   string // resumes after this event
	Kind string
	Data json.RawMessage
}

// Submission is the submission without its tests, of EventQueued and
// EventFinished.
func (e Event) Submission() (s Submission, err error) {
	err = json.Unmarshal(e.Data, &s)
	return s, err
}

// Compile is the result of compiling, of EventCompiled.
func (e Event) Compile() (c Compile, err error) { err = json.Unmarshal(e.Data, &c); return c, err }

// Test is a test's result without its outputs, of EventTest.
func (e Event) Test() (t TestResult, err error) { err = json.Unmarshal(e.Data, &t); return t, err }

// Events follows a submission from its beginning to its end. When the
// connection breaks, it resumes on whatever server then answers; some events may
// come twice after that. The last pair has EventFinished or an error.
func (c *Client) Events(ctx context.Context, id string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		last, barren := "", 0
		for {
			seen, err := c.stream(ctx, id, &last, yield)
			switch {
			case errors.Is(err, errLeft):
				return
			case err != nil && (ctx.Err() != nil || !passing(err)):
				yield(Event{}, err)
				return
			}
			if barren++; seen {
				barren = 0
			}
			if barren > 20 {
				yield(Event{}, fmt.Errorf("follow %s: streams end without an event: %w", id, io.ErrUnexpectedEOF))
				return
			}
			select {
			case <-time.After(time.Duration(barren) * firstPause):
			case <-ctx.Done():
			}
		}
	}
}

// errLeft: the stream has come to its end, or nobody listens any more.
var errLeft = errors.New("left")

// stream reads one connection's events. It reports whether there were any.
func (c *Client) stream(ctx context.Context, id string, last *string, yield func(Event, error) bool) (seen bool, err error) {
	r := request{
		method: http.MethodGet, path: "/v1/submissions/" + url.PathEscape(id) + "/events",
		header: http.Header{"Accept": {"text/event-stream"}},
	}
	if *last != "" {
		r.header.Set("Last-Event-ID", *last)
	}
	resp, err := c.send(ctx, r)
	if err != nil {
		return false, permanent{err} // send has been patient enough
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return false, errLeft
	}
	in := bufio.NewReader(resp.Body)
	for {
		e, err := readEvent(in)
		if err != nil {
			return seen, err
		}
		seen = true
		if e.ID != "" {
			*last = e.ID
		}
		if !yield(e, nil) || e.Kind == EventFinished {
			return seen, errLeft
		}
	}
}

// readEvent reads up to the empty line that ends an event. Comments are
// skipped.
func readEvent(in *bufio.Reader) (Event, error) {
	var e Event
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return e, err
		}
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			e.ID = value
		case "event":
			e.Kind = value
		case "data":
			e.Data = append(e.Data, value...)
		case "":
			if e.Kind != "" && value == "" {
				return e, nil
			}
		}
	}
}
