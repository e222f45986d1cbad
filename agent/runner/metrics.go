package runner

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"assay/judge"
)

type metrics struct {
	submissions *prometheus.CounterVec
	tests       *prometheus.CounterVec
	phase       *prometheus.HistogramVec
	faults      prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	return &metrics{
		submissions: f.NewCounterVec(prometheus.CounterOpts{
			Name: "assay_runner_submissions_total",
			Help: "Submissions judged here, by toolchain and verdict.",
		}, []string{"toolchain", "verdict"}),
		tests: f.NewCounterVec(prometheus.CounterOpts{
			Name: "assay_runner_tests_total",
			Help: "Tests judged here, by verdict.",
		}, []string{"verdict"}),
		phase: f.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "assay_runner_phase_seconds",
			Help:    "How long compiling and running all tests of a submission took, waiting for boxes included.",
			Buckets: prometheus.ExponentialBuckets(0.001, 3, 11),
		}, []string{"phase"}),
		faults: f.NewCounter(prometheus.CounterOpts{
			Name: "assay_runner_box_faults_total",
			Help: "Runs repeated in another box because the first one broke.",
		}),
	}
}

func (m *metrics) finished(toolchain string, r judge.Result) {
	m.submissions.WithLabelValues(toolchain, string(r.Verdict)).Inc()
	for _, t := range r.Tests {
		m.tests.WithLabelValues(string(t.Verdict)).Inc()
	}
	m.phase.WithLabelValues("compile").Observe(r.Timing.Compile.Seconds())
	m.phase.WithLabelValues("run").Observe(r.Timing.Run.Seconds())
}
