package uplink_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"assay/controlplane/progress"
	"assay/controlplane/state"
	"assay/judge"
	"assay/proto/convert"
)

func (w *world) wantFinished(r state.Record, node string, lost int) {
	w.t.Helper()
	if r.Verdict != judge.Accepted || r.Node != node || r.Lost != lost {
		w.t.Errorf("%s: %s by %q after %d lost attempts; want accepted by %q after %d",
			r.ID, r.Verdict, r.Node, r.Lost, node, lost)
	}
}

func TestASubmissionGoesRound(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 2)
		w.submit("one", 3*time.Second)
		time.Sleep(time.Second)
		if at, ok := w.servers["s1"].dispatch.Running("one"); !ok || at.Node != "n1" || at.Attempt != 1 {
			t.Errorf("Running = %v, %v; want attempt 1 on n1", at, ok)
		}
		f := w.follow("s1", "one", progress.ID{})
		r := w.await("one")
		w.wantFinished(r, "n1", 0)
		if events := f.rest(); events != "1.1 queued, 1.2 started, 1.3 test, 1.4 finished, " {
			t.Errorf("events: %s", events)
		}
		result, err := convert.DecodeResult(r.Result.Inline)
		if err != nil {
			t.Fatal(err)
		}
		if result.Timing.Total < 3*time.Second || result.Timing.Total > 4*time.Second || result.Tests[0].Message != "not \uFFFD UTF-8" {
			t.Errorf("total %v, message %q", result.Timing.Total, result.Tests[0].Message)
		}
		synctest.Wait()
		if s := a.uplink.Status(); s.Unacked != 0 || s.Running != 0 || !s.Attached {
			t.Errorf("status after the commit: %+v", s)
		}
		a.stop()
	})
}

func TestAnAgentTakesAsMuchAsItHasRoomForAndTheOldestFirst(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 2)
		synctest.Wait()
		for i := range 5 {
			w.submit(fmt.Sprint("s", i), 10*time.Second)
		}
		time.Sleep(time.Second)
		agents := w.servers["s1"].fleet.Agents()
		if len(agents) != 1 || agents[0].Leases != 3 || agents[0].Credits != 0 || agents[0].Ready != 2 {
			t.Errorf("agents: %+v", agents)
		}
		for i := range 5 {
			w.wantFinished(w.await(fmt.Sprint("s", i)), "n1", 0)
		}
		a.stop()
	})
}

func TestAToolchainThatIsReadyLaterTakesWhatHasWaited(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 1)
		a.uplink.Announce(nil)
		synctest.Wait()
		w.submit("one", time.Second)
		time.Sleep(time.Minute)
		if n := a.runner.count("one"); n != 0 {
			t.Errorf("ran %d times without the language", n)
		}
		a.uplink.Announce([]judge.Language{{ID: "c", Available: true}})
		w.wantFinished(w.await("one"), "n1", 0)
		if all := w.servers["s1"].fleet.Languages(); len(all) != 1 || !all[0].Available {
			t.Errorf("languages: %+v", all)
		}
		a.stop()
	})
}

func TestWhatADeadAgentHeldGoesToAnother(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		dead := w.agent("n1", 2)
		synctest.Wait()
		w.submit("one", 5*time.Second)
		synctest.Wait()
		dead.plug(false)
		other := w.agent("n2", 2)
		w.wantFinished(w.await("one"), "n2", 1)
		// It was not dead after all; nobody wants its result any more.
		dead.plug(true)
		time.Sleep(10 * time.Second)
		if s := dead.uplink.Status(); s.Unacked != 0 || !s.Attached {
			t.Errorf("status of the one that came back: %+v", s)
		}
		if n := w.log.finished(); n != 1 {
			t.Errorf("%d finishes were proposed, want 1", n)
		}
		dead.stop()
		other.stop()
	})
}

func TestACutStreamCostsNothing(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 2)
		synctest.Wait()
		w.submit("one", 5*time.Second)
		for range 4 {
			time.Sleep(time.Second)
			a.cut()
		}
		w.wantFinished(w.await("one"), "n1", 0)
		if n := a.runner.count("one"); n != 1 || w.log.finished() != 1 {
			t.Errorf("ran %d times, %d finishes; want one of each", n, w.log.finished())
		}
		a.stop()
	})
}

func TestAResultThatIsReadyWhileTheCableIsOutIsDeliveredOnce(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 2)
		synctest.Wait()
		w.submit("one", 2*time.Second)
		time.Sleep(time.Second)
		a.plug(false)
		time.Sleep(5 * time.Second)
		if s := a.uplink.Status(); s.Unacked != 1 {
			t.Errorf("status while unplugged: %+v", s)
		}
		a.plug(true)
		w.wantFinished(w.await("one"), "n1", 0)
		if n := a.runner.count("one"); n != 1 || w.log.finished() != 1 {
			t.Errorf("ran %d times, %d finishes; want one of each", n, w.log.finished())
		}
		a.stop()
	})
}

func TestAFailoverExecutesNothingTwice(t *testing.T) {
	inWorld(t, []string{"s1", "s2"}, func(w *world) {
		a, b := w.agent("n1", 2), w.agent("n2", 2)
		synctest.Wait()
		for i := range 4 {
			w.submit(fmt.Sprint("s", i), 4*time.Second)
		}
		time.Sleep(time.Second)
		w.lead(w.t.Context(), "s2")
		w.submit("s4", 4*time.Second)
		for i := range 5 {
			id := fmt.Sprint("s", i)
			if r := w.await(id); r.Verdict != judge.Accepted || r.Lost != 0 {
				t.Errorf("%s: %s after %d lost attempts", id, r.Verdict, r.Lost)
			}
			if n := a.runner.count(id) + b.runner.count(id); n != 1 {
				t.Errorf("%s ran %d times, want once", id, n)
			}
		}
		if n := len(w.servers["s1"].fleet.Agents()); n != 0 {
			t.Errorf("the old leader still has %d agents", n)
		}
		w.servers["s2"].depose()
		a.stop()
		b.stop()
	})
}

func TestADrainedAgentFinishesWhatItCanAndHandsBackTheRest(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		leaving := w.agent("n1", 2)
		synctest.Wait()
		w.submit("short", 5*time.Second)
		w.submit("long", 40*time.Second)
		synctest.Wait()
		staying := w.agent("n2", 2)
		leaving.stop()
		synctest.Wait()
		w.submit("later", time.Second)
		w.wantFinished(w.await("later"), "n2", 0)
		w.wantFinished(w.await("short"), "n1", 0)
		start := time.Now()
		<-leaving.ended
		if took := time.Since(start); took > 25*time.Second {
			t.Errorf("left only after %v", took)
		}
		w.wantFinished(w.await("long"), "n2", 0)
		staying.stop()
	})
}

func TestAnOperatorCanDrainAnAgent(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 2)
		synctest.Wait()
		if err := w.servers["s1"].fleet.Drain("n1"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.submit("one", time.Second)
		time.Sleep(10 * time.Second)
		if n := a.runner.count("one"); n != 0 || !a.uplink.Status().Draining {
			t.Errorf("a drained agent ran %d, status %+v", n, a.uplink.Status())
		}
		b := w.agent("n2", 1)
		w.wantFinished(w.await("one"), "n2", 0)
		a.stop()
		b.stop()
	})
}

func TestWhatFailsEverywhereIsAJudgeError(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a, b := w.agent("n1", 1), w.agent("n2", 1)
		synctest.Wait()
		a.runner.fault, b.runner.fault = errors.New("box broke"), errors.New("box broke")
		w.submit("one", time.Second)
		r := w.await("one")
		result, err := convert.DecodeResult(r.Result.Inline)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != judge.JudgeError || r.Attempt != 3 || result.Message == "" {
			t.Errorf("%s at attempt %d: %q", r.Verdict, r.Attempt, result.Message)
		}
		if n, m := a.runner.count("one"), b.runner.count("one"); n+m != 3 || n == 0 || m == 0 {
			t.Errorf("ran %d and %d times, want 3 spread over both", n, m)
		}
		a.stop()
		b.stop()
	})
}

func TestAnAttemptThatOutlivesItsTimeoutIsAFault(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 1)
		w.submit("one", time.Hour)
		start := time.Now()
		if r := w.await("one"); r.Verdict != judge.JudgeError {
			t.Errorf("verdict %s", r.Verdict)
		}
		if took := time.Since(start); took < 3*time.Minute || took > 4*time.Minute {
			t.Errorf("took %v, want three timeouts of a minute", took)
		}
		a.stop()
	})
}

func TestACancelledSubmissionIsStoppedOnItsAgent(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 1)
		synctest.Wait()
		w.submit("one", time.Hour)
		synctest.Wait()
		if _, err := w.log.Propose(w.t.Context(), state.Cancel{ID: "one", Tenant: "t"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := a.uplink.Status(); s.Running != 0 || s.Unacked != 0 {
			t.Errorf("status after the cancel: %+v", s)
		}
		a.stop()
	})
}

func TestACommitWhoseOutcomeIsUnknownIsTriedAgain(t *testing.T) {
	for name, doubt := range map[string]func(*memoryLog){
		"not carried out": func(l *memoryLog) { l.refuse = 2 },
		"carried out":     func(l *memoryLog) { l.swallow = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, []string{"s1"}, func(w *world) {
				a := w.agent("n1", 1)
				synctest.Wait()
				doubt(w.log)
				w.submit("one", time.Second)
				w.wantFinished(w.await("one"), "n1", 0)
				time.Sleep(time.Second)
				if s := a.uplink.Status(); s.Unacked != 0 || a.runner.count("one") != 1 {
					t.Errorf("status %+v after %d runs", s, a.runner.count("one"))
				}
				a.stop()
			})
		})
	}
}

func TestATermThatFellBehindTheLogStartsOverFromItsState(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 2)
		synctest.Wait()
		w.submit("one", 10*time.Second)
		synctest.Wait()
		w.log.restart()
		w.submit("two", time.Second)
		w.log.restart()
		w.wantFinished(w.await("two"), "n1", 0)
		w.wantFinished(w.await("one"), "n1", 0)
		a.stop()
	})
}

func TestAnUrgentSubmissionWaitsForNoOtherToEnd(t *testing.T) {
	inWorld(t, []string{"s1"}, func(w *world) {
		a := w.agent("n1", 1)
		synctest.Wait()
		for i := range 5 {
			w.submitAs(fmt.Sprint("bulk", i), 30*time.Second, judge.Bulk)
		}
		synctest.Wait()
		w.submitAs("urgent", time.Second, judge.Urgent)
		time.Sleep(2 * time.Second)
		if r, _ := w.log.look("urgent"); r.Status != judge.StatusFinished {
			t.Errorf("it is %s", r.Status)
		}
		if a.runner.turn("urgent") >= a.runner.turn("bulk0") {
			t.Error("it is served after what came before it")
		}
		a.stop()
	})
}
