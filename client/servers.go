package client

import (
	"context"
	"net/http"
	"net/url"
)

// AddServer lets a server into the cluster, at its raft address. It gets its
// vote once it holds every payload. For the scope operate, like all changes of
// the cluster.
func (c *Client) AddServer(ctx context.Context, id, address string) error {
	return c.call(ctx, request{method: http.MethodPut, path: serverPath(id), query: url.Values{"address": {address}}}, nil)
}

// RemoveServer takes a server out of the cluster. Its process is to be ended.
func (c *Client) RemoveServer(ctx context.Context, id string) error {
	return c.call(ctx, request{method: http.MethodDelete, path: serverPath(id)}, nil)
}

// TransferLeadership makes another server the leader: the one that is named,
// or with an empty id the one that is closest behind.
func (c *Client) TransferLeadership(ctx context.Context, id string) error {
	q := url.Values{}
	if id != "" {
		q.Set("to", id)
	}
	return c.call(ctx, request{method: http.MethodPost, path: "/v1/cluster/transfer", query: q}, nil)
}

// CheckServers has all servers compare their states. It returns the cluster with
// what they found: a server whose Checked is older than Agreed did not answer in
// time. Without an Agreed there was no majority.
func (c *Client) CheckServers(ctx context.Context) (Cluster, error) {
	var cluster Cluster
	err := c.call(ctx, request{method: http.MethodPost, path: "/v1/cluster/check"}, &cluster)
	return cluster, err
}

func serverPath(id string) string { return "/v1/cluster/servers/" + url.PathEscape(id) }
