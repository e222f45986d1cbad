package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"assay/internal/fakeagent"
	"assay/internal/process"
)

// nodeOptions is for this command as a node.
type nodeOptions struct{ name, servers, dir string }

const nodeBoxes = 16

func (o *nodeOptions) flags() {
	flag.StringVar(&o.name, "node", "", "be a node of this `name` (for this command itself)")
	flag.StringVar(&o.servers, "node-servers", "", "`addresses` of servers, with commas (for this command itself)")
	flag.StringVar(&o.dir, "node-dir", "", "`folder` of the node (for this command itself)")
}

func (o nodeOptions) run(ctx context.Context) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	cfg := fakeagent.Config{Node: o.name, Boxes: nodeBoxes, Servers: strings.Split(o.servers, ","), Dir: o.dir}
	return fakeagent.Run(ctx, cfg, log)
}

// node is one that runs, or did.
type node struct {
	name    string
	part    *part // nil: where the clients are
	command []string
	*process.Process
}

func (n *node) launch() (err error) {
	if n.Process, err = process.Start(n.command[0], n.command[1:]...); err != nil {
		return fmt.Errorf("start node %s: %w", n.name, err)
	}
	return nil
}

// gone reports whether a process that was started has ended.
func gone(p *process.Process) bool {
	select {
	case <-p.Exited():
		return true
	default:
		return false
	}
}
