package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	firstPause  = 100 * time.Millisecond
	longestHint = 5 * time.Minute // of a server's Retry-After that is believed
)

// send sends a request until it is answered for good. All our requests may be
// sent again: those that would do something twice carry a key.
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	patience := cmp.Or(c.Patience, time.Minute)
	start, pause := time.Now(), firstPause
	for {
		resp, err := c.once(ctx, r)
		if err == nil || ctx.Err() != nil || !passing(err) {
			return resp, err
		}
		wait := pause + time.Duration(rand.Int64N(int64(pause)))
		if p, ok := errors.AsType[*Problem](err); ok && p.RetryAfter > 0 {
			// Jitter on top: all who were put off were told the same.
			wait = p.RetryAfter + time.Duration(rand.Int64N(int64(p.RetryAfter/4+1)))
		}
		if time.Since(start)+wait > patience {
			return nil, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, fmt.Errorf("%w, after: %w", context.Cause(ctx), err)
		}
		pause = min(2*pause, 5*time.Second)
	}
}

// once sends a request one time. What is not a success is an error.
func (c *Client) once(ctx context.Context, r request) (*http.Response, error) {
	out, err := c.build(ctx, r)
	if err != nil {
		return nil, permanent{err}
	}
	resp, err := c.http().Do(out)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, readProblem(resp)
}

// permanent marks an error that sending again does not mend.
type permanent struct{ error }

// Unwrap returns what went wrong.
func (p permanent) Unwrap() error { return p.error }

// passing reports whether a request may fare better later.
func passing(err error) bool {
	if _, ok := errors.AsType[permanent](err); ok {
		return false
	}
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		return true // the connection
	}
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// readProblem reads a refusal, be it ours or that of something in between.
func readProblem(resp *http.Response) *Problem {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20)) // what could be read tells enough
	p := &Problem{}
	if err := json.Unmarshal(body, p); err != nil || p.Title == "" {
		*p = Problem{Type: "about:blank", Title: http.StatusText(resp.StatusCode), Detail: string(body[:min(len(body), 200)])}
	}
	p.Status = resp.StatusCode
	p.RequestID = resp.Header.Get("X-Request-Id")
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		p.RetryAfter = min(longestHint, time.Duration(seconds)*time.Second)
	}
	return p
}
