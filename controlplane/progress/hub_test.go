package progress_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"assay/controlplane/progress"
	"assay/judge"
)

func tested(id string) progress.Event {
	return progress.Event{Kind: progress.Test, Test: &judge.TestResult{ID: id}}
}

// tell writes events as "id kind" in one line.
func tell(events []progress.Event) string {
	var s string
	for _, e := range events {
		s += fmt.Sprintf("%s %s, ", e.ID, e.Kind)
	}
	return s
}

// drain reads what is there without waiting, and whether the channel ended.
func drain(live <-chan progress.Event) (events []progress.Event, ended bool) {
	for {
		select {
		case e, ok := <-live:
			if !ok {
				return events, true
			}
			events = append(events, e)
		default:
			return events, false
		}
	}
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestALateListenerHearsWhatHappenedAndThenWhatHappens(t *testing.T) {
	h := progress.New(progress.DefaultConfig())
	h.Publish("s", 1, progress.Event{Kind: progress.Queued})
	h.Publish("s", 1, progress.Event{Kind: progress.Started})
	past, live := h.Subscribe(t.Context(), "s", progress.ID{})
	want(t, "past", tell(past), "1.1 queued, 1.2 started, ")
	h.Publish("s", 1, tested("1"))
	got, ended := drain(live)
	want(t, "live", tell(got), "1.3 test, ")
	if ended {
		t.Error("the stream ended before the submission did")
	}
}

func TestAListenerResumesAfterTheLastEventItSaw(t *testing.T) {
	h := progress.New(progress.DefaultConfig())
	for i := range 4 {
		h.Publish("s", 1, tested(fmt.Sprint(i)))
	}
	past, _ := h.Subscribe(t.Context(), "s", progress.ParseID("1.2"))
	want(t, "past", tell(past), "1.3 test, 1.4 test, ")
}

func TestANewAttemptSaysRestartedAndVoidsTheOldOne(t *testing.T) {
	h := progress.New(progress.DefaultConfig())
	_, live := h.Subscribe(t.Context(), "s", progress.ID{})
	h.Publish("s", 1, tested("1"))
	h.Publish("s", 2, progress.Event{Kind: progress.Started})
	h.Publish("s", 1, tested("2"))
	got, _ := drain(live)
	want(t, "live", tell(got), "1.1 test, 2.1 restarted, 2.2 started, ")
	past, _ := h.Subscribe(t.Context(), "s", progress.ParseID("1.1"))
	want(t, "past", tell(past), "2.1 restarted, 2.2 started, ")
}

func TestAnEventKeepsTheNumberThatItBringsUnlessItIsTaken(t *testing.T) {
	h := progress.New(progress.DefaultConfig())
	_, live := h.Subscribe(t.Context(), "s", progress.ID{})
	for _, n := range []int{1, 2, 7, 2, 0} {
		e := tested("t")
		e.ID.N = n
		h.Publish("s", 1, e)
	}
	second := tested("t")
	second.ID.N = 4
	h.Publish("s", 2, second)
	got, _ := drain(live)
	want(t, "live", tell(got), "1.1 test, 1.2 test, 1.7 test, 1.8 test, 1.9 test, 2.1 restarted, 2.4 test, ")
}

func TestClearingEndsAllStreamsAndForgetsThem(t *testing.T) {
	h := progress.New(progress.DefaultConfig())
	_, live := h.Subscribe(t.Context(), "s", progress.ID{})
	h.Publish("s", 1, tested("1"))
	h.Publish("other", 1, tested("1"))
	h.Clear()
	if _, ended := drain(live); !ended || h.Len() != 0 {
		t.Errorf("ended = %v, %d submissions remembered; want true, 0", ended, h.Len())
	}
	h.Publish("s", 1, tested("2"))
	past, _ := h.Subscribe(t.Context(), "s", progress.ID{})
	want(t, "past", tell(past), "1.1 test, ")
}

func TestFinishedIsTheLastEvent(t *testing.T) {
	h := progress.New(progress.DefaultConfig())
	_, live := h.Subscribe(t.Context(), "s", progress.ID{})
	h.Publish("s", 1, progress.Event{Kind: progress.Finished})
	got, ended := drain(live)
	want(t, "live", tell(got), "1.1 finished, ")
	if !ended || h.Len() != 0 {
		t.Errorf("ended = %v, %d submissions remembered; want true, 0", ended, h.Len())
	}
}

func TestAListenerThatLagsIsDroppedAndNobodyWaits(t *testing.T) {
	h := progress.New(progress.DefaultConfig())
	_, live := h.Subscribe(t.Context(), "s", progress.ID{})
	for i := range 300 {
		h.Publish("s", 1, tested(fmt.Sprint(i)))
	}
	got, ended := drain(live)
	if !ended {
		t.Error("the lagging listener's channel is still open")
	}
	past, _ := h.Subscribe(t.Context(), "s", got[len(got)-1].ID)
	if len(got)+len(past) != 300 {
		t.Errorf("%d events live and %d on resuming, want 300 together", len(got), len(past))
	}
}

func TestMemoryIsBounded(t *testing.T) {
	h := progress.New(progress.Config{Events: 5, Total: 60})
	_, live := h.Subscribe(t.Context(), "first", progress.ID{})
	for i := range 100 {
		for range 20 {
			h.Publish(fmt.Sprint(i), 1, tested("t"))
		}
	}
	if h.Len() != 10 {
		t.Errorf("%d submissions are remembered, want 10", h.Len())
	}
	if past, _ := h.Subscribe(t.Context(), "99", progress.ID{}); len(past) != 5 {
		t.Errorf("%d events are remembered, want 5", len(past))
	}
	if _, ended := drain(live); !ended {
		t.Error("the listener of a forgotten submission still waits")
	}
}

func TestLeavingForgetsWhatNothingHappenedTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := progress.New(progress.DefaultConfig())
		ctx, leave := context.WithCancel(t.Context())
		_, live := h.Subscribe(ctx, "s", progress.ID{})
		leave()
		synctest.Wait()
		if _, ended := drain(live); !ended || h.Len() != 0 {
			t.Errorf("ended = %v, %d submissions remembered; want true, 0", ended, h.Len())
		}
	})
}

func TestIDsReadBackAndOrder(t *testing.T) {
	for in, want := range map[string]progress.ID{"2.17": {2, 17}, "": {}, "x.1": {}, "1": {}, "-1.2": {}} {
		if got := progress.ParseID(in); got != want {
			t.Errorf("ParseID(%q) = %v, want %v", in, got, want)
		}
	}
	if id := (progress.ID{Attempt: 2, N: 1}); !id.After(progress.ID{Attempt: 1, N: 9}) || id.After(id) {
		t.Error("2.1 must come after 1.9 and not after itself")
	}
}
