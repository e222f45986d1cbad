package judge

// Payload is a run of bytes that is carried inline when it is small and named
// by its digest when it is not. Exactly one of Inline and Digest is set; the
// zero Payload is the empty run.
type Payload struct {
	Inline []byte
	Digest Digest
	Size   int64 // bytes, also when inline
}

// Digest names bytes by their content: "sha256:" and 64 lower-case hex digits.
type Digest string

// Program is what gets compiled: it and the toolchain name the artifact.
type Program struct {
	Language string // canonical id of the language
	Files    []File // sorted by name
	Entry    string // name of the file that the compiler or interpreter is given
	Options  []string
}

// File is one source file of a program. Name is a clean relative path.
type File struct {
	Name    string
	Content Payload
}

// Spec is everything about a submission that a judge needs besides its tests.
type Spec struct {
	Program
	Args          []string
	Limits        Limits // zero fields: the language's or the configured default
	Compare       *Compare
	Groups        []Group
	StopOnFailure bool
	Capture       Capture
	NoCache       bool
	Metadata      []byte // the client's JSON, stored and returned, never read
}

// Capture says which tests' stdout and stderr come back with the result.
type Capture string

// What is captured; the empty value means CaptureFailed.
const (
	CaptureNone   Capture = "none"
	CaptureFailed Capture = "failed"
	CaptureAll    Capture = "all"
)

// Suite is an immutable list of test cases.
type Suite struct {
	Tests   []Test
	Compare *Compare // how the outputs compare when a submission does not say
}

// Test is one test case.
type Test struct {
	ID       string // unique in its suite
	Stdin    Payload
	Expected *Payload // nil: the program is only run
	Limits   Limits   // non-zero fields override the submission's
	Args     []string // after the submission's own
	Points   float64
}

// Group is a subtask: tests that score together. A test may be in several.
type Group struct {
	ID       string
	Tests    []string
	Points   float64  // 0: as many as its tests have together
	Score    string   // ScoreMin or ScoreSum
	Requires []string // groups that must be fully accepted for this one to score
}

// Mode is how a program's output is held against the expected one.
type Mode string

// The compare modes; the empty value means CompareLines.
const (
	CompareExact      Mode = "exact"
	CompareLines      Mode = "lines"
	CompareTokens     Mode = "tokens"
	CompareFloat      Mode = "float"
	CompareChecker    Mode = "checker"
	CompareInteractor Mode = "interactor"
)

// Compare is a compare mode with its options.
type Compare struct {
	Mode       Mode
	IgnoreCase bool    // tokens, float
	Abs, Rel   float64 // float: accept within the absolute OR the relative tolerance
}
