package depot

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct{ copied, failed, fetched prometheus.Counter }

func newMetrics(reg prometheus.Registerer) metrics {
	f := promauto.With(reg)
	copies := f.NewCounterVec(prometheus.CounterOpts{
		Name: "assay_depot_copies_total",
		Help: "How many copies of blobs were stored on other servers, and how many could not be?",
	}, []string{"outcome"})
	return metrics{
		copied: copies.WithLabelValues("stored"), failed: copies.WithLabelValues("failed"),
		fetched: f.NewCounter(prometheus.CounterOpts{
			Name: "assay_depot_fetches_total",
			Help: "How many blobs were missing here and came from another server?",
		}),
	}
}
