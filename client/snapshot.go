package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Restored says what took the place of a cluster's state.
type Restored struct {
	Cluster     string    `json:"cluster"` // that it was saved from
	Created     time.Time `json:"created"`
	Index       uint64    `json:"index"` // of the log of that cluster
	Submissions int       `json:"submissions"`
	Suites      int       `json:"suites"`
	Blobs       int       `json:"blobs"`
	BlobBytes   int64     `json:"blob_bytes"`
	// Missing counts payloads that were lost already when it was saved.
	Missing int `json:"missing"`
}

// SaveSnapshot writes the cluster's state with its payloads to w. What was
// written before an error is of no use. For the scope operate.
func (c *Client) SaveSnapshot(ctx context.Context, w io.Writer) error {
	resp, err := c.send(ctx, request{method: http.MethodGet, path: "/v1/cluster/snapshot"})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("read snapshot: %w", err)
	}
	return nil
}

// RestoreSnapshot replaces the cluster's state by one that SaveSnapshot wrote;
// open is called for each try. One of another cluster is refused unless
// otherCluster is set. For the scope operate.
func (c *Client) RestoreSnapshot(ctx context.Context, open func() (io.Reader, error), otherCluster bool) (Restored, error) {
	q := url.Values{}
	if otherCluster {
		q.Set("other_cluster", "true")
	}
	var r Restored
	err := c.call(ctx, request{
		method: http.MethodPut, path: "/v1/cluster/snapshot", query: q, kind: "application/octet-stream", body: open,
	}, &r)
	return r, err
}
