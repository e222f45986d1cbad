package uplink_test

import (
	"fmt"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"assay/controlplane/progress"
)

// follower follows a submission on one server.
type follower struct {
	live <-chan progress.Event
	last progress.ID
}

// follow begins after an event; a server that does not lead tells nothing.
func (w *world) follow(name, id string, after progress.ID) *follower {
	s := w.servers[name]
	_, live := s.hub.Subscribe(w.t.Context(), id, after)
	s.dispatch.Follow(w.t.Context(), id)
	return &follower{live, after}
}

// rest tells what comes until the stream ends, and has not been told before.
func (f *follower) rest() (told string) {
	late := time.After(time.Minute)
	for {
		select {
		case e, open := <-f.live:
			if !open {
				return told
			}
			if e.ID.After(f.last) {
				told += fmt.Sprintf("%s %s, ", e.ID, e.Kind)
				f.last = e.ID
			}
		case <-late:
			return told + "and no end"
		}
	}
}

// ten is the stream of a submission with ten tests, from an event to another.
func ten(from, to int) (told string) {
	for n := from; n <= to; n++ {
		kind := progress.Test
		switch n {
		case 1:
			kind = progress.Queued
		case 2:
			kind = progress.Started
		case 13:
			kind = progress.Finished
		}
		told += fmt.Sprintf("1.%d %s, ", n, kind)
	}
	return told
}

// tenTests submits ten tests of a second each to an agent, and is half a second
// past the start.
func (w *world) tenTests() *agent {
	a := w.agent("n1", 1)
	a.runner.tests = 10
	synctest.Wait()
	w.submit("one", 10*time.Second)
	time.Sleep(500 * time.Millisecond)
	return a
}

func (w *world) wantSaid(name, want string) {
	w.t.Helper()
	if got := w.servers[name].wire.tell(); got != want {
		w.t.Errorf("said to %s: %q, want %q", name, got, want)
	}
}

func TestNoProgressTravelsThatNobodyFollows(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.tenTests()
		w.wantFinished(w.await("one"), "n1", 0)
		w.wantSaid("s1", "report")
		a.stop()
	})
}

func TestWhoeverFollowsLateHearsAllFromTheBeginningOnceAndInOrder(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.tenTests()
		time.Sleep(4 * time.Second)
		w.wantSaid("s1", "")
		f := w.follow("s1", "one", progress.ID{})
		synctest.Wait()
		w.wantSaid("s1", "1 2 3 4 5")
		again := w.follow("s1", "one", progress.ID{Attempt: 1, N: 6})
		w.wantFinished(w.await("one"), "n1", 0)
		if got := f.rest(); got != ten(1, 13) {
			t.Errorf("told %s", got)
		}
		if got := again.rest(); got != ten(7, 13) {
			t.Errorf("the second one was told %s", got)
		}
		w.wantSaid("s1", "1 2 3 4 5 6 7 8 9 10 11 report")
		a.stop()
	})
}

func TestWhoeverFollowsFromTheBeginningHearsOfItAsItHappens(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		f := w.follow("s1", "one", progress.ID{}) // before the term has heard of it
		a := w.tenTests()
		time.Sleep(4 * time.Second)
		w.wantSaid("s1", "1 2 3 4 5")
		w.wantFinished(w.await("one"), "n1", 0)
		if got := f.rest(); got != ten(1, 13) {
			t.Errorf("told %s", got)
		}
		a.stop()
	})
}

func TestACutStreamLosesNoProgressAndRepeatsNone(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.tenTests()
		f := w.follow("s1", "one", progress.ID{})
		for range 2 {
			time.Sleep(time.Second)
			a.cut()
		}
		a.plug(false)
		time.Sleep(3 * time.Second)
		a.plug(true)
		w.wantFinished(w.await("one"), "n1", 0)
		if got := f.rest(); got != ten(1, 13) {
			t.Errorf("told %s", got)
		}
		w.wantSaid("s1", "1 2 3 4 5 6 7 8 9 10 11 report")
		a.stop()
	})
}

func TestAStreamThatWasCutIsNotToldWhatNobodyFollows(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.tenTests()
		a.cut()
		w.wantFinished(w.await("one"), "n1", 0)
		w.wantSaid("s1", "report")
		a.stop()
	})
}

func TestAChangeOfLeaderLosesNoProgressAndRepeatsNone(t *testing.T) {
	inWorld(t, []string{"s1", "s2"}, func(w *world) {
		a := w.tenTests()
		f := w.follow("s1", "one", progress.ID{})
		time.Sleep(3 * time.Second)
		w.lead(w.t.Context(), "s2")
		if got := f.rest(); got != ten(1, 5) {
			t.Errorf("told by the old leader: %s", got)
		}
		time.Sleep(2 * time.Second)
		w.wantSaid("s2", "") // until somebody follows there
		if w.servers["s1"].dispatch.Follow(w.t.Context(), "one") || !w.servers["s2"].dispatch.Follow(w.t.Context(), "one") {
			t.Error("the old leader takes followers, or the new one does not")
		}
		synctest.Wait()
		late := w.follow("s2", "one", f.last)
		past, _ := w.servers["s2"].hub.Subscribe(w.t.Context(), "one", f.last)
		w.wantFinished(w.await("one"), "n1", 0)
		missed := ""
		for _, e := range past {
			missed += fmt.Sprintf("%s %s, ", e.ID, e.Kind)
		}
		if got := missed + late.rest(); got != ten(6, 13) {
			t.Errorf("told by the new leader: %s", got)
		}
		w.wantSaid("s2", "1 2 3 4 5 6 7 8 9 10 11 report")
		w.servers["s2"].depose()
		a.stop()
	})
}

func TestAServerThatLeadsAgainRepeatsNothing(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.tenTests()
		f := w.follow("s1", "one", progress.ID{})
		time.Sleep(3 * time.Second)
		w.servers["s1"].depose()
		synctest.Wait() // one term at a time
		w.lead(w.t.Context(), "s1")
		first := f.rest()
		synctest.Wait()
		f = w.follow("s1", "one", f.last)
		w.wantFinished(w.await("one"), "n1", 0)
		if got := first + f.rest(); got != ten(1, 13) {
			t.Errorf("told %s", got)
		}
		w.servers["s1"].depose()
		a.stop()
	})
}

func TestALeaderThatDoesNotAskIsSentEverythingAsItHappens(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		w.servers["s1"].wire.makeOld()
		a := w.tenTests()
		time.Sleep(2 * time.Second)
		w.wantSaid("s1", "1 2 3")
		a.plug(false)
		time.Sleep(3 * time.Second) // in which what happens is lost
		a.plug(true)
		w.wantFinished(w.await("one"), "n1", 0)
		// When exactly it is back is left to chance.
		if got := w.servers["s1"].wire.tell(); !regexp.MustCompile("^1 2 3 ((7 )?8 )?9 10 11 report$").MatchString(got) {
			t.Errorf("said %s", got)
		}
		a.stop()
	})
}
