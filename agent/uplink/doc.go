// Package uplink is an agent's side of the Fleet protocol: it finds the
// leader, keeps a stream to it, takes assignments as its credit allows, hands
// them to a runner, and keeps every report until it is acknowledged. How an
// assignment is judged is left to package runner; bytes behind digests to
// package blobcache, which borrows the connection from [Servers].
//
// One goroutine owns all that is known of attempts, but for their progress.
// Streams come and go beside it:
//
//	connector ──session──> loop <──results── one goroutine per attempt
//	reader ────messages──>  │ watched              │ progress
//	                        ▼                      ▼
//	writer <──queue── report, credit, …   journal of the attempt
//	   ▲                                           │
//	   └───────────────news of what is watched─────┘
//
// Progress stays in the journal of its attempt unless the leader asks for it:
// few attempts have somebody who follows them. Leaders that do not know how to
// ask are sent all of it.
//
// What is sent is queued and bounded. Progress that does not fit is dropped; a
// report that does not fit cuts the stream, and is sent again on the next one.
package uplink
