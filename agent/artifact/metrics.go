package artifact

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	lookups   *prometheus.CounterVec
	evictions prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, size func() float64) *metrics {
	f := promauto.With(reg)
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "assay_artifact_store_bytes",
		Help: "Disk space that compiled programs take.",
	}, size)
	return &metrics{
		lookups: f.NewCounterVec(prometheus.CounterOpts{
			Name: "assay_artifact_lookups_total",
			Help: "Compilations asked for: answered from the store (hit), by one that went on (joined), or made (miss).",
		}, []string{"result"}),
		evictions: f.NewCounter(prometheus.CounterOpts{
			Name: "assay_artifact_evictions_total",
			Help: "Compiled programs removed to make room.",
		}),
	}
}
