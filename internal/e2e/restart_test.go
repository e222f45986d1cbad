package e2e

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"assay/client"
	"assay/internal/devserver"
)

// addition is a submission of n tests. Its sources differ, so that each is
// compiled, and every fourth is wrong on its third test.
func addition(i, n int) client.Request {
	term := "a + b"
	if wrongAddition(i) {
		term = "a + (b == 2 ? 0 : b)"
	}
	r := client.Request{
		Language: "c",
		Source:   fmt.Sprintf("#include <stdio.h>\nint main(void) { int a, b; scanf(\"%%d %%d\", &a, &b); printf(\"%%d\\n\", %s); } // %d\n", term, i),
	}
	for b := range n {
		r.Tests = append(r.Tests, client.Test{
			ID:       strconv.Itoa(b),
			Stdin:    fmt.Sprintf("%d %d\n", i, b),
			Expected: client.Expect(strconv.Itoa(i + b)),
		})
	}
	return r
}

func wrongAddition(i int) bool { return i%4 == 3 }

func checkAddition(t *testing.T, i, tests int, s client.Submission) {
	t.Helper()
	want, passed := "accepted", tests
	if wrongAddition(i) {
		want, passed = "wrong_answer", tests-1
	}
	if s.Status != "finished" || s.Verdict != want || s.Summary == nil || s.Summary.Passed != passed {
		t.Errorf("submission %d: %s %s %+v, want finished %s with %d passed", i, s.Status, s.Verdict, s.Summary, want, passed)
	}
}

// submitAll hands in n submissions at once and returns their ids in order.
func submitAll(t *testing.T, c *client.Client, n, tests int) []string {
	t.Helper()
	ids := make([]string, n)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			s, err := c.Submit(t.Context(), addition(i, tests))
			if err != nil {
				t.Errorf("submission %d: %v", i, err)
			}
			ids[i] = s.ID
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return ids
}

// waitAll waits for every submission and checks its verdict.
func waitAll(t *testing.T, c *client.Client, ids []string, tests int) []client.Submission {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	results := make([]client.Submission, len(ids))
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() {
			s, err := c.Wait(ctx, id)
			if err != nil {
				t.Errorf("wait for submission %d: %v", i, err)
				return
			}
			results[i] = s
			checkAddition(t, i, tests, s)
		})
	}
	all.Wait()
	return results
}

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	needBoxes(t)
	const submissions, tests = 100, 20
	dir := t.TempDir()
	server, c := start(t, dir)
	ids := submitAll(t, c, submissions, tests)

	before := killAt(t, server, c, ids, submissions/3)
	if len(before) == submissions {
		t.Fatal("everything was finished when the process was killed: that shows nothing")
	}

	_, c = start(t, dir)
	after := waitAll(t, c, ids, tests)
	for i, s := range after {
		// What was finished keeps the very result it had: it was not judged again.
		if old, was := before[s.ID]; was && (!old.FinishedAt.Equal(*s.FinishedAt) || old.Timing.TotalMillis != s.Timing.TotalMillis) {
			t.Errorf("submission %d was finished at %v and now at %v", i, old.FinishedAt, s.FinishedAt)
		}
	}
	checkListed(t, c, ids)
}

// killAt kills the server once some of the submissions are finished, and
// returns the results that it gave out: one or two were running then, and the
// others waited.
func killAt(t *testing.T, server *devserver.Server, c *client.Client, ids []string, some int) map[string]client.Submission {
	t.Helper()
	finished := make(chan client.Submission, len(ids))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var waiters sync.WaitGroup
	for _, id := range ids {
		waiters.Go(func() {
			if s, err := c.Wait(ctx, id); err == nil {
				finished <- s
			}
		})
	}
	given := map[string]client.Submission{}
	for range some {
		s := <-finished
		given[s.ID] = s
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	cancel()
	waiters.Wait()
	close(finished)
	for s := range finished {
		given[s.ID] = s
	}
	return given
}

// checkListed holds that the server knows exactly these submissions, each once.
func checkListed(t *testing.T, c *client.Client, ids []string) {
	t.Helper()
	seen := map[string]int{}
	for q := (client.Query{}); ; {
		page, err := c.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Submissions {
			seen[s.ID]++
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	for _, id := range ids {
		if seen[id] != 1 {
			t.Errorf("submission %s is listed %d times", id, seen[id])
		}
		delete(seen, id)
	}
	if len(seen) > 0 {
		t.Errorf("submissions that nobody handed in: %v", seen)
	}
}

func TestAnOrderlyStopLosesNothingAndEndsCleanly(t *testing.T) {
	needBoxes(t)
	const submissions, tests = 12, 20
	dir := t.TempDir()
	server, c := start(t, dir)
	ids := submitAll(t, c, submissions, tests)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := server.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	_, c = start(t, dir)
	waitAll(t, c, ids, tests)
}
