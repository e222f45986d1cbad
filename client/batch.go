package client

// BatchRequest hands in many submissions at once.
type BatchRequest = BatchRequestOf[string]

// BatchRequestOf is a [BatchRequest] whose texts are of type T.
type BatchRequestOf[T any] struct {
	Submissions []RequestOf[T] `json:"submissions"`
}

// BatchReceipt answers a [BatchRequest], item by item in its order.
type BatchReceipt struct {
	ID          string      `json:"id,omitempty"` // empty when nothing was accepted
	Submissions []BatchItem `json:"submissions"`
}

// BatchItem is a submission that was accepted, or why it was not.
type BatchItem struct {
	ID    string   `json:"id,omitempty"`
	Error *Problem `json:"error,omitempty"`
}

// Batch tells how far the submissions of a batch are.
type Batch struct {
	ID          string         `json:"id"`
	Total       int            `json:"total"`
	Statuses    map[string]int `json:"statuses"`
	Verdicts    map[string]int `json:"verdicts"`
	Submissions []Submission   `json:"submissions"` // without their tests
}
