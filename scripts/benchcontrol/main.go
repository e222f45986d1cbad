package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options is what the flags say.
type options struct {
	assay       string
	dir         string
	sizes       []int
	tests       int
	agents      int
	boxes       int
	connections int
	inline      bool
	queued      int
	overload    bool
}

func main() {
	o := options{sizes: []int{20, 100, 1000, 10_000}}
	flag.StringVar(&o.assay, "assay", "bin/assay", "the `program` to measure")
	flag.StringVar(&o.dir, "dir", "", "`folder` on the disk to measure; empty: the system's for temporary files")
	flag.Func("sizes", "`numbers` of submissions at once (default 20,100,1000,10000)", o.setSizes)
	flag.IntVar(&o.tests, "tests", 20, "tests of a submission")
	flag.IntVar(&o.agents, "agents", 4, "nodes")
	flag.IntVar(&o.boxes, "boxes", 64, "submissions that a node takes at one time")
	flag.IntVar(&o.connections, "connections", 256, "connections of the load")
	flag.BoolVar(&o.inline, "inline", false, "send the tests with each submission, all different, in place of a stored suite")
	flag.IntVar(&o.queued, "queued", 0, "also measure memory and restart with so many submissions queued; minutes")
	flag.BoolVar(&o.overload, "overload", false, "also offer five times what the nodes can do")
	asJSON := flag.Bool("json", false, "print JSON in place of a table")
	echo := flag.Bool("echo", false, "be the server that others are compared with (for this command itself)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := runEcho
	if !*echo {
		err = func(ctx context.Context) error { return run(ctx, o, *asJSON) }
	}
	if err := err(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "benchcontrol:", err)
		os.Exit(1)
	}
}

func (o *options) setSizes(list string) error {
	o.sizes = nil
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return errors.New("want positive numbers with commas")
		}
		o.sizes = append(o.sizes, n)
	}
	return nil
}

func run(ctx context.Context, o options, asJSON bool) (err error) {
	dir, err := os.MkdirTemp(o.dir, "assay-benchcontrol-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o.dir = dir
	r, err := measure(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		if missed := r.missed(); missed > 0 && err == nil {
			err = fmt.Errorf("%d bars are missed", missed)
		}
	}()
	if asJSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	return r.table(os.Stdout)
}

// measure does everything in turn, so that nothing disturbs anything else.
func measure(ctx context.Context, o options) (r report, err error) {
	if r.Disk, err = measureDisk(o.dir); err != nil {
		return r, err
	}
	if r.Echo, err = measureEcho(ctx, o); err != nil {
		return r, err
	}
	if r.Commands, err = measureCommands(ctx, o.dir); err != nil {
		return r, err
	}
	w, err := startWorld(ctx, o, "bursts")
	if err != nil {
		return r, err
	}
	if err := w.measureBursts(ctx, &r); err != nil {
		return r, errors.Join(err, w.Logs(), w.close())
	}
	if err := w.close(); err != nil {
		return r, err
	}
	if o.overload {
		if r.Overload, err = measureOverload(ctx, o); err != nil {
			return r, err
		}
	}
	if o.queued > 0 {
		if r.Queue, err = measureQueue(ctx, o); err != nil {
			return r, err
		}
	}
	r.ratios()
	r.bars()
	return r, nil
}

// note tells those who wait what is going on.
func note(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}
