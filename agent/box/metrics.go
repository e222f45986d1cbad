package box

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	boxes         *prometheus.GaugeVec
	resetFailures prometheus.Counter
	openFailures  prometheus.Counter
	wait          prometheus.Histogram
	grown, shrunk prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	changes := f.NewCounterVec(prometheus.CounterOpts{
		Name: "assay_box_pool_changes_total",
		Help: "Boxes added because work waited for a clean one, and spare ones given up: grown or shrunk.",
	}, []string{"direction"})
	return &metrics{
		boxes: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "assay_box_pool_boxes",
			Help: "Boxes by what they do now: opening, ready, running or resetting.",
		}, []string{"state"}),
		resetFailures: f.NewCounter(prometheus.CounterOpts{
			Name: "assay_box_reset_failures_total",
			Help: "Boxes thrown away because they could not be made clean again.",
		}),
		openFailures: f.NewCounter(prometheus.CounterOpts{
			Name: "assay_box_open_failures_total",
			Help: "Attempts to open a box that failed and were made again.",
		}),
		wait: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "assay_box_wait_seconds",
			Help:    "How long work waited for a box.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 4, 10),
		}),
		grown: changes.WithLabelValues("grown"), shrunk: changes.WithLabelValues("shrunk"),
	}
}

// in counts one box in a state until the returned function is called.
func (m *metrics) in(state string) func() {
	g := m.boxes.WithLabelValues(state)
	g.Inc()
	return g.Dec
}
