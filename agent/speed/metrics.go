package speed

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	speed prometheus.Gauge
	aside prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) metrics {
	with := promauto.With(reg)
	return metrics{
		speed: with.NewGauge(prometheus.GaugeOpts{
			Name: "assay_speed_points",
			Help: "How fast the node ran the calibration program, 100 for 100 ms; 0: not measured.",
		}),
		aside: with.NewGauge(prometheus.GaugeOpts{
			Name: "assay_speed_aside",
			Help: "1 while the node gets nothing new because it is slower than it was.",
		}),
	}
}

func (m metrics) show(s State) {
	m.speed.Set(s.Speed)
	m.aside.Set(0)
	if s.Aside != "" {
		m.aside.Set(1)
	}
}
