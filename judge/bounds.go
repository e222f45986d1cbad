package judge

import (
	"errors"
	"fmt"
	"time"
)

// Bounds are what requests may ask for, and what they get when they do not ask.
// An operator sets them.
type Bounds struct {
	Default Limits // of a run; Wall and StackKB may be zero: derived from the others
	Max     Limits // that a request may name

	SourceBytes int64 // all source files of a submission together
	Files       int   // of a submission
	WorkKB      int64 // of a box's work directory
	WorkInodes  int   // likewise

	Tests      int   // in one submission
	SuiteTests int   // in one stored suite
	SuiteBytes int64 // inputs and expected outputs of all its tests together
	Groups     int

	CaptureBytes int64 // kept of one stream of one test, unless all is captured

	Args          int   // arguments, or compiler options, of a submission, and of a test
	ArgBytes      int64 // all of those together
	MetadataBytes int64
}

// DefaultBounds are those of a server that was not told otherwise.
func DefaultBounds() Bounds {
	return Bounds{
		Default: Limits{
			CPU: 2 * time.Second, MemoryKB: 256 << 10, Processes: 64, OutputKB: 16 << 10, FileKB: 16 << 10,
		},
		Max: Limits{
			CPU: time.Minute, Wall: 3 * time.Minute, MemoryKB: 2 << 20, StackKB: 2 << 20,
			Processes: 256, OutputKB: 64 << 10, FileKB: 64 << 10,
		},
		SourceBytes: 1 << 20,
		Files:       64,
		WorkKB:      64 << 10,
		WorkInodes:  4096,

		Tests:      1000,
		SuiteTests: 10_000,
		SuiteBytes: 2 << 30,
		Groups:     256,

		CaptureBytes: 64 << 10,

		Args:          256,
		ArgBytes:      64 << 10,
		MetadataBytes: 64 << 10,
	}
}

// The most that an operator can allow: beyond these, parts that hold a source
// or a work directory in memory would have to be built differently.
const (
	MaxSourceBytes = 4 << 20
	MaxFiles       = 256
	MaxWorkKB      = 256 << 10
)

// Validate returns every reason why b cannot be used.
func (b Bounds) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	d := b.Default.Derive()
	for _, f := range d.fields() {
		check(f.value > 0, "default %s must be positive", f.name)
	}
	for i, f := range b.Max.fields() {
		check(f.value >= d.fields()[i].value, "max %s is less than its default", f.name)
	}
	check(b.SourceBytes > 0 && b.SourceBytes <= MaxSourceBytes, "source bytes must be within 1 and %d", MaxSourceBytes)
	check(b.Files > 0 && b.Files <= MaxFiles, "files must be within 1 and %d", MaxFiles)
	check(b.WorkKB > 0 && b.WorkKB <= MaxWorkKB, "work directory must be within 1 and %d KiB", MaxWorkKB)
	check(b.WorkInodes > b.Files, "work directory needs more inodes than a submission has files")
	check(b.Tests > 0 && b.SuiteTests > 0 && b.SuiteBytes > 0, "tests must be allowed")
	return errors.Join(errs...)
}

// Resolve returns the limits of one run: the first of the given ones to say
// something about a resource counts (the test's, then the submission's), then
// the default. Nothing exceeds what is allowed at most, and no field is zero.
func (b Bounds) Resolve(innermostFirst ...Limits) Limits {
	var l Limits
	for _, outer := range innermostFirst {
		l = l.Or(outer)
	}
	return l.Or(b.Default).Derive().AtMost(b.Max)
}

// limitField is one limit as requests name it, in their unit.
type limitField struct {
	name  string
	value int64 // 0 only when it was not set
}

func (l Limits) fields() []limitField {
	return []limitField{
		{"cpu_ms", milliseconds(l.CPU)},
		{"wall_ms", milliseconds(l.Wall)},
		{"memory_kb", l.MemoryKB},
		{"stack_kb", l.StackKB},
		{"processes", int64(l.Processes)},
		{"output_kb", l.OutputKB},
		{"file_kb", l.FileKB},
	}
}

// milliseconds rounds away from zero.
func milliseconds(d time.Duration) int64 {
	ms := int64(d / time.Millisecond)
	switch rest := d % time.Millisecond; {
	case rest > 0:
		ms++
	case rest < 0:
		ms--
	}
	return ms
}
