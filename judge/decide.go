package judge

import (
	"fmt"
	"time"
)

// Decide judges one run under limits l, in which a zero limit is none. Diff is
// where its output differs from the expected one; nil when it does not, or when
// there is nothing to compare with.
//
// The first of these that applies counts: time, memory, output, the way in
// which the program ended, its output. What the output was does not matter
// after an abnormal end, for it may be cut short. A time limit counts against
// the measured time, so that a program that was killed late or that ended just
// before it was killed does not profit; memory counts only when the box has
// evidence, because the peak includes what could have been reclaimed.
//
// The message says which limit, signal, exit code or place it was; it is empty
// for an accepted run.
func Decide(o Outcome, l Limits, diff *Difference) (Verdict, string) {
	if limit := brokenTime(o, l); limit != NoLimit {
		return TimeLimitExceeded, string(limit)
	}
	switch {
	case o.Limit == LimitMemory:
		return MemoryLimitExceeded, string(LimitMemory)
	case o.Limit == LimitOutput, l.OutputKB > 0 && o.OutputBytes > l.OutputKB<<10:
		return OutputLimitExceeded, string(LimitOutput)
	case o.Limit != NoLimit:
		return RuntimeError, string(o.Limit)
	case o.Signal != 0:
		return RuntimeError, SignalName(o.Signal)
	case o.ExitCode != 0:
		return RuntimeError, fmt.Sprintf("exit code %d", o.ExitCode)
	case diff != nil:
		return WrongAnswer, diff.String()
	}
	return Accepted, ""
}

func brokenTime(o Outcome, l Limits) Limit {
	switch {
	case o.Limit == LimitCPU || l.CPU > 0 && o.CPU > l.CPU:
		return LimitCPU
	case o.Limit == LimitWall || o.Limit == LimitIdle:
		return o.Limit
	case l.Wall > 0 && o.Wall > l.Wall:
		return LimitWall
	}
	return NoLimit
}

// margin is how close to its limit a time is too close to call: times of one
// program on one machine differ by that much when it is busy.
const margin = 0.15

// NearLimit reports whether the time of a run is within 15 % of its limit, on
// either side. A time verdict on such a run is final only when a run alone on
// its core confirms it (see [NeedsRerun]), and its result is not one to store
// in a cache. A program that slept through its wall clock is not near it, nor
// is one that used up what [Limits.WithMargin] allowed.
func NearLimit(o Outcome, l Limits) bool {
	if within(o.CPU, l.CPU) {
		return true
	}
	return o.Limit != LimitIdle && o.CPU < l.CPU && within(o.Wall, l.Wall)
}

func within(t, limit time.Duration) bool {
	low, high := spread(limit)
	return limit > 0 && low <= t && t < high
}

func spread(limit time.Duration) (low, high time.Duration) {
	d := time.Duration(margin * float64(limit))
	return limit - d, limit + d
}

// NeedsRerun reports whether a run with verdict v has to be repeated alone
// before v is final. Stolen says that the processor was taken away from the
// run for a noticeable time.
func NeedsRerun(v Verdict, o Outcome, l Limits, stolen bool) bool {
	return v == TimeLimitExceeded && (stolen && o.Limit != LimitIdle || NearLimit(o, l))
}

// WithMargin returns the limits to give to a box so that a program that would
// end just beyond its CPU limit can be told from one that would never end: the
// CPU limit and 15 % more. The verdict is to be decided with l itself.
func (l Limits) WithMargin() Limits {
	_, l.CPU = spread(l.CPU)
	return l
}
