package client

// SuiteRequest stores tests, to be named by many submissions.
type SuiteRequest = SuiteRequestOf[string]

// SuiteRequestOf is a [SuiteRequest] whose texts are of type T.
type SuiteRequestOf[T any] struct {
	Tests    []TestOf[T]   `json:"tests"`
	Compare  *CompareOf[T] `json:"compare,omitempty"` // for submissions that do not say
	Encoding string        `json:"encoding,omitempty"`
}

// Suite is a stored suite. It never changes: its id is the digest of what is
// in it.
type Suite struct {
	ID    string `json:"id"`
	Tests int    `json:"tests"`
	Size  int64  `json:"size"` // bytes of the stored list; long inputs and outputs are kept apart
}
