package intake

import (
	"errors"
	"flag"
	"fmt"
	"time"

	"assay/judge"
)

// Config holds every limit on what is taken in.
type Config struct {
	Default     judge.Limits // of what a submission does not say; zero Wall and Stack follow from CPU and Memory
	Most        judge.Limits // that a submission may ask for
	SourceBytes int64        // of all files of a submission together
	Files       int
	InlineTests int // of a submission
	SuiteTests  int // of a stored suite
	SuiteBytes  int64
	Metadata    int // bytes
	Queue       int // submissions not yet finished, of all tenants together
}

// DefaultConfig holds the documented limits.
func DefaultConfig() Config {
	return Config{
		Default: judge.Limits{
			CPU: 2 * time.Second, MemoryKB: 256 << 10, Processes: 64, OutputKB: 16 << 10, FileKB: 16 << 10,
		},
		Most: judge.Limits{
			CPU: time.Minute, Wall: 3 * time.Minute, MemoryKB: 2 << 20, StackKB: 2 << 20,
			Processes: 256, OutputKB: 64 << 10, FileKB: 64 << 10,
		},
		SourceBytes: 1 << 20, Files: 64,
		InlineTests: 1000, SuiteTests: 10_000, SuiteBytes: 2 << 30,
		Metadata: 64 << 10, Queue: 200_000,
	}
}

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.DurationVar(&c.Default.CPU, "limits.cpu", c.Default.CPU, "CPU time of a run that does not say")
	fs.Int64Var(&c.Default.MemoryKB, "limits.memory-kb", c.Default.MemoryKB, "memory of a run that does not say")
	fs.IntVar(&c.Default.Processes, "limits.processes", c.Default.Processes, "processes and threads of a run that does not say")
	fs.Int64Var(&c.Default.OutputKB, "limits.output-kb", c.Default.OutputKB, "stdout and stderr of a run that does not say")
	fs.Int64Var(&c.Default.FileKB, "limits.file-kb", c.Default.FileKB, "largest file of a run that does not say")
	fs.DurationVar(&c.Most.CPU, "limits.max-cpu", c.Most.CPU, "most CPU time that a run may ask for")
	fs.DurationVar(&c.Most.Wall, "limits.max-wall", c.Most.Wall, "most wall time that a run may ask for")
	fs.Int64Var(&c.Most.MemoryKB, "limits.max-memory-kb", c.Most.MemoryKB, "most memory that a run may ask for")
	fs.IntVar(&c.Most.Processes, "limits.max-processes", c.Most.Processes, "most processes and threads that a run may ask for")
	fs.Int64Var(&c.Most.OutputKB, "limits.max-output-kb", c.Most.OutputKB, "most stdout and stderr that a run may ask for")
	fs.Int64Var(&c.Most.FileKB, "limits.max-file-kb", c.Most.FileKB, "largest file that a run may ask for")
	fs.Int64Var(&c.SourceBytes, "limits.source-bytes", c.SourceBytes, "bytes of a submission's files, at most 4 MiB")
	fs.IntVar(&c.Files, "limits.files", c.Files, "files of a submission, at most 256")
	fs.IntVar(&c.InlineTests, "limits.tests", c.InlineTests, "tests of a submission that names no suite")
	fs.IntVar(&c.SuiteTests, "limits.suite-tests", c.SuiteTests, "tests of a stored suite")
	fs.Int64Var(&c.SuiteBytes, "limits.suite-bytes", c.SuiteBytes, "bytes of a stored suite")
	fs.IntVar(&c.Metadata, "limits.metadata-bytes", c.Metadata, "bytes of a submission's metadata")
	fs.IntVar(&c.Queue, "limits.queue", c.Queue, "submissions that may wait, of all tenants together")
}

// Validate reports everything that is wrong.
func (c Config) Validate() error {
	var errs []error
	for _, s := range []struct {
		name      string
		v, lo, hi int64
	}{
		{"limits.cpu", int64(c.Default.CPU), int64(time.Millisecond), int64(c.Most.CPU)},
		{"limits.memory-kb", c.Default.MemoryKB, 1, c.Most.MemoryKB},
		{"limits.processes", int64(c.Default.Processes), 1, int64(c.Most.Processes)},
		{"limits.output-kb", c.Default.OutputKB, 1, c.Most.OutputKB},
		{"limits.file-kb", c.Default.FileKB, 1, c.Most.FileKB},
		{"limits.source-bytes", c.SourceBytes, 1, 4 << 20},
		{"limits.files", int64(c.Files), 1, 256},
		{"limits.tests", int64(c.InlineTests), 1, int64(c.SuiteTests)},
		{"limits.suite-tests", int64(c.SuiteTests), 1, 100_000},
		{"limits.suite-bytes", c.SuiteBytes, 1, 16 << 30},
		{"limits.metadata-bytes", int64(c.Metadata), 1, 1 << 20},
		{"limits.queue", int64(c.Queue), 1, 10_000_000},
	} {
		if s.v < s.lo || s.v > s.hi {
			errs = append(errs, fmt.Errorf("%s must be between %d and %d", s.name, s.lo, s.hi))
		}
	}
	return errors.Join(errs...)
}
