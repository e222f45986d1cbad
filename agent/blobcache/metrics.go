package blobcache

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	misses, evicted, fetched, stored prometheus.Counter
	bytes                            prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) metrics {
	with := promauto.With(reg)
	counter := func(name, help string) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	return metrics{
		misses:  counter("assay_blobcache_misses_total", "Payloads that had to be fetched: does the working set fit?"),
		evicted: counter("assay_blobcache_evictions_total", "Payloads that were dropped to make room."),
		fetched: counter("assay_blobcache_fetched_bytes_total", "Bytes that were fetched from servers."),
		stored:  counter("assay_blobcache_stored_bytes_total", "Bytes that were stored on servers."),
		bytes: with.NewGauge(prometheus.GaugeOpts{
			Name: "assay_blobcache_bytes", Help: "Bytes of payloads on disk.",
		}),
	}
}
