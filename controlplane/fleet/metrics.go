package fleet

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	agents   prometheus.Gauge
	sessions prometheus.Counter
	blobs    *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer, s *Server) metrics {
	with := promauto.With(reg)
	for state, count := range map[string]func(Agent) int{
		"busy":  func(a Agent) int { return a.Busy },
		"ready": func(a Agent) int { return a.Ready },
		"total": func(a Agent) int { return a.Boxes },
	} {
		with.NewGaugeFunc(prometheus.GaugeOpts{
			Name:        "assay_fleet_boxes",
			Help:        "Boxes of the connected agents: how much of the fleet is at work?",
			ConstLabels: prometheus.Labels{"state": state},
		}, func() float64 { return s.sum(count) })
	}
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "assay_fleet_agents_aside",
		Help: "Agents that get nothing new because they are not as fast as they were.",
	}, func() float64 {
		return s.sum(func(a Agent) int {
			if a.Aside != "" {
				return 1
			}
			return 0
		})
	})
	return metrics{
		agents: with.NewGauge(prometheus.GaugeOpts{
			Name: "assay_fleet_agents",
			Help: "Agents connected to this server; 0 on a server that does not lead.",
		}),
		sessions: with.NewCounter(prometheus.CounterOpts{
			Name: "assay_fleet_sessions_total",
			Help: "Sessions that agents have begun: do they keep reconnecting?",
		}),
		blobs: with.NewCounterVec(prometheus.CounterOpts{
			Name: "assay_fleet_blob_bytes_total",
			Help: "Bytes of payloads that agents fetched and stored.",
		}, []string{"direction"}),
	}
}

func (s *Server) sum(count func(Agent) int) float64 {
	n := 0
	for _, a := range s.Agents() {
		n += count(a)
	}
	return float64(n)
}
