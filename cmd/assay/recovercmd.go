package main

import (
	"errors"
	"fmt"
	"log/slog"

	"assay/controlplane"
)

// runRecover works on a data directory, not on a server: the server is not to
// run. Without an address it only looks.
func runRecover(t terminal, operands []string) error {
	dir := operands[0]
	if len(operands) == 1 {
		f, err := controlplane.Inspect(dir, logTo(t.stderr, slog.LevelWarn))
		if err == nil {
			printFound(t, f)
		}
		return absent(err)
	}
	if !reachable(operands[1]) {
		return wrongUsage{errors.New("ADDRESS is the HOST:PORT that other servers will reach this one at")}
	}
	f, err := controlplane.Recover(dir, operands[1], logTo(t.stderr, slog.LevelWarn))
	if err != nil {
		return absent(err)
	}
	printFound(t, f)
	fmt.Fprintf(t.stdout, "recovered: server %s is now a cluster of its own; empty the data directories of all others before they are started\n", f.Server)
	return nil
}

func printFound(t terminal, f controlplane.Found) {
	fmt.Fprintf(t.stdout, "server %s of the cluster %q, log up to entry %d of term %d\n", f.Server, f.Cluster, f.Index, f.Term)
	for _, p := range f.Servers {
		vote := "no vote"
		if p.Voter {
			vote = "vote"
		}
		fmt.Fprintf(t.stdout, "  %s %s %s\n", p.ID, p.Address, vote)
	}
}
