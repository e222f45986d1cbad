package runner

import (
	"context"
	"io"
	"os"

	"assay/judge"
)

// Work is one assignment: a submission and the tests that it is run against.
type Work struct {
	ID          string
	Seq         uint64 // order in which this node serves: lower ones first
	Spec        judge.Spec
	SpecDigest  judge.Digest
	Suite       judge.Suite // without tests: one run with empty input. Shared by attempts: nobody changes it
	SuiteDigest judge.Digest
}

// Progress hears what happens while an assignment runs. Its methods are called
// from several goroutines, one call at a time, and must not block long.
type Progress interface {
	// Started is called once, when the assignment got its first box.
	Started()
	// Compiled is called at most once, before any test.
	Compiled(judge.CompileResult)
	// Tested is called once per test that was run, in the order in which the
	// tests ended, with its final result.
	Tested(judge.TestResult)
}

// Blobs fetches and stores the bytes behind payloads. Safe for concurrent use.
type Blobs interface {
	// Open opens the bytes of p for reading from offset 0. The file is the
	// caller's own: nobody else moves its offset, and the caller closes it.
	Open(ctx context.Context, p judge.Payload) (*os.File, error)
	// Put stores what r yields and names it; small runs of bytes come back
	// inline.
	Put(ctx context.Context, r io.Reader) (judge.Payload, error)
}
