package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"assay/agent"
	"assay/agent/uplink"
	"assay/internal/lifecycle"
	"assay/internal/tlsconf"
)

// agentOptions is what the settings of `assay agent` say.
type agentOptions struct {
	service
	servers  string
	http     string
	node     agent.Config
	identity *tlsconf.Identity
}

func runAgent(ctx context.Context, t terminal, args []string) int {
	o := &agentOptions{node: agent.DefaultConfig()}
	return runService(ctx, t, "agent", "[--config FILE] [flags]\n\nOne node: it runs submissions in boxes.", o, args)
}

func (o *agentOptions) declare(fs *flag.FlagSet) {
	o.service.declare(fs, "agent")
	fs.StringVar(&o.node.Node, "node.id", hostname(), "`name` of this node, unique in the cluster and the same after a restart")
	fs.StringVar(&o.servers, "agent.servers", "127.0.0.1:2359", "`addresses` of servers, for agents, with commas: any of them finds the leader")
	fs.StringVar(&o.http, "agent.http", "127.0.0.1:2361", "`address` of health and metrics")
	o.node.Flags(fs)
}

func (o *agentOptions) validate() error {
	if err := o.service.validate(); err != nil {
		return err
	}
	dialled := map[string]string{}
	var errs []error
	for i, address := range o.addresses() {
		if !reachable(address) {
			errs = append(errs, fmt.Errorf("agent.servers: %q is not HOST:PORT", address))
		}
		dialled[fmt.Sprintf("agent.servers[%d]", i)] = address
	}
	if len(dialled) == 0 {
		errs = append(errs, errors.New("agent.servers must name at least one server"))
	}
	identity, err := o.service.identity(tlsconf.Agent, dialled)
	o.identity = identity
	o.node.DataDir, o.node.Version = o.dataDir, version
	return errors.Join(append(errs, err, o.node.Validate())...)
}

func (o *agentOptions) addresses() (all []string) {
	for address := range strings.SplitSeq(o.servers, ",") {
		if address = strings.TrimSpace(address); address != "" {
			all = append(all, address)
		}
	}
	return all
}

func (o *agentOptions) credentials() credentials.TransportCredentials {
	if o.identity == nil {
		return insecure.NewCredentials()
	}
	return knocker{credentials.NewTLS(o.identity.Dial(tlsconf.Server))}
}

// serve runs until ctx ends, and then drains.
func (o *agentOptions) serve(ctx context.Context, t terminal) error {
	unlock, err := lockDir(o.dataDir)
	if err != nil {
		return err
	}
	defer unlock()
	web, err := listen("agent.http", o.http)
	if err != nil {
		return err
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	servers := uplink.NewServers(uplink.Static(o.addresses()...), uplink.Dial(o.credentials()))
	node := agent.New(o.node, servers, logTo(t.stderr, o.logLevel), reg)
	return lifecycle.Together(ctx, node.Run,
		func(ctx context.Context) error { return serveHealth(ctx, web, node.Ready(), reg) },
		func(ctx context.Context) error { return o.announce(ctx, t, node.Ready(), web.Addr()) })
}

// announce says once that the node takes work.
func (o *agentOptions) announce(ctx context.Context, t terminal, ready <-chan struct{}, health net.Addr) error {
	select {
	case <-ready:
		fmt.Fprintf(t.stdout, "assay %s agent %s takes work; its health is at http://%s\n", version, o.node.Node, health)
	case <-ctx.Done():
	}
	<-ctx.Done()
	return nil
}
