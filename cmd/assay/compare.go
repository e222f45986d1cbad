package main

import (
	"context"
	"fmt"
	"strings"

	"assay/client"
)

// checkPeers prints what the servers found their states to be. One that differs
// has ended by then, or soon will.
func checkPeers(ctx context.Context, t terminal, c *client.Client) error {
	cluster, err := c.CheckServers(ctx)
	if err != nil {
		return err
	}
	if err := tablePeers(t, cluster); err != nil {
		return err
	}
	for _, id := range silent(cluster) {
		return fmt.Errorf("server %s has not said that its state is that of the others", id)
	}
	return nil
}

// comparedAfter shows that all servers have come to the restored state. Only
// states that differ are an error: what could not be asked does not undo the
// restoring.
func comparedAfter(ctx context.Context, t terminal, c *client.Client) error {
	cluster, err := c.Cluster(ctx)
	if err == nil && len(cluster.Servers) < 2 {
		return nil // nobody to compare with
	}
	if err == nil {
		cluster, err = c.CheckServers(ctx)
	}
	if err != nil {
		unchecked(t, "the states of the servers could not be compared: "+explain(ctx, err))
		return nil
	}
	if err := tablePeers(t, cluster); err != nil {
		return err
	}
	if id := differing(cluster); id != "" {
		return fmt.Errorf("restored, but the state of server %s differs from that of others: its log says more", id)
	}
	if ids := silent(cluster); len(ids) > 0 {
		unchecked(t, "no word yet that they agree from: "+strings.Join(ids, ", "))
	}
	return nil
}

func unchecked(t terminal, why string) {
	fmt.Fprintf(t.stderr, "warning: the restore is done; %s. `assay operator raft check` asks again\n", why)
}

// silent lists the servers that have not said that their state is what the
// majority agreed on.
func silent(cluster client.Cluster) (ids []string) {
	for _, s := range cluster.Servers {
		if cluster.Agreed == nil || s.Checked == nil || *s.Checked != *cluster.Agreed {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// differing is a server that found another state than others after the same
// entry; empty when there is none.
func differing(cluster client.Cluster) (id string) {
	found := map[uint64]string{}
	if a := cluster.Agreed; a != nil {
		found[a.Index] = a.Hash
	}
	for _, s := range cluster.Servers {
		if s.Checked == nil {
			continue
		}
		if hash, ok := found[s.Checked.Index]; ok && hash != s.Checked.Hash {
			return s.ID
		}
		found[s.Checked.Index] = s.Checked.Hash
	}
	return ""
}
