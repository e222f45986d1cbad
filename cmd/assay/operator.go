package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"assay/client"
	"assay/controlplane"
)

const operatorSynopsis = `raft peers [--addr URL]
       assay operator raft add ID ADDRESS
       assay operator raft remove ID
       assay operator raft transfer [ID]
       assay operator raft check [--addr URL]
       assay operator raft recover DIR [ADDRESS]
       assay operator raft snapshot save FILE
       assay operator raft snapshot restore FILE [--other-cluster]

Shows and changes which servers the cluster has. All but peers need the
operator's token. ADDRESS is what the server advertises for raft. Check has all
servers compare their states, and fails unless all have the same.

Recover is for when the majority of the servers is lost for good. It works on
the data directory of a server that does not run: without ADDRESS it says how
far the log there has come, with it the server becomes a cluster of its own,
which the others join with empty data directories.

A snapshot holds the whole state with its payloads. Restoring one replaces the
state of the cluster: what was acknowledged since it was saved is forgotten.`

func runOperator(ctx context.Context, t terminal, args []string) int {
	var server connection
	f := newFlags(t, "operator", operatorSynopsis)
	server.declare(f, defaultAddr)
	other := f.Bool("other-cluster", false, "restore a snapshot of a cluster of another name")
	operands, code, ok := f.parse(args)
	if !ok {
		return code
	}
	if len(operands) >= 3 && len(operands) <= 4 && operands[0] == "raft" && operands[1] == "recover" {
		if err := runRecover(t, operands[2:]); err != nil {
			return fail(ctx, t, "operator", err)
		}
		return exitOK
	}
	do := operation(t, operands)
	if do == nil {
		do = snapshotOperation(t, operands, *other)
	}
	if do == nil {
		return badUsage(t, "operator", "it takes: raft peers, raft add ID ADDRESS, raft remove ID, raft transfer [ID], raft check, raft recover DIR [ADDRESS], raft snapshot save FILE, or raft snapshot restore FILE")
	}
	return server.use(ctx, t, "operator", func(ctx context.Context, c *client.Client) int {
		if err := do(ctx, c); err != nil {
			return fail(ctx, t, "operator", err)
		}
		return exitOK
	})
}

// operation is what the operands ask for; nil when they make no sense.
func operation(t terminal, operands []string) func(context.Context, *client.Client) error {
	if len(operands) < 2 || operands[0] != "raft" {
		return nil
	}
	verb, of := operands[1], operands[2:]
	switch {
	case verb == "peers" && len(of) == 0:
		return func(ctx context.Context, c *client.Client) error { return printPeers(ctx, t, c) }
	case verb == "check" && len(of) == 0:
		return func(ctx context.Context, c *client.Client) error { return checkPeers(ctx, t, c) }
	case verb == "add" && len(of) == 2:
		return func(ctx context.Context, c *client.Client) error { return addServer(ctx, c, of[0], of[1]) }
	case verb == "remove" && len(of) == 1:
		return func(ctx context.Context, c *client.Client) error { return c.RemoveServer(ctx, of[0]) }
	case verb == "transfer" && len(of) <= 1:
		return func(ctx context.Context, c *client.Client) error {
			return c.TransferLeadership(ctx, append(of, "")[0])
		}
	}
	return nil
}

func addServer(ctx context.Context, c *client.Client, id, address string) error {
	if err := controlplane.CheckServer(id, address); err != nil {
		return wrongUsage{err}
	}
	return c.AddServer(ctx, id, address)
}

func printPeers(ctx context.Context, t terminal, c *client.Client) error {
	cluster, err := c.Cluster(ctx)
	if err != nil {
		return err
	}
	return tablePeers(t, cluster)
}

func tablePeers(t terminal, cluster client.Cluster) error {
	table := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "server\taddress\tstate\tvote\tchecked\thash\t")
	for _, s := range cluster.Servers {
		vote := "no"
		if s.Voter {
			vote = "yes"
		}
		checked, hash := "-", "-"
		if s.Checked != nil {
			checked, hash = fmt.Sprint(s.Checked.Index), s.Checked.Hash
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t\n", s.ID, s.Address, s.State, vote, checked, hash)
	}
	return table.Flush()
}
