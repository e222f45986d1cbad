package controlplane

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"assay/controlplane/blob"
	"assay/controlplane/depot"
	"assay/controlplane/mesh"
	"assay/controlplane/peer"
	"assay/controlplane/replica"
	"assay/controlplane/retention"
	"assay/internal/lifecycle"
	"assay/judge"
)

// cluster is what a server has beyond one that is alone.
type cluster struct {
	cfg      *Cluster
	mesh     *mesh.Mesh
	links    *peer.Links
	identity *peer.Identity
	former   *peer.Former

	// These stand on the replica.
	replica  *replica.Replica
	log      *peer.Log
	members  *peer.Members
	mover    *peer.Mover
	belongs  *peer.Belonging
	followed *peer.Followed
	server   *peer.Server
	depot    *depot.Depot
	index    *retention.Index
}

// newCluster makes what the replica stands on.
func newCluster(cfg Config, log *slog.Logger) *cluster {
	c := &cluster{cfg: cfg.Cluster}
	c.mesh = mesh.New(mesh.Config{
		Cluster: c.cfg.Name, Address: c.cfg.Address, Accept: c.cfg.Accept, Dial: c.cfg.Dial, Connect: c.cfg.Connect,
	}, log)
	c.links = peer.NewLinks(c.mesh.Streams(mesh.Peer).Dial)
	c.identity = peer.NewIdentity(cfg.DataDir, cfg.NodeID, c.cfg.Name, c.cfg.Address, c.cfg.level(), c.cfg.Servers)
	c.former = peer.NewFormer(c.identity, c.links, c.cfg.Servers, log)
	return c
}

// configure lets raft reach the other servers.
func (c *cluster) configure(cfg replica.Config) replica.Config {
	cfg.Bootstrap, cfg.Layer, cfg.Form = false, c.mesh.Streams(mesh.Raft), c.former.Form
	cfg.TermOf = c.links.Term
	cfg.HeartbeatTimeout, cfg.ElectionTimeout, cfg.LeaseTimeout = c.cfg.Heartbeat, c.cfg.Election, c.cfg.Lease
	return cfg
}

// stand puts on the replica and the store what needs them.
func (c *cluster) stand(cfg Config, r *replica.Replica, store *blob.Store, languages func() []judge.Language, log *slog.Logger, reg prometheus.Registerer) {
	c.replica = r
	c.log = peer.NewLog(r, c.links)
	c.members = peer.NewMembers(r, c.links, c.cfg.level(), log)
	c.mover = peer.NewMover(c.former, r, c.members, log)
	c.belongs = peer.NewBelonging(c.former, r)
	c.followed = peer.NewFollowed(r, c.links)
	c.depot = depot.New(store, c.servers, c.links, log, reg)
	c.index = retention.NewIndex(c.depot)
	own := peer.Own{
		AgentsAddress: c.cfg.AgentsAddress, Version: cfg.Version,
		Languages: languages, Complete: c.depot.Complete,
	}
	c.server = peer.NewServer(own, c.identity, r, c.members, peerBlobs{store}, log)
}

func (c *cluster) servers() (self string, all []depot.Server) {
	s := c.replica.Status()
	for _, p := range s.Peers {
		all = append(all, depot.Server(p))
	}
	return s.ID, all
}

// run carries what goes between servers until ctx ends.
func (c *cluster) run(ctx context.Context) error {
	defer c.links.Close()
	return lifecycle.Together(ctx,
		func(ctx context.Context) error { return c.mesh.Run(ctx, c.cfg.Listener) },
		func(ctx context.Context) error { return c.server.Serve(ctx, c.mesh.Streams(mesh.Peer).Listen()) },
		c.log.Run,
		c.depot.Run,
	)
}

// edge is what a server with others does besides what one does that is alone.
func (c *cluster) edge(ctx context.Context) error {
	return lifecycle.Together(ctx, c.followed.Run, c.started, c.mover.Run, c.belongs.Run,
		func(ctx context.Context) error { return c.replica.Audit(ctx, c.log.Propose) },
		func(ctx context.Context) error { return c.depot.Repair(ctx, c.references, c.replica.Restored()) })
}

// halted notes what a replica that ended says of its data.
func (c *cluster) halted(err error) error {
	if errors.Is(err, replica.ErrDiverged) {
		return errors.Join(err, c.identity.Diverged())
	}
	return err
}

// lead is what a leader of others does besides one that is alone.
func (c *cluster) lead() []lifecycle.Run {
	return []lifecycle.Run{
		c.members.Lead,
		func(ctx context.Context) error { return c.replica.LeadChecks(ctx, c.cfg.CheckEvery) },
	}
}

// started notes that there is something in the log that must not be forgotten.
func (c *cluster) started(ctx context.Context) error {
	if c.replica.Ready(ctx) == nil {
		if err := c.identity.Started(); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}

func (c *cluster) references() (map[judge.Digest]bool, uint64, error) {
	index := c.replica.Index()
	all, err := c.index.References(c.replica.View())
	return all, index, err
}

// leaderURL is where the leader's HTTP is, by way of transport.
func (c *cluster) leaderURL() string {
	leader := c.replica.Leader()
	if leader.Address == "" || leader.Here {
		return ""
	}
	return "http://" + leader.Address
}

// transport carries requests that only the leader can answer.
func (c *cluster) transport() http.RoundTripper {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			return c.mesh.Streams(mesh.Web).Dial(ctx, address)
		},
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     time.Minute,
	}
}

// web is the requests that other servers pass on.
func (c *cluster) web() net.Listener { return c.mesh.Streams(mesh.Web).Listen() }

// peerBlobs is the local store as other servers see it.
type peerBlobs struct{ *blob.Store }

// Open opens what is here.
func (b peerBlobs) Open(d judge.Digest) (io.ReadCloser, error) {
	f, _, err := b.Store.Open(d)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Create begins a copy.
func (b peerBlobs) Create(ctx context.Context, reserved bool) (peer.BlobWriter, error) {
	create := b.Store.Create
	if reserved {
		create = b.CreateReserved
	}
	w, err := create(ctx)
	if err != nil {
		return nil, err
	}
	return w, nil
}
