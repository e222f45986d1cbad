// Command demo starts `assay dev`, hands in a real problem with 20 tests
// written in every language that the machine has, and programs that must fail
// each in its own way, and prints a table of verdicts and times. It ends with
// exit code 1 unless every verdict is the expected one.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"assay/client"
	"assay/internal/devserver"
)

func main() {
	binary := flag.String("assay", "bin/assay", "the program to demonstrate")
	problem := flag.String("problem", "examples/lcs", "directory of the problem")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *binary, *problem); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, problem string) (err error) {
	entries, err := readProblem(problem)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "assay-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	starting, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	server, err := devserver.Start(starting, binary, dir)
	if err != nil {
		return err
	}
	defer func() {
		stopping, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if stopErr := server.Stop(stopping); err == nil {
			err = stopErr
		}
	}()
	c := client.New(server.URL)
	c.Patience = 5 * time.Minute
	return demonstrate(ctx, c, entries)
}

func demonstrate(ctx context.Context, c *client.Client, entries []entry) error {
	fmt.Printf("judging %d programs; what their languages need is prepared first, which may take a minute\n\n", len(entries))
	start := time.Now()
	var all sync.WaitGroup
	for i := range entries {
		all.Go(func() { entries[i].judge(ctx, c) })
	}
	all.Wait()
	wrong := printTable(entries)
	fmt.Printf("\n%d programs in %.1f s\n", len(entries), time.Since(start).Seconds())
	if wrong > 0 {
		return fmt.Errorf("%d verdicts are not the expected ones", wrong)
	}
	return nil
}

// printTable returns how many entries did not get the expected verdict.
func printTable(entries []entry) (wrong int) {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "program\tlanguage\tverdict\tpassed\tcompile ms\ttests ms\tmax cpu ms\tmax memory KiB\t")
	for _, e := range entries {
		fmt.Fprintln(table, e.row())
		if e.failed() {
			wrong++
		}
	}
	table.Flush()
	return wrong
}
