package client

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client talks to one server or to a load balancer before several. Its fields
// are set before its first use; then it is safe for concurrent use.
type Client struct {
	URL   string // as in http://127.0.0.1:2358
	Token string // empty for a server that needs none
	// HTTP sends the requests; nil is http.DefaultClient. It should have no
	// timeout of its own: waiting for a result is a request that takes long.
	HTTP *http.Client
	// Patience is how long a request is tried again that is put off or breaks:
	// a minute when 0, not at all when negative. The context counts as well.
	Patience time.Duration
	// Latest makes answers show everything that any client was told before the
	// request, whichever server it goes to. A majority of the servers has to be
	// asked; without it answers may be some milliseconds old.
	Latest bool
}

// New makes a client of a server that needs no token.
func New(url string) *Client { return &Client{URL: url} }

// longestWait is how long one request waits for a result. Waiting longer takes
// more requests, so that connections need not last.
const longestWait = 50 * time.Second

// Submit hands a submission in and returns it as it is accepted, not finished.
func (c *Client) Submit(ctx context.Context, r Request) (Submission, error) {
	return c.SubmitKeyed(ctx, rand.Text(), r)
}

// SubmitKeyed is Submit under an idempotency key of the caller's: repeated with
// the same key, even by another process, it returns the same submission.
func (c *Client) SubmitKeyed(ctx context.Context, key string, r Request) (Submission, error) {
	var s Submission
	err := c.post(ctx, "/v1/submissions", nil, key, r, &s)
	return s, err
}

// Judge hands a submission in and waits until it is finished.
func (c *Client) Judge(ctx context.Context, r Request) (Submission, error) {
	var s Submission
	err := c.post(ctx, "/v1/submissions", waiting(), rand.Text(), r, &s)
	if err != nil || s.Done() {
		return s, err
	}
	return c.Wait(ctx, s.ID)
}

// Get returns a submission as it stands.
func (c *Client) Get(ctx context.Context, id string) (Submission, error) {
	var s Submission
	err := c.get(ctx, "/v1/submissions/"+url.PathEscape(id), nil, &s)
	return s, err
}

// Wait returns a submission once it is finished or cancelled.
func (c *Client) Wait(ctx context.Context, id string) (Submission, error) {
	for {
		var s Submission
		err := c.get(ctx, "/v1/submissions/"+url.PathEscape(id), waiting(), &s)
		if err != nil || s.Done() {
			return s, err
		}
	}
}

// Cancel cancels a submission. One that is finished is a *[Problem] with
// status 409.
func (c *Client) Cancel(ctx context.Context, id string) (Submission, error) {
	var s Submission
	err := c.call(ctx, request{method: http.MethodDelete, path: "/v1/submissions/" + url.PathEscape(id)}, &s)
	return s, err
}

// Output returns what a test wrote to "stdout" or "stderr", as far as it was
// kept. The caller closes it.
func (c *Client) Output(ctx context.Context, id, test, stream string) (io.ReadCloser, error) {
	path := "/v1/submissions/" + url.PathEscape(id) + "/tests/" + url.PathEscape(test) + "/" + url.PathEscape(stream)
	resp, err := c.send(ctx, request{method: http.MethodGet, path: path})
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// Query chooses submissions. Empty fields let all pass.
type Query struct {
	Status, Verdict, Language string
	Limit                     int    // of a page; 0 is the server's default
	Cursor                    string // Page.Next of the page before
}

// List returns a page of the tenant's submissions, newest first.
func (c *Client) List(ctx context.Context, q Query) (Page, error) {
	v := url.Values{}
	for name, value := range map[string]string{"status": q.Status, "verdict": q.Verdict, "language": q.Language, "cursor": q.Cursor} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Limit > 0 {
		v.Set("limit", fmt.Sprint(q.Limit))
	}
	var p Page
	err := c.get(ctx, "/v1/submissions", v, &p)
	return p, err
}

func waiting() url.Values { return url.Values{"wait": {longestWait.String()}} }

func (c *Client) get(ctx context.Context, path string, q url.Values, v any) error {
	return c.call(ctx, request{method: http.MethodGet, path: path, query: q}, v)
}

func (c *Client) post(ctx context.Context, path string, q url.Values, key string, body, v any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode request: %w", err)
	}
	return c.call(ctx, request{method: http.MethodPost, path: path, query: q, key: key, kind: "application/json", body: inMemory(data)}, v)
}

// call sends a request and reads a JSON answer into v.
func (c *Client) call(ctx context.Context, r request, v any) error {
	resp, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if v == nil || resp.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		return fmt.Errorf("%s %s: read answer: %w", r.method, r.path, err)
	}
	return nil
}

// request can be sent more than once.
type request struct {
	method, path string
	query        url.Values
	key          string // idempotency key
	kind         string // content type
	header       http.Header
	body         func() (io.Reader, error) // nil: none
}

func inMemory(data []byte) func() (io.Reader, error) {
	return func() (io.Reader, error) { return bytes.NewReader(data), nil }
}

func (c *Client) build(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		var err error
		if body, err = r.body(); err != nil {
			return nil, err
		}
	}
	target := strings.TrimSuffix(c.URL, "/") + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	out, err := http.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return nil, err
	}
	for name, values := range r.header {
		out.Header[name] = values
	}
	for name, value := range map[string]string{"Content-Type": r.kind, "Idempotency-Key": r.key} {
		if value != "" {
			out.Header.Set(name, value)
		}
	}
	if c.Latest {
		out.Header.Set("X-Assay-Index", "latest")
	}
	if c.Token != "" {
		out.Header.Set("Authorization", "Bearer "+c.Token)
	}
	return out, nil
}

func (c *Client) http() *http.Client { return cmp.Or(c.HTTP, http.DefaultClient) }
