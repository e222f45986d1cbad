package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// options is what the flags say.
type options struct {
	assay   string
	dir     string
	seed    uint64
	rounds  int
	minutes float64
	deeds   string
	rate    int
	agents  int
}

func main() {
	var o options
	var node nodeOptions
	flag.StringVar(&o.assay, "assay", "bin/assay", "the `program` to treat badly")
	flag.StringVar(&o.dir, "dir", "", "`folder` for data; empty: the system's for temporary files")
	flag.Uint64Var(&o.seed, "seed", 1, "what happens follows from this `number`")
	flag.IntVar(&o.rounds, "rounds", 0, "end after so many `rounds`; 0: only when the minutes are over")
	flag.Float64Var(&o.minutes, "minutes", 2, "end after so many `minutes`; 0: only when the rounds are over")
	flag.StringVar(&o.deeds, "deeds", "", "do only these, in turn, `names` with commas: "+strings.Join(names(deeds), ", "))
	flag.IntVar(&o.rate, "rate", 100, "submissions a `second`")
	flag.IntVar(&o.agents, "agents", 3, "nodes")
	outside := flag.Bool("outside", false, "as root, use no namespaces: fewer deeds")
	node.flags()
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := o.validate()
	switch {
	case node.name != "":
		err = node.run(ctx)
	case err == nil && os.Geteuid() == 0 && !*outside && !enclosed():
		os.Exit(enclose(ctx))
	case err == nil:
		err = run(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

func (o options) validate() error {
	if o.rounds <= 0 && o.minutes <= 0 {
		return errors.New("without rounds and without minutes it would never end")
	}
	if o.rate < 1 || o.agents < 2 {
		return errors.New("it takes a submission a second and two nodes at least")
	}
	_, err := choose(o.deeds)
	return err
}

// run is all of it: a world, deeds, verdict.
func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp(o.dir, "assay-chaos-")
	if err != nil {
		return err
	}
	if o.assay, err = filepath.Abs(o.assay); err != nil {
		return err
	}
	w, err := newWorld(ctx, o, dir)
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	err = w.live(ctx)
	if errClose := w.close(); errClose != nil {
		err = errors.Join(err, errClose)
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("seed %d: %w\ndata and logs stay in %s", o.seed, err, dir)
	}
	return errors.Join(err, os.RemoveAll(dir))
}

// note tells those who wait what is going on.
func note(format string, args ...any) {
	fmt.Printf(time.Now().Format("15:04:05.000")+" "+format+"\n", args...)
}
