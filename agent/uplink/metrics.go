package uplink

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	attached    prometheus.Gauge
	running     prometheus.Gauge
	unacked     prometheus.Gauge
	assignments prometheus.Counter
	faults      prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) metrics {
	with := promauto.With(reg)
	attempts := with.NewGaugeVec(prometheus.GaugeOpts{
		Name: "assay_uplink_attempts",
		Help: "Attempts that the agent holds, by whether they run or wait to be acknowledged.",
	}, []string{"state"})
	return metrics{
		running: attempts.WithLabelValues("running"),
		unacked: attempts.WithLabelValues("unacked"),
		attached: with.NewGauge(prometheus.GaugeOpts{
			Name: "assay_uplink_attached",
			Help: "1 while the agent is attached to a leader.",
		}),
		assignments: with.NewCounter(prometheus.CounterOpts{
			Name: "assay_uplink_assignments_total",
			Help: "Attempts that the agent was given.",
		}),
		faults: with.NewCounter(prometheus.CounterOpts{
			Name: "assay_uplink_faults_total",
			Help: "Attempts that failed through a fault of this node: is the node sick?",
		}),
	}
}
