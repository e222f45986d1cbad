package client

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// SubmitBatch hands in many submissions. Each is accepted or refused for
// itself; the error is about the batch as a whole.
func (c *Client) SubmitBatch(ctx context.Context, list []Request) (BatchReceipt, error) {
	var r BatchReceipt
	err := c.post(ctx, "/v1/batches", nil, rand.Text(), BatchRequest{Submissions: list}, &r)
	return r, err
}

// Batch returns a batch as it stands.
func (c *Client) Batch(ctx context.Context, id string) (Batch, error) {
	var b Batch
	err := c.get(ctx, "/v1/batches/"+url.PathEscape(id), nil, &b)
	return b, err
}

// WaitBatch returns a batch once all of it is finished or cancelled.
func (c *Client) WaitBatch(ctx context.Context, id string) (Batch, error) {
	for {
		var b Batch
		err := c.get(ctx, "/v1/batches/"+url.PathEscape(id), waiting(), &b)
		if err != nil || b.Statuses["finished"]+b.Statuses["cancelled"] == b.Total {
			return b, err
		}
	}
}

// PutSuite stores a suite. Storing the same one again returns the same id.
func (c *Client) PutSuite(ctx context.Context, r SuiteRequest) (Suite, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return Suite{}, fmt.Errorf("encode request: %w", err)
	}
	var s Suite
	err = c.call(ctx, request{method: http.MethodPut, path: "/v1/suites", kind: "application/json", body: inMemory(data)}, &s)
	return s, err
}

// Types of archives.
const (
	Tar = "application/x-tar"
	Zip = "application/zip"
)

// PutSuiteArchive stores a suite that is a [Tar] or [Zip] of NAME.in with
// NAME.ans or NAME.out. It is streamed; open is called for each try. Compare
// may be nil.
func (c *Client) PutSuiteArchive(ctx context.Context, kind string, open func() (io.Reader, error), compare *Compare) (Suite, error) {
	q := url.Values{}
	if compare != nil {
		q.Set("mode", compare.Mode)
		q.Set("ignore_case", fmt.Sprint(compare.IgnoreCase))
		q.Set("abs", fmt.Sprint(compare.Abs))
		q.Set("rel", fmt.Sprint(compare.Rel))
	}
	var s Suite
	err := c.call(ctx, request{method: http.MethodPut, path: "/v1/suites", query: q, kind: kind, body: open}, &s)
	return s, err
}

// Suite returns what is known of a suite.
func (c *Client) Suite(ctx context.Context, id string) (Suite, error) {
	var s Suite
	err := c.get(ctx, "/v1/suites/"+url.PathEscape(id), nil, &s)
	return s, err
}

// Languages lists what submissions can be written in.
func (c *Client) Languages(ctx context.Context) ([]Language, error) {
	var l Languages
	err := c.get(ctx, "/v1/languages", nil, &l)
	return l.Languages, err
}

// Language finds a language by id or alias.
func (c *Client) Language(ctx context.Context, name string) (Language, error) {
	var l Language
	err := c.get(ctx, "/v1/languages/"+url.PathEscape(name), nil, &l)
	return l, err
}

// Agents lists the agents that are attached.
func (c *Client) Agents(ctx context.Context) ([]Agent, error) {
	var a Agents
	err := c.get(ctx, "/v1/agents", nil, &a)
	return a.Agents, err
}

// Drain asks an agent to finish what it has and to take no more.
func (c *Client) Drain(ctx context.Context, agent string) error {
	return c.call(ctx, request{method: http.MethodPost, path: "/v1/agents/" + url.PathEscape(agent) + "/drain"}, nil)
}

// Cluster tells how the control plane is.
func (c *Client) Cluster(ctx context.Context) (Cluster, error) {
	var s Cluster
	err := c.get(ctx, "/v1/cluster", nil, &s)
	return s, err
}
