package judge

// Summarize condenses results of the given tests. A test without a result, or
// with one that is not Accepted, scores nothing. Tests that belong to a group
// score only through their groups.
func Summarize(tests []Test, results []TestResult, groups []Group) Summary {
	s := Summary{Total: len(tests)}
	for _, r := range results {
		if r.Verdict == Accepted {
			s.Passed++
		}
		if s.FirstFailed == "" && failed(r.Verdict) {
			s.FirstFailed = r.ID
		}
		s.MaxCPU = max(s.MaxCPU, r.Outcome.CPU)
		s.MaxMemoryKB = max(s.MaxMemoryKB, r.Outcome.MemoryKB)
	}
	sheet := newScoreSheet(tests, results, groups)
	for _, g := range groups {
		score := sheet.group(g.ID)
		s.Groups = append(s.Groups, score)
		s.Points += score.Points
		s.MaxPoints += sheet.worth(g)
	}
	for _, t := range tests {
		if !sheet.grouped[t.ID] {
			s.Points += sheet.points(t)
			s.MaxPoints += t.Points
		}
	}
	return s
}

// failed reports whether a test with verdict v is one that a submission fails
// by. A skipped test is not: something else was the reason to skip it.
func failed(v Verdict) bool { return v != Accepted && v != Skipped }
