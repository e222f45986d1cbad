package api

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	requests  *prometheus.HistogramVec
	large     prometheus.Gauge
	followers prometheus.Gauge
	forwarded prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) metrics {
	f := promauto.With(reg)
	return metrics{
		requests: f.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "assay_api_request_seconds",
			Help:    "How long do requests take, waiting included, and how do they end?",
			Buckets: prometheus.ExponentialBuckets(0.0005, 4, 9),
		}, []string{"method", "route", "code"}),
		large: f.NewGauge(prometheus.GaugeOpts{
			Name: "assay_api_large_bodies",
			Help: "How many of the slots for large bodies are taken?",
		}),
		followers: f.NewGauge(prometheus.GaugeOpts{
			Name: "assay_api_followers",
			Help: "How many event streams are open?",
		}),
		forwarded: f.NewCounter(prometheus.CounterOpts{
			Name: "assay_api_forwarded_total",
			Help: "How many requests went on to the leader?",
		}),
	}
}

func (m metrics) observe(to route, status int, took time.Duration) {
	m.requests.WithLabelValues(to.method, to.path, strconv.Itoa(status)).Observe(took.Seconds())
}
