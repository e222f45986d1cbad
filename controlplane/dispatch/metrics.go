package dispatch

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	wait      *prometheus.HistogramVec
	assigned  prometheus.Counter
	lost      prometheus.Counter
	retried   prometheus.Counter
	leases    prometheus.Gauge
	depth     *prometheus.GaugeVec
	recovered prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) metrics {
	with := promauto.With(reg)
	return metrics{
		wait: with.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "assay_dispatch_wait_seconds",
			Help:    "Time from acceptance to an assignment: how long do submissions wait for an agent?",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 10),
		}, []string{"priority"}),
		assigned: with.NewCounter(prometheus.CounterOpts{
			Name: "assay_dispatch_assignments_total",
			Help: "Attempts that were given to agents.",
		}),
		lost: with.NewCounter(prometheus.CounterOpts{
			Name: "assay_dispatch_lost_attempts_total",
			Help: "Attempts that were lost to silent, restarted or faulty agents and to deadlines.",
		}),
		retried: with.NewCounter(prometheus.CounterOpts{
			Name: "assay_dispatch_unknown_outcomes_total",
			Help: "Commands whose outcome was unknown, so that they were proposed again.",
		}),
		leases: with.NewGauge(prometheus.GaugeOpts{
			Name: "assay_dispatch_leases",
			Help: "Attempts that agents hold; 0 on a server that does not lead.",
		}),
		depth: with.NewGaugeVec(prometheus.GaugeOpts{
			Name: "assay_dispatch_waiting",
			Help: "Submissions that wait for an agent, by class; 0 on a server that does not lead.",
		}, []string{"priority"}),
		recovered: with.NewGauge(prometheus.GaugeOpts{
			Name: "assay_dispatch_recovering",
			Help: "Submissions held back at the start of a term for agents to claim.",
		}),
	}
}
