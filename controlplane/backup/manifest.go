package backup

import (
	"time"

	"assay/judge"
)

// Manifest says what a snapshot is of.
type Manifest struct {
	Cluster string    `json:"cluster"` // empty: a server that was alone
	Server  string    `json:"server"`  // which saved it
	Version string    `json:"version"` // of assay
	Created time.Time `json:"created"`
	Index   uint64    `json:"index"` // the last log entry whose effect is in it
	Level   int       `json:"level"` // feature level of the cluster
}

// Totals says how much there is.
type Totals struct {
	StateBytes int64 `json:"state_bytes"`
	Blobs      int   `json:"blobs"`
	BlobBytes  int64 `json:"blob_bytes"`
	// Missing counts blobs that the state refers to and that no server had any
	// more when it was saved.
	Missing int `json:"missing"`
}

// entry announces a blob.
type entry struct {
	digest judge.Digest
	size   int64
}

// Restored says what took the place of a cluster's state.
type Restored struct {
	Manifest
	Totals
	Submissions, Suites int
}
