package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsimple"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"assay/controlplane"
	"assay/controlplane/tenant"
	"assay/internal/garbage"
	"assay/internal/lifecycle"
	"assay/internal/tlsconf"
)

// serverOptions is what the settings of `assay server` say.
type serverOptions struct {
	service
	id            string
	http, grpc    string // addresses that are bound
	advertiseGRPC string
	raft          string
	advertiseRaft string
	tenants       string
	operatorToken string // file
	plane         controlplane.Config
	cluster       controlplane.Cluster
	identity      *tlsconf.Identity
}

func runServer(ctx context.Context, t terminal, args []string) int {
	o := &serverOptions{plane: controlplane.DefaultConfig()}
	return runService(ctx, t, "server", "[--config FILE] [flags]\n\nOne server of the control plane.", o, args)
}

func (o *serverOptions) declare(fs *flag.FlagSet) {
	o.service.declare(fs, "server")
	fs.StringVar(&o.id, "server.id", hostname(), "`name` of this server in the cluster, for ever")
	fs.StringVar(&o.http, "server.http", "127.0.0.1:2358", "`address` that HTTP is answered on")
	fs.StringVar(&o.grpc, "server.grpc", "127.0.0.1:2359", "`address` that agents are answered on")
	fs.StringVar(&o.advertiseGRPC, "server.advertise-grpc", "", "`address` that agents reach this server at, when it is not server.grpc")
	fs.StringVar(&o.tenants, "server.tenants", "", "HCL `file` of tenants and the digests of their tokens")
	fs.StringVar(&o.operatorToken, "server.operator-token-file", "", "`file` with a token for every scope, the same on all servers")
	fs.StringVar(&o.raft, "raft.address", "127.0.0.1:2360", "`address` that other servers are answered on")
	fs.StringVar(&o.advertiseRaft, "raft.advertise", "", "`address` that other servers reach this one at, when neither raft.servers nor raft.address says so")
	o.cluster.Flags(fs)
	o.plane.Flags(fs)
}

func (o *serverOptions) validate() error {
	if err := errors.Join(o.addresses(), o.service.validate()); err != nil {
		return err
	}
	identity, err := o.service.identity(tlsconf.Server, map[string]string{"raft.address": o.raft, "server.grpc": o.grpc})
	o.identity = identity
	host, _, _ := net.SplitHostPort(o.http)
	o.plane.Tenants.Loopback = isLoopback(host)
	o.plane.NodeID, o.plane.DataDir, o.plane.Version = o.id, o.dataDir, version
	o.cluster.Address, o.cluster.AgentsAddress = o.advertiseRaft, o.advertiseGRPC
	o.plane.Cluster = &o.cluster
	if identity != nil {
		o.cluster.Accept, o.cluster.Dial = identity.Accept(tlsconf.Server), identity.Dial(tlsconf.Server)
		o.plane.AgentsTLS = agentsTLS(identity)
	}
	return errors.Join(err, o.readTenants(), o.cluster.Validate(), o.plane.Validate())
}

// agentsTLS is that of a gRPC door: HTTP/2 is negotiated.
func agentsTLS(identity *tlsconf.Identity) *tls.Config {
	c := identity.Accept(tlsconf.Agent, tlsconf.Server)
	c.NextProtos = []string{"h2"}
	return c
}

// addresses settles where others reach this server.
func (o *serverOptions) addresses() error {
	var errs []error
	for setting, address := range map[string]string{"server.http": o.http, "server.grpc": o.grpc, "raft.address": o.raft} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			errs = append(errs, fmt.Errorf("%s is HOST:PORT: %w", setting, err))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if o.advertiseRaft == "" {
		o.advertiseRaft = o.raft
		for _, s := range o.cluster.Servers {
			if s.ID == o.id {
				o.advertiseRaft = s.Address
			}
		}
	}
	if !reachable(o.advertiseRaft) {
		return fmt.Errorf("raft.advertise must name the address that other servers reach this one at: %s is none", o.advertiseRaft)
	}
	if o.advertiseGRPC == "" {
		o.advertiseGRPC = o.grpc
		if host, _, _ := net.SplitHostPort(o.advertiseRaft); !reachable(o.grpc) {
			o.advertiseGRPC = net.JoinHostPort(host, portOf(o.grpc))
		}
	}
	if len(o.cluster.Servers) == 0 { // a cluster of one, which others can join
		o.cluster.Alone(o.id, o.advertiseRaft)
	}
	return nil
}

func (o *serverOptions) readTenants() error {
	if o.tenants != "" {
		if _, err := os.Stat(o.tenants); err != nil {
			return fmt.Errorf("server.tenants: %w", err)
		}
		if err := hclsimple.DecodeFile(o.tenants, nil, &o.plane.Tenants); err != nil {
			return err
		}
	}
	if o.operatorToken == "" {
		return nil
	}
	data, err := os.ReadFile(o.operatorToken)
	if err != nil {
		return fmt.Errorf("server.operator-token-file: %w", err)
	}
	token := strings.TrimSpace(string(data))
	if len(token) < 16 {
		return fmt.Errorf("server.operator-token-file: the token in %s is too short to be secret", o.operatorToken)
	}
	o.plane.Tenants.OperatorToken = token
	return nil
}

// serve runs until ctx ends.
func (o *serverOptions) serve(ctx context.Context, t terminal) error {
	unlock, err := lockDir(o.dataDir)
	if err != nil {
		return err
	}
	defer unlock()
	if err := o.makeToken(); err != nil {
		return err
	}
	var open []net.Listener
	for _, l := range []struct{ setting, address string }{
		{"server.http", o.http}, {"server.grpc", o.grpc}, {"raft.address", o.raft},
	} {
		bound, err := listen(l.setting, l.address)
		if err != nil {
			return err // the process ends, and with it what is open
		}
		open = append(open, bound)
	}
	o.cluster.Listener = open[2]
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	plane, err := controlplane.New(o.plane, logTo(t.stderr, o.logLevel), reg)
	if err != nil {
		return err
	}
	ready, stop := context.WithCancel(ctx)
	announced := make(chan struct{})
	go func() {
		defer close(announced)
		if plane.Ready(ready) == nil {
			fmt.Fprintf(t.stdout, "assay %s server %s answers at http://%s\n", version, o.id, open[0].Addr())
		}
	}()
	err = lifecycle.Together(ctx, garbage.Run, func(ctx context.Context) error { return plane.Run(ctx, open[0], open[1]) })
	stop()
	<-announced
	return err
}

// makeToken makes up an operator's token when none was given and nobody else
// has one: it is good at this server while that leads.
func (o *serverOptions) makeToken() error {
	if o.plane.Tenants.OperatorToken != "" || len(o.plane.Tenants.Tokens) > 0 {
		return nil
	}
	o.plane.Tenants.OperatorToken = tenant.NewToken()
	return writeToken(filepath.Join(o.dataDir, "operator-token"), o.plane.Tenants.OperatorToken)
}
