package runner

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"assay/judge"
)

// countingBlobs has nothing, and counts who asks.
type countingBlobs struct{ asked atomic.Int64 }

func (c *countingBlobs) Open(context.Context, judge.Payload) (*os.File, error) {
	c.asked.Add(1)
	return nil, os.ErrNotExist
}

func (c *countingBlobs) Put(context.Context, io.Reader) (judge.Payload, error) {
	return judge.Payload{}, os.ErrInvalid
}

func TestPayloadsAreFetchedALittleAheadOfTheirTests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tests []judge.Test
		for i := range 3 * lookahead {
			tests = append(tests, judge.Test{ID: fmt.Sprint(i), Stdin: judge.Payload{Digest: "sha256:x"}})
		}
		blobs := &countingBlobs{}
		a := newAhead(blobs, tests)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { a.run(ctx); close(done) }()
		for _, step := range []struct{ claimed, want int }{{0, lookahead}, {1, lookahead + 1}, {lookahead, 2 * lookahead}} {
			a.claimed(step.claimed)
			synctest.Wait()
			if got := int(blobs.asked.Load()); got != step.want {
				t.Errorf("%d tests claimed: %d fetched, want %d", step.claimed, got, step.want)
			}
		}
		cancel()
		<-done
	})
}
