package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"assay/client"
	"assay/controlplane/dispatch"
	"assay/controlplane/fleet"
	"assay/controlplane/intake"
	"assay/controlplane/progress"
	"assay/controlplane/queue"
	"assay/controlplane/replica"
	"assay/controlplane/state"
	"assay/controlplane/tenant"
	"assay/internal/jsonbody"
)

// Log is where submissions are looked up and waited for. A replica is one.
type Log interface {
	View() state.View
	// Get is View().Get, and cheaper.
	Get(id string) (state.Record, bool)
	Await(ctx context.Context, id string) (state.Record, error)
	Status() replica.Status
}

// Events tells what happens to submissions that are followed, see Dispatch. A
// progress.Hub does.
type Events interface {
	Subscribe(ctx context.Context, id string, after progress.ID) ([]progress.Event, <-chan progress.Event)
}

// Fleet is the agents that are attached to this server.
type Fleet interface {
	Agents() []fleet.Agent
	Drain(node string) error
}

// Dispatch is what the leader does with what waits. A dispatch.Dispatcher is
// one; between terms it knows nothing.
type Dispatch interface {
	Running(id string) (dispatch.Running, bool)
	Depths() []queue.Depth
	// Follow has Events tell what happens to a submission, from the beginning of
	// the attempt that runs, as long as this term lasts. It is false when there is
	// no term to take that in. To ask again costs nothing.
	Follow(ctx context.Context, id string) bool
}

// Parts are what the API stands on. The functions must not wait.
type Parts struct {
	Log      Log
	Blobs    intake.Blobs
	Intake   *intake.Intake
	Tenants  *tenant.Registry
	Events   Events
	Fleet    Fleet
	Dispatch Dispatch
	// LeaderURL is where the leader's HTTP can be reached from here, as in
	// http://10.0.0.7:2358; empty when there is none or it is not known.
	LeaderURL func() string
	// LeaderTransport gets there; nil is the default one.
	LeaderTransport http.RoundTripper
	// Index covers everything that this server has shown or had carried out,
	// and Reach waits until it shows as much; nil on a server that is alone.
	// With them Intake and Log are such that writes need not be handed on.
	Index func() uint64
	Reach func(ctx context.Context, index uint64) error
	// Fresh makes Log show everything that was acknowledged by anybody before the
	// call, or says that it cannot; nil when Log always does.
	Fresh func(ctx context.Context) error
	// Members changes the cluster; nil on a server that is alone.
	Members Members
	// Unreachable names the servers that this one cannot reach now; nil on a
	// server that is alone.
	Unreachable func(ctx context.Context) map[string]bool
	Snapshots   Snapshots
	// Ready says why this server cannot accept submissions, beyond having no
	// leader; nil when it can.
	Ready   func() error
	Metrics http.Handler // of GET /metrics
	Version string
}

// API is the native HTTP face. It is safe for concurrent use and has nothing
// to close.
type API struct {
	Parts
	cfg         Config
	log         *slog.Logger
	metrics     metrics
	hosts       map[string]bool
	slots       *places // one for each large body that is being read
	loads       *places // one for each large result that is in memory
	followers   atomic.Int64
	submissions *jsonbody.Decoder[submissionBody]
	batches     *jsonbody.Decoder[batchBody]
	suites      *jsonbody.Decoder[suiteBody]
	routes      []route
	handler     http.Handler
}

// Bodies as they are read: long texts are not in memory.
type (
	text           = jsonbody.Text
	submissionBody = client.RequestOf[text]
	batchBody      = client.BatchRequestOf[text]
	suiteBody      = client.SuiteRequestOf[text]
)

// New makes the face of a server. The API is an http.Handler; its server needs
// a ReadHeaderTimeout, and must have neither ReadTimeout nor WriteTimeout:
// bodies and answers have deadlines of their own.
func New(cfg Config, parts Parts, log *slog.Logger, reg prometheus.Registerer) *API {
	a := &API{
		Parts: parts, cfg: cfg, log: log.With("component", "api"), metrics: newMetrics(reg),
		hosts:       hostSet(cfg.Hosts),
		slots:       newPlaces("bodies", cfg.LargeBodies),
		loads:       newPlaces("results", cfg.LargeBodies),
		submissions: jsonbody.New[submissionBody](jsonbody.Limits{Memory: 8 << 20}),
		batches:     jsonbody.New[batchBody](jsonbody.Limits{Memory: 16 << 20}),
		suites:      jsonbody.New[suiteBody](jsonbody.Limits{Memory: 16 << 20}),
	}
	a.routes = a.table()
	a.handler = a.router()
	return a
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

func hostSet(list string) map[string]bool {
	hosts := map[string]bool{"localhost": true}
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			hosts[strings.ToLower(name)] = true
		}
	}
	return hosts
}
