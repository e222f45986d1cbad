package runner

import (
	"context"
	"sync"

	"assay/judge"
)

// lookahead is how many tests' payloads are fetched before they are needed.
const lookahead = 16

// ahead fetches the payloads of tests while the program still compiles and
// earlier tests run, so that no box stands idle while bytes travel. It only
// warms the blob store: whoever needs a payload opens it again, and is told
// when it cannot be had.
type ahead struct {
	blobs Blobs
	tests []judge.Test

	mu   sync.Mutex // guards next
	next int        // tests below it are claimed
	wake chan struct{}
}

func newAhead(blobs Blobs, tests []judge.Test) *ahead {
	return &ahead{blobs: blobs, tests: tests, wake: make(chan struct{}, 1)} // one wake-up is enough, however many claims
}

// run fetches until every test is claimed or ctx ends.
func (a *ahead) run(ctx context.Context) {
	for i := range a.tests {
		if !a.due(ctx, i) {
			return
		}
		a.fetch(ctx, a.tests[i].Stdin)
		if a.tests[i].Expected != nil {
			a.fetch(ctx, *a.tests[i].Expected)
		}
	}
}

// due waits until test i is to be fetched; false when ctx ended before.
func (a *ahead) due(ctx context.Context, i int) bool {
	for {
		a.mu.Lock()
		near := i < a.next+lookahead
		a.mu.Unlock()
		if near {
			return ctx.Err() == nil
		}
		select {
		case <-a.wake:
		case <-ctx.Done():
			return false
		}
	}
}

func (a *ahead) fetch(ctx context.Context, p judge.Payload) {
	if p.Digest == "" {
		return
	}
	if f, err := a.blobs.Open(ctx, p); err == nil {
		f.Close()
	}
}

// claimed says that tests below next have been claimed.
func (a *ahead) claimed(next int) {
	a.mu.Lock()
	a.next = next
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}
