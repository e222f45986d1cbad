package blob

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	blobs  prometheus.Gauge
	bytes  prometheus.Gauge
	commit prometheus.Histogram
}

func newMetrics(reg prometheus.Registerer, s *Store) *metrics {
	f := promauto.With(reg)
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "assay_blob_read_only",
		Help: "Has an fsync failed (1), so that this server takes no payloads until it is restarted?",
	}, func() float64 {
		if s.ReadOnly() != nil {
			return 1
		}
		return 0
	})
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "assay_blob_free_bytes",
		Help: "How much room is left on the disk of the payloads?",
	}, func() float64 { free, _ := s.Free(); return float64(free) })
	return &metrics{
		blobs: f.NewGauge(prometheus.GaugeOpts{Name: "assay_blob_blobs", Help: "How many payloads are stored?"}),
		bytes: f.NewGauge(prometheus.GaugeOpts{Name: "assay_blob_bytes", Help: "How many bytes of payloads are stored?"}),
		commit: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "assay_blob_commit_seconds",
			Help:    "How long does it take to make a payload durable?",
			Buckets: prometheus.ExponentialBuckets(0.0002, 2, 16),
		}),
	}
}

func (m *metrics) add(blobs, bytes int64) {
	m.blobs.Add(float64(blobs))
	m.bytes.Add(float64(bytes))
}
