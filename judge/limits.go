package judge

import (
	"cmp"
	"math"
	"time"
)

// Limits bound one run of a program. In a request a zero field means "the
// default"; after [Bounds.Resolve] no field is zero.
type Limits struct {
	CPU       time.Duration // user + system time summed over all processes: the limit that decides
	Wall      time.Duration
	MemoryKB  int64 // of all processes together, page cache and tmpfs files included
	StackKB   int64
	Processes int   // processes and threads alive at one time
	OutputKB  int64 // stdout + stderr
	FileKB    int64 // largest file that may be written
}

// Or returns l with its zero fields taken from outer.
func (l Limits) Or(outer Limits) Limits {
	return Limits{
		CPU:       cmp.Or(l.CPU, outer.CPU),
		Wall:      cmp.Or(l.Wall, outer.Wall),
		MemoryKB:  cmp.Or(l.MemoryKB, outer.MemoryKB),
		StackKB:   cmp.Or(l.StackKB, outer.StackKB),
		Processes: cmp.Or(l.Processes, outer.Processes),
		OutputKB:  cmp.Or(l.OutputKB, outer.OutputKB),
		FileKB:    cmp.Or(l.FileKB, outer.FileKB),
	}
}

// Derive returns l with the limits that follow from others where they are zero:
// the wall clock is three times the CPU time and a second, the stack may take
// all of the memory.
func (l Limits) Derive() Limits {
	if l.Wall == 0 {
		l.Wall = scale(l.CPU, 3) + time.Second
	}
	l.StackKB = cmp.Or(l.StackKB, l.MemoryKB)
	return l
}

// AtMost returns l with what is above most reduced to it; zero fields of most
// limit nothing.
func (l Limits) AtMost(most Limits) Limits {
	return Limits{
		CPU:       atMost(l.CPU, most.CPU),
		Wall:      atMost(l.Wall, most.Wall),
		MemoryKB:  atMost(l.MemoryKB, most.MemoryKB),
		StackKB:   atMost(l.StackKB, most.StackKB),
		Processes: atMost(l.Processes, most.Processes),
		OutputKB:  atMost(l.OutputKB, most.OutputKB),
		FileKB:    atMost(l.FileKB, most.FileKB),
	}
}

// Scale returns l for a language that needs more than others: times multiplied
// by cpu, memory multiplied by memory, extraKB added. Factors below 1 count as
// 1.
func (l Limits) Scale(cpu, memory float64, extraKB int64) Limits {
	l.CPU = scale(l.CPU, cpu)
	l.Wall = scale(l.Wall, cpu)
	l.MemoryKB = scale(l.MemoryKB, memory) + max(extraKB, 0)
	l.StackKB = scale(l.StackKB, memory)
	return l
}

// Budget is the CPU time that all tests of a submission together may use when
// each may use cpu: ten times that, times the root of their number, and at
// least a minute.
func Budget(cpu time.Duration, tests int) time.Duration {
	return max(time.Minute, scale(cpu, 10*math.Sqrt(float64(max(tests, 1)))))
}

func atMost[T int | int64 | time.Duration](v, most T) T {
	if most == 0 {
		return v
	}
	return min(v, most)
}

// scale multiplies and stays far enough from overflow for sums.
func scale[T int64 | time.Duration](v T, factor float64) T {
	if !(factor > 1) {
		return v
	}
	return T(min(float64(v)*factor, 1<<61))
}
