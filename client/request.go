package client

import "encoding/json"

// Request is a submission as it is handed in.
type Request = RequestOf[string]

// Test is one test case of a request or suite.
type Test = TestOf[string]

// RequestOf is a [Request] whose texts are of type T: strings for clients,
// something that need not stand in memory for servers.
type RequestOf[T any] struct {
	Language string       `json:"language"` // id or alias
	Source   T            `json:"source,omitzero"`
	Files    map[string]T `json:"files,omitempty"` // instead of Source, with Entry
	Entry    string       `json:"entry,omitempty"` // file that the compiler or interpreter is given
	// Encoding of source, files, stdin and expected: utf8 (default) or base64.
	Encoding        string          `json:"encoding,omitempty"`
	CompilerOptions []string        `json:"compiler_options,omitempty"`
	Args            []string        `json:"args,omitempty"`
	Limits          *Limits         `json:"limits,omitempty"`
	Tests           []TestOf[T]     `json:"tests,omitempty"`
	Suite           string          `json:"suite,omitempty"` // instead of Tests: id of a stored suite
	Compare         *CompareOf[T]   `json:"compare,omitempty"`
	Groups          []Group         `json:"groups,omitempty"`
	StopOnFailure   bool            `json:"stop_on_failure,omitempty"`
	Capture         string          `json:"capture,omitempty"`    // none, failed (default), all
	Priority        string          `json:"priority,omitempty"`   // urgent, high, normal (default), bulk
	Cache           *bool           `json:"cache,omitempty"`      // nil: true
	NodeClass       string          `json:"node_class,omitempty"` // empty: any
	Webhook         *Webhook        `json:"webhook,omitempty"`
	Metadata        json.RawMessage `json:"metadata,omitempty"` // returned as it is
}

// TestOf is a [Test] whose texts are of type T.
type TestOf[T any] struct {
	ID    string `json:"id,omitempty"` // empty: its number, counted from 1
	Stdin T      `json:"stdin,omitzero"`
	// Expected output; nil: the program is only run.
	Expected *T       `json:"expected,omitempty"`
	Limits   *Limits  `json:"limits,omitempty"` // what is set here overrides the request's
	Args     []string `json:"args,omitempty"`   // after the request's
	Points   float64  `json:"points,omitempty"`
}

// Expect makes an expected output out of a string.
func Expect(output string) *string { return &output }

// Limits of one run. Zero fields stand for the server's defaults.
type Limits struct {
	CPUMillis  int64 `json:"cpu_ms,omitempty"`
	WallMillis int64 `json:"wall_ms,omitempty"`
	MemoryKB   int64 `json:"memory_kb,omitempty"`
	StackKB    int64 `json:"stack_kb,omitempty"`
	Processes  int64 `json:"processes,omitempty"` // and threads
	OutputKB   int64 `json:"output_kb,omitempty"` // stdout and stderr together
	FileKB     int64 `json:"file_kb,omitempty"`
}

// Compare says how an output is held against the expected one.
type Compare = CompareOf[string]

// CompareOf is a [Compare] whose source is of type T.
type CompareOf[T any] struct {
	Mode       string  `json:"mode"` // exact, lines (default), tokens, float, checker, interactor
	IgnoreCase bool    `json:"ignore_case,omitempty"`
	Abs        float64 `json:"abs,omitempty"`
	Rel        float64 `json:"rel,omitempty"`
	// Of checkers and interactors.
	Language   string   `json:"language,omitempty"`
	Source     T        `json:"source,omitzero"`
	Convention string   `json:"convention,omitempty"` // testlib, kattis
	Flags      []string `json:"flags,omitempty"`
}

// Group is a subtask: tests that score together.
type Group struct {
	ID       string   `json:"id"`
	Tests    []string `json:"tests"`
	Points   float64  `json:"points"`
	Score    string   `json:"score,omitempty"`    // min (default), sum
	Requires []string `json:"requires,omitempty"` // groups that must be accepted in full
}

// Webhook is told when the submission is finished.
type Webhook struct {
	URL    string `json:"url"`
	Secret string `json:"secret,omitempty"` // signs the delivery; never returned
}
