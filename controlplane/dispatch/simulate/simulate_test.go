package simulate

import (
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/judge"
)

// small is a fleet of sixteen boxes and what it has to do.
func small(change func(*Scenario)) Scenario {
	sc := Scenario{
		Name: "small", Seed: 1, Nodes: 4, Boxes: 4, Requests: 2000, Tests: 20, Suites: 10, Repeats: 0.2,
		Replace: 20 * time.Second, Tenants: crowdOf(3),
	}
	change(&sc)
	return sc
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	sc := small(func(sc *Scenario) { sc.Arrival.Load, sc.Losses = 0.8, 2 })
	real := cmpopts.IgnoreFields(Report{}, "Core", "PerSecond") // depend on the machine
	if diff := cmp.Diff(Run(sc), Run(sc), real); diff != "" {
		t.Error(diff)
	}
	other := sc
	other.Seed = 2
	if cmp.Equal(Run(sc), Run(other), real) {
		t.Error("another seed gives the same run")
	}
}

func TestEverySubmissionEndsThoughNodesVanish(t *testing.T) {
	r := Run(small(func(sc *Scenario) { sc.Losses = 1 }))
	if r.Latency.N != r.Requests || r.NodesLost == 0 || r.Requeued == 0 {
		t.Errorf("%d of %d ended; %d nodes lost, %d attempts requeued", r.Latency.N, r.Requests, r.NodesLost, r.Requeued)
	}
	if r.JudgeErrors > 0 {
		t.Errorf("%d submissions ended because their nodes vanished", r.JudgeErrors)
	}
}

func TestBoxesAreBusyWhileThereIsWork(t *testing.T) {
	if r := Run(small(func(*Scenario) {})); r.Utilisation < 0.97 {
		t.Errorf("%.1f%% of the boxes were busy", 100*r.Utilisation)
	}
}

func TestTwoTenantsAt100To1LoadGetEqualShares(t *testing.T) {
	for name, tenants := range map[string][]Tenant{
		"alike":                  unequal(Mixed(), Mixed()),
		"the large one is dear":  unequal([]Program{java(1)}, []Program{cpp(1)}),
		"the large one is cheap": unequal([]Program{cpp(1)}, []Program{java(1)}),
	} {
		t.Run(name, func(t *testing.T) {
			r := Run(small(func(sc *Scenario) { sc.Requests, sc.Tests, sc.Tenants = 6_000, 10, tenants }))
			for _, s := range r.Tenants {
				if s.Contended < 0.45 || s.Contended > 0.55 {
					t.Errorf("%s had %.1f%% of the boxes while both waited, for %v", s.Tenant, 100*s.Contended, r.Contended)
				}
			}
		})
	}
}

// A turnover of a box is the longest that anything keeps one; what comes on top
// is the way to the node and the suite that it has to fetch.
func TestAnUrgentSubmissionBehind10000BulkOnesStartsWithinOneTurnover(t *testing.T) {
	r := Run(small(func(sc *Scenario) {
		sc.Requests, sc.Tests = 10_000, 10
		sc.Tenants = []Tenant{{Name: "bulk", Offered: 1, Priority: judge.Bulk, Programs: Mixed()}}
		sc.Probes, sc.ProbeGap = 50, time.Second
	}))
	if r.Probes.N != 50 {
		t.Fatalf("%d urgent ones were followed", r.Probes.N)
	}
	if most := r.Turnover + fetch + 10*hop; r.Probes.Max > most {
		t.Errorf("an urgent one started after %v, a turnover is %v", r.Probes.Max, r.Turnover)
	}
	if r.Probes.P50 > r.Turnover/2 {
		t.Errorf("half of the urgent ones waited longer than %v", r.Probes.P50)
	}
}

func TestWhatWaitsTakesLittleMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := newWorld(small(func(sc *Scenario) { sc.Requests = 50_000 }))
	w.begin()
	for w.usage.tenants[0].waiting+w.usage.tenants[1].waiting+w.usage.tenants[2].waiting < w.Requests-100 {
		e := w.next()
		w.now = e.at
		e.do(w, e)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if per := (after.HeapAlloc - before.HeapAlloc) / uint64(w.Requests); per > 2000 {
		t.Errorf("%d bytes for each of %d that wait", per, w.Requests)
	}
	runtime.KeepAlive(w)
}
