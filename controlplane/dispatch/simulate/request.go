package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"assay/controlplane/state"
	"assay/judge"
)

// request is one submission, and what became of it.
type request struct {
	id       string
	tenant   int
	program  Program
	priority judge.Priority
	spec     uint64 // source; equal ones share an artifact
	suite    int
	arrival  int64
	started  int64 // first time in a box; -1: not yet
	ended    int64 // -1: not yet
	lost     int
	waiting  bool // for a node
	probe    bool
}

// never is the time of what has not happened.
const never = -1

// crowd makes up the submissions of a scenario, by time of arrival, probes
// last.
func crowd(sc Scenario, rng *rand.Rand) []request {
	all := make([]request, 0, sc.Requests+sc.Probes)
	suites := rand.NewZipf(rng, 1.1, 4, uint64(max(1, sc.Suites)-1))
	gap := 0.0
	if sc.Arrival.Load > 0 {
		gap = sc.work() / float64(sc.Nodes*sc.Boxes) / sc.Arrival.Load
	}
	at, of := 0.0, make([][]int, len(sc.Tenants))
	for i := range sc.Requests {
		if burst := i - (sc.Requests-sc.Arrival.Burst)/2; burst < 0 || burst >= sc.Arrival.Burst {
			at += rng.ExpFloat64() * gap
		}
		t := draw(rng, sc.Tenants, func(t Tenant) float64 { return t.Offered })
		programs := sc.Tenants[t].Programs
		r := request{
			id: name(i), tenant: t, program: programs[draw(rng, programs, func(p Program) float64 { return p.Share })],
			priority: sc.Tenants[t].Priority, spec: uint64(i), suite: int(suites.Uint64()),
			arrival: int64(at * 1e9), started: never, ended: never,
		}
		if before := of[t]; len(before) > 0 && rng.Float64() < sc.Repeats {
			like := &all[before[rng.IntN(len(before))]]
			r.spec, r.program, r.suite = like.spec, like.program, like.suite
		}
		of[t] = append(of[t], i)
		all = append(all, r)
	}
	return append(all, probes(sc)...)
}

func probes(sc Scenario) []request {
	all := make([]request, sc.Probes)
	for i := range all {
		n := sc.Requests + i
		all[i] = request{
			id: name(n), program: sc.Tenants[0].Programs[0], priority: judge.Urgent, spec: uint64(n), probe: true,
			arrival: int64(time.Duration(i+1) * sc.ProbeGap), started: never, ended: never,
		}
	}
	return all
}

// draw picks one of several by their weights.
func draw[T any](rng *rand.Rand, of []T, weight func(T) float64) int {
	sum := 0.0
	for _, x := range of {
		sum += weight(x)
	}
	at := rng.Float64() * sum
	for i, x := range of {
		if at -= weight(x); at < 0 {
			return i
		}
	}
	return len(of) - 1
}

// work is what a submission takes on average, in box-seconds, when every
// repeated one finds its artifact.
func (sc Scenario) work() float64 {
	sum, shares := 0.0, 0.0
	for _, t := range sc.Tenants {
		for _, p := range t.Programs {
			of := t.Offered * p.Share
			shares += of
			sum += of * ((1-sc.Repeats)*p.Compile.Seconds() + float64(sc.Tests)*p.Test.Seconds())
		}
	}
	return sum / shares * math.Exp(spread*spread/2)
}

// name is as long as the ids of real submissions, and sorts by age.
func name(i int) string { return fmt.Sprintf("01J%023d", i) }

func index(id string) int {
	i, err := strconv.Atoi(id[3:])
	if err != nil {
		panic("an id that was never given out: " + id)
	}
	return i
}

// record is what the log says of r when it is submitted.
func (w *world) record(r *request) state.Record {
	return state.Record{
		Submit: state.Submit{
			ID: r.id, Tenant: w.Tenants[r.tenant].Name, Language: r.program.Language, Priority: r.priority,
			Spec:  judge.Payload{Digest: judge.Digest(fmt.Sprintf("sha256:%064x", r.spec)), Size: 2000},
			Suite: judge.Payload{Digest: w.suites[r.suite], Size: 20_000},
			Tests: w.Tests, Timeout: time.Minute,
		},
		Status: judge.StatusQueued, Lost: r.lost, CreatedAt: w.at(r.arrival),
	}
}

// took draws how long something takes whose median is known.
func (w *world) took(median time.Duration) int64 {
	return int64(float64(median) * math.Exp(spread*w.rng.NormFloat64()))
}
