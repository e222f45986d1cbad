package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"assay/client"
)

func runLanguages(ctx context.Context, t terminal, args []string) int {
	var server connection
	fs := newFlags(t, "languages", "[--addr URL] [--json]")
	server.declare(fs, "")
	asJSON := fs.Bool("json", false, "print the list as JSON")
	if code, ok := fs.parseOnly(args); !ok {
		return code
	}
	return server.use(ctx, t, "languages", func(ctx context.Context, c *client.Client) int {
		list, err := c.Languages(ctx)
		if err != nil {
			return fail(ctx, t, "languages", err)
		}
		if *asJSON {
			_ = json.NewEncoder(t.stdout).Encode(list)
			return exitOK
		}
		printLanguages(t, list)
		return exitOK
	})
}

func printLanguages(t terminal, list []client.Language) {
	table := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "id\tname\tversion\taliases\t")
	for _, l := range list {
		version := l.Version
		if !l.Available {
			version = "unavailable: " + l.Reason
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t\n", l.ID, l.Name, version, strings.Join(l.Aliases, " "))
	}
	table.Flush()
}
