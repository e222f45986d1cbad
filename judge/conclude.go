package judge

import "cmp"

// Conclude completes a result of which compiling, tests and faults are known:
// it applies stop_on_failure, gives every test its points, and works out the
// summary, the verdict and its message. A verdict that is Cancelled or
// JudgeError already stays, for neither follows from the tests.
func (r *Result) Conclude(s *Spec, tests []Test) {
	if s.StopOnFailure {
		ApplyStop(r.Tests)
	}
	sheet := newScoreSheet(tests, r.Tests, nil)
	for i := range r.Tests {
		r.Tests[i].Points = sheet.points(sheet.tests[r.Tests[i].ID])
	}
	r.Summary = Summarize(tests, r.Tests, s.Groups)
	if r.Verdict != Cancelled && r.Verdict != JudgeError {
		r.Verdict, r.Message = Overall(r.Compile, r.Tests)
	}
}

// ApplyStop makes every test after the first failing one Skipped, even if it
// ran: which of them had run by then is a matter of timing, and the answer must
// not be.
func ApplyStop(results []TestResult) {
	for i, r := range results {
		if !failed(r.Verdict) {
			continue
		}
		for j := range results[i+1:] {
			after := &results[i+1+j]
			*after = TestResult{ID: after.ID, Verdict: Skipped}
		}
		return
	}
}

// Overall is the verdict of a submission: Cancelled and JudgeError come before
// all else, then CompileError, then the verdict of the first failing test in
// order. Nothing is accepted of which a test was not run: when no test failed
// and one was skipped, what ran out was the CPU time of the whole submission.
// The message says why when no test and no compiler does.
func Overall(compile *CompileResult, results []TestResult) (Verdict, string) {
	if r, ok := first(results, func(v Verdict) bool { return v == Cancelled }); ok {
		return Cancelled, r.Message
	}
	if r, ok := first(results, func(v Verdict) bool { return v == JudgeError || v == "" }); ok {
		return JudgeError, "test " + r.ID + ": " + cmp.Or(r.Message, "not judged")
	}
	if compile != nil && !compile.OK {
		return CompileError, ""
	}
	if len(results) == 0 {
		return JudgeError, "no test was judged"
	}
	if r, ok := first(results, failed); ok {
		return r.Verdict, ""
	}
	if _, ok := first(results, func(v Verdict) bool { return v == Skipped }); ok {
		return TimeLimitExceeded, "cpu time of the whole submission"
	}
	return Accepted, ""
}

func first(results []TestResult, is func(Verdict) bool) (TestResult, bool) {
	for _, r := range results {
		if is(r.Verdict) {
			return r, true
		}
	}
	return TestResult{}, false
}
