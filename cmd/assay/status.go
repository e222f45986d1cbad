package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"assay/client"
)

const defaultAddr = "http://127.0.0.1:2358"

// status is everything that `assay status --json` prints.
type status struct {
	Cluster client.Cluster `json:"cluster"`
	Agents  []client.Agent `json:"agents"`
}

func runStatus(ctx context.Context, t terminal, args []string) int {
	var server connection
	fs := newFlags(t, "status", "[--addr URL] [--json]")
	server.declare(fs, defaultAddr)
	asJSON := fs.Bool("json", false, "print the state as JSON")
	if code, ok := fs.parseOnly(args); !ok {
		return code
	}
	return server.use(ctx, t, "status", func(ctx context.Context, c *client.Client) int {
		s, err := fetchStatus(ctx, c)
		if err != nil {
			return fail(ctx, t, "status", err)
		}
		if *asJSON {
			_ = json.NewEncoder(t.stdout).Encode(s)
			return exitOK
		}
		s.print(t)
		return exitOK
	})
}

func fetchStatus(ctx context.Context, c *client.Client) (s status, err error) {
	if s.Cluster, err = c.Cluster(ctx); err != nil || s.Cluster.Leader == "" {
		return s, err // agents are attached to leaders
	}
	s.Agents, err = c.Agents(ctx)
	return s, err
}

func (s status) print(t terminal) {
	leader := s.Cluster.Leader
	if leader == "" {
		leader = "none"
	}
	fmt.Fprintf(t.stdout, "leader %s, term %d, %d servers\n", leader, s.Cluster.Term, len(s.Cluster.Servers))
	fmt.Fprintf(t.stdout, "queue  %d waiting or running, %d of them running\n", s.Cluster.Queue.Queued, s.Cluster.Queue.Running)
	for _, class := range slices.Sorted(maps.Keys(s.Cluster.Queue.Priority)) {
		fmt.Fprintf(t.stdout, "       %s %d\n", class, s.Cluster.Queue.Priority[class])
	}
	fmt.Fprintln(t.stdout)
	printAgents(t, s.Agents)
}

func printAgents(t terminal, agents []client.Agent) {
	table := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "agent\tstate\tboxes\tbusy\tsubmissions\tlanguages\tclass\tspeed\tcpu\t")
	for _, a := range agents {
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%s\t%.0f\t%s\t\n",
			a.ID, a.State, a.Boxes, a.BoxesBusy, a.Leases, len(a.Languages), a.NodeClass, a.Speed, a.CPUModel)
	}
	table.Flush()
	for _, a := range agents {
		if a.Reason != "" {
			fmt.Fprintf(t.stdout, "%s is aside: %s\n", a.ID, a.Reason)
		}
	}
}

func runAgents(ctx context.Context, t terminal, args []string) int {
	var server connection
	fs := newFlags(t, "agents", "[drain ID] [--addr URL]")
	server.declare(fs, defaultAddr)
	operands, code, ok := fs.parse(args)
	if !ok {
		return code
	}
	switch {
	case len(operands) == 0:
		return server.use(ctx, t, "agents", func(ctx context.Context, c *client.Client) int {
			agents, err := c.Agents(ctx)
			if err != nil {
				return fail(ctx, t, "agents", err)
			}
			printAgents(t, agents)
			return exitOK
		})
	case len(operands) == 2 && operands[0] == "drain":
		return server.use(ctx, t, "agents", func(ctx context.Context, c *client.Client) int {
			if err := c.Drain(ctx, operands[1]); err != nil {
				return fail(ctx, t, "agents", err)
			}
			return exitOK
		})
	}
	return badUsage(t, "agents", "it takes nothing, or: drain ID")
}
