package replica

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	commit   prometheus.Histogram
	commands prometheus.Histogram
	writes   prometheus.Histogram
	resets   prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, r *Replica) *metrics {
	f := promauto.With(reg)
	gauge := func(name, help string, read func() float64) {
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read)
	}
	gauge("assay_replica_leading", "Does this server lead (1) or not (0)?", func() float64 {
		if now, _ := r.board.get(); now.term != 0 {
			return 1
		}
		return 0
	})
	gauge("assay_replica_applied_index", "How far has this server come in the log?", func() float64 {
		return float64(r.Status().Applied)
	})
	gauge("assay_replica_agreed_index", "At which entry was the state here last found to be that of the majority?", func() float64 {
		return float64(r.agreed.Load())
	})
	gauge("assay_replica_queued", "How many submissions are neither finished nor cancelled?", func() float64 {
		return float64(r.View().Counts().Queued)
	})
	gauge("assay_replica_submissions", "How many submissions does the state hold?", func() float64 {
		c := r.View().Counts()
		return float64(c.Queued + c.Finished + c.Cancelled)
	})
	return &metrics{
		commit: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "assay_replica_commit_seconds",
			Help:    "How long does an entry take from leaving the queue to being applied?",
			Buckets: prometheus.ExponentialBuckets(0.0002, 2, 16),
		}),
		commands: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "assay_replica_entry_commands",
			Help:    "How many commands share an entry of the log?",
			Buckets: prometheus.ExponentialBuckets(1, 2, 9),
		}),
		writes: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "assay_replica_log_write_seconds",
			Help:    "How long does the disk take to make entries durable?",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2, 16),
		}),
		resets: f.NewCounter(prometheus.CounterOpts{
			Name: "assay_replica_watch_resets_total",
			Help: "How often was a watcher so slow that it had to start over?",
		}),
	}
}

func (m *metrics) entry(commands int, took time.Duration) {
	m.commands.Observe(float64(commands))
	m.commit.Observe(took.Seconds())
}
