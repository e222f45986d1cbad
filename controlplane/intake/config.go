package intake

import (
	"errors"
	"flag"

	"assay/judge"
)

// Config of what is taken in.
type Config struct {
	Bounds judge.Bounds
	Queue  int // submissions not yet finished, of all tenants together
}

// DefaultConfig holds the documented limits.
func DefaultConfig() Config { return Config{Bounds: judge.DefaultBounds(), Queue: 200_000} }

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	d, m, b := &c.Bounds.Default, &c.Bounds.Max, &c.Bounds
	fs.DurationVar(&d.CPU, "limits.cpu", d.CPU, "CPU time of a run that does not say")
	fs.Int64Var(&d.MemoryKB, "limits.memory-kb", d.MemoryKB, "memory of a run that does not say")
	fs.IntVar(&d.Processes, "limits.processes", d.Processes, "processes and threads of a run that does not say")
	fs.Int64Var(&d.OutputKB, "limits.output-kb", d.OutputKB, "stdout and stderr of a run that does not say")
	fs.Int64Var(&d.FileKB, "limits.file-kb", d.FileKB, "largest file of a run that does not say")
	fs.DurationVar(&m.CPU, "limits.max-cpu", m.CPU, "most CPU time that a run may ask for")
	fs.DurationVar(&m.Wall, "limits.max-wall", m.Wall, "most wall time that a run may ask for")
	fs.Int64Var(&m.MemoryKB, "limits.max-memory-kb", m.MemoryKB, "most memory that a run may ask for")
	fs.Int64Var(&m.StackKB, "limits.max-stack-kb", m.StackKB, "most stack that a run may ask for")
	fs.IntVar(&m.Processes, "limits.max-processes", m.Processes, "most processes and threads that a run may ask for")
	fs.Int64Var(&m.OutputKB, "limits.max-output-kb", m.OutputKB, "most stdout and stderr that a run may ask for")
	fs.Int64Var(&m.FileKB, "limits.max-file-kb", m.FileKB, "largest file that a run may ask for")
	fs.Int64Var(&b.SourceBytes, "limits.source-bytes", b.SourceBytes, "bytes of a submission's files together, at most 4 MiB")
	fs.IntVar(&b.Files, "limits.files", b.Files, "files of a submission, at most 256")
	fs.IntVar(&b.Tests, "limits.tests", b.Tests, "tests of a submission that names no suite")
	fs.IntVar(&b.SuiteTests, "limits.suite-tests", b.SuiteTests, "tests of a stored suite")
	fs.Int64Var(&b.SuiteBytes, "limits.suite-bytes", b.SuiteBytes, "bytes of a stored suite's inputs and outputs")
	fs.IntVar(&b.Groups, "limits.groups", b.Groups, "groups of a submission")
	fs.Int64Var(&b.MetadataBytes, "limits.metadata-bytes", b.MetadataBytes, "bytes of a submission's metadata")
	fs.IntVar(&c.Queue, "limits.queue", c.Queue, "submissions that may be unfinished, of all tenants together")
}

// Validate reports everything that is wrong.
func (c Config) Validate() error {
	err := c.Bounds.Validate()
	if c.Queue < 1 {
		err = errors.Join(err, errors.New("limits.queue must be positive"))
	}
	return err
}
