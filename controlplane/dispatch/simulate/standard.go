package simulate

import (
	"fmt"
	"time"

	"assay/judge"
)

// Standard is the scenarios that the project is measured by, with so many
// submissions in the small ones and in the large ones.
func Standard(seed uint64, small, large int) []Scenario {
	base := Scenario{
		Seed: seed, Nodes: 100, Boxes: 64, Tests: 20, Suites: 200, Repeats: 0.2, Replace: time.Minute,
		Tenants: crowdOf(50),
	}
	var all []Scenario
	add := func(name string, requests int, change func(*Scenario)) {
		sc := base
		sc.Name, sc.Requests = name, requests
		change(&sc)
		all = append(all, sc)
	}
	add("all at once", small, func(*Scenario) {})
	add("all at once", large, func(*Scenario) {})
	for _, load := range []float64{0.5, 0.8, 0.95} {
		add(fmt.Sprintf("Poisson, %.0f%% load", 100*load), large, func(sc *Scenario) { sc.Arrival.Load = load })
	}
	add("50% load and a burst", large, func(sc *Scenario) { sc.Arrival = Arrival{Load: 0.5, Burst: large / 10} })
	add("80% load, 10%/min lost", large, func(sc *Scenario) { sc.Arrival.Load, sc.Losses = 0.8, 0.1 })
	add("all at once, 10%/min lost", large, func(sc *Scenario) { sc.Losses = 0.1 })
	// Fewer nodes, so that the small tenant does not run dry in a second.
	add("two tenants, 100:1", large, func(sc *Scenario) { sc.Nodes, sc.Tenants = 10, unequal(Mixed(), Mixed()) })
	add("two tenants, 100:1, Java:C++", large, func(sc *Scenario) {
		sc.Nodes, sc.Tenants = 10, unequal([]Program{java(1)}, []Program{cpp(1)})
	})
	add("two tenants, 100:1, C++:Java", large, func(sc *Scenario) {
		sc.Nodes, sc.Tenants = 10, unequal([]Program{cpp(1)}, []Program{java(1)})
	})
	add("urgent ones behind bulk", small, func(sc *Scenario) {
		sc.Tenants = []Tenant{{Name: "bulk", Offered: 1, Priority: judge.Bulk, Programs: Mixed()}}
		sc.Probes, sc.ProbeGap = 20, 20*time.Millisecond
	})
	return all
}

// crowdOf makes tenants that hand in as much as one another.
func crowdOf(n int) []Tenant {
	var all []Tenant
	for i := range n {
		all = append(all, Tenant{Name: fmt.Sprintf("tenant-%02d", i), Offered: 1, Programs: Mixed()})
	}
	return all
}

// unequal is a tenant that hands in a hundred times what another does.
func unequal(large, small []Program) []Tenant {
	return []Tenant{
		{Name: "large", Offered: 100, Programs: large},
		{Name: "small", Offered: 1, Programs: small},
	}
}
