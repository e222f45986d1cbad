package judge

import "slices"

// How a group scores; the empty value means ScoreMin.
const (
	ScoreMin = "min" // all of its points when all of its tests are accepted, else none
	ScoreSum = "sum" // a share of its points: by its tests' points, or their number when they have none
)

// scoreSheet works out what tests and groups score.
type scoreSheet struct {
	tests    map[string]Test
	verdicts map[string]Verdict
	groups   map[string]Group
	grouped  map[string]bool         // tests that are in a group
	scores   map[string]*GroupResult // nil while a group is being scored
}

func newScoreSheet(tests []Test, results []TestResult, groups []Group) *scoreSheet {
	s := &scoreSheet{
		tests:    make(map[string]Test, len(tests)),
		verdicts: make(map[string]Verdict, len(results)),
		groups:   make(map[string]Group, len(groups)),
		grouped:  map[string]bool{},
		scores:   map[string]*GroupResult{},
	}
	for _, t := range tests {
		s.tests[t.ID] = t
	}
	for _, r := range results {
		s.verdicts[r.ID] = r.Verdict
	}
	for _, g := range groups {
		s.groups[g.ID] = g
		for _, id := range g.Tests {
			s.grouped[id] = true
		}
	}
	return s
}

// points of a test by itself.
func (s *scoreSheet) points(t Test) float64 {
	if s.verdicts[t.ID] == Accepted {
		return t.Points
	}
	return 0
}

// worth is what a group can score: its points, or when it has none, those of
// its tests.
func (s *scoreSheet) worth(g Group) float64 {
	if g.Points != 0 {
		return g.Points
	}
	return s.testPoints(g)
}

func (s *scoreSheet) testPoints(g Group) float64 {
	var sum float64
	for _, id := range g.Tests {
		sum += s.tests[id].Points
	}
	return sum
}

// group scores a group, after the groups that it requires. When one of those is
// not accepted, the group is Skipped, whatever its tests came to.
func (s *scoreSheet) group(id string) GroupResult {
	if score, ok := s.scores[id]; ok {
		if score == nil { // requires itself in the end
			return GroupResult{ID: id, Verdict: Skipped}
		}
		return *score
	}
	s.scores[id] = nil
	score := s.score(id)
	s.scores[id] = &score
	return score
}

func (s *scoreSheet) score(id string) GroupResult {
	g, ok := s.groups[id]
	missing := func(id string) bool { return s.group(id).Verdict != Accepted }
	if !ok || slices.ContainsFunc(g.Requires, missing) {
		return GroupResult{ID: id, Verdict: Skipped}
	}
	score := GroupResult{ID: id, Verdict: s.verdict(g)}
	switch {
	case score.Verdict == Accepted:
		score.Points = s.worth(g)
	case g.Score == ScoreSum:
		score.Points = s.worth(g) * s.share(g)
	}
	return score
}

// verdict of a group is that of its first failing test, in the group's order.
func (s *scoreSheet) verdict(g Group) Verdict {
	v := Accepted
	for _, id := range g.Tests {
		switch test := s.verdicts[id]; {
		case test == "" || test == Skipped:
			v = Skipped
		case test != Accepted:
			return test
		}
	}
	return v
}

// share is how much of a group's worth its accepted tests make up, within 0 and 1.
func (s *scoreSheet) share(g Group) float64 {
	var points float64
	var accepted int
	for _, id := range g.Tests {
		if s.verdicts[id] == Accepted {
			accepted++
			points += s.tests[id].Points
		}
	}
	if all := s.testPoints(g); all != 0 {
		return points / all
	}
	return float64(accepted) / float64(len(g.Tests))
}
