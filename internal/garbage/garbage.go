// Package garbage has less of it collected while there is little: a heap that
// is small and busy doubles many times a second, and each collection takes
// time from the work. What that may cost is bounded in bytes, not in parts, so
// a large heap is as tight as ever.
package garbage

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	spare  = 128 << 20 // bytes of garbage that may lie around in any case
	least  = 100       // percent of the live heap: Go's own default
	most   = 800
	period = time.Second
)

// Run keeps the collector's pace until ctx ends, unless the environment sets
// one: GOGC or GOMEMLIMIT. It is for one caller in a process.
func Run(ctx context.Context) error {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		<-ctx.Done()
		return nil
	}
	defer debug.SetGCPercent(debug.SetGCPercent(least))
	tick := time.NewTicker(period)
	defer tick.Stop()
	for now := least; ; {
		if want := percent(live()); want != now {
			debug.SetGCPercent(want)
			now = want
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// live is what the last collection has left, in bytes.
func live() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// percent is what SetGCPercent is to be told, in steps: setting it stops the
// world for a moment.
func percent(live uint64) int {
	const step = 50
	p := spare * 100 / max(live, 1)
	return int(min(max(p/step*step, least), most))
}
