// Simulate prints how the scheduler does with a hundred nodes and a million
// submissions, in simulated time.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"

	"assay/controlplane/dispatch/simulate"
)

func main() {
	seed := flag.Uint64("seed", 1, "of everything that is drawn by lot")
	small := flag.Int("small", 10_000, "submissions in the small scenarios")
	large := flag.Int("large", 1_000_000, "submissions in the large ones")
	only := flag.String("only", "", "run the scenarios whose name contains this")
	profile := flag.String("cpuprofile", "", "write a profile of the run here")
	asJSON := flag.Bool("json", false, "print JSON, a report a line, instead of a table")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			defer f.Close()
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "simulate:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if err := run(simulate.Standard(*seed, *small, *large), *only, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

func run(scenarios []simulate.Scenario, only string, asJSON bool) error {
	out := json.NewEncoder(os.Stdout)
	var reports []simulate.Report
	for _, sc := range scenarios {
		if !strings.Contains(sc.Name, only) {
			continue
		}
		r := simulate.Run(sc)
		reports = append(reports, r)
		if !asJSON {
			fmt.Fprintf(os.Stderr, "%s: %d submissions simulated\n", r.Scenario, r.Requests)
		} else if err := out.Encode(r); err != nil {
			return err
		}
	}
	if asJSON {
		return nil
	}
	return table(os.Stdout, reports)
}
