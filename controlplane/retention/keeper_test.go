package retention_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"assay/controlplane/blob"
	"assay/controlplane/retention"
	"assay/controlplane/state"
	"assay/judge"
	"assay/proto/convert"
)

// fakeLog applies commands to a state of its own.
type fakeLog struct{ store *state.Store }

func (l *fakeLog) View() state.View { return l.store.View() }

func (l *fakeLog) Propose(_ context.Context, c state.Command) (state.Event, error) {
	return l.store.Apply(time.Now(), []state.Command{c})[0], nil
}

type world struct {
	t      *testing.T
	log    *fakeLog
	blobs  *blob.Store
	keeper *retention.Keeper
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, log: &fakeLog{store: state.New()}}
	w.blobs = blob.New(blob.Config{Dir: t.TempDir(), Reserve: -1}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err := w.blobs.Prepare(); err != nil {
		t.Fatal(err)
	}
	w.keeper = retention.New(retention.DefaultConfig(), w.log, nil, w.blobs, slog.New(slog.DiscardHandler))
	return w
}

func (w *world) put(data []byte) judge.Payload {
	w.t.Helper()
	d, err := w.blobs.Put(w.t.Context(), data)
	if err != nil {
		w.t.Fatal(err)
	}
	return judge.Payload{Digest: d, Size: int64(len(data))}
}

// encoded stores an encoding.
func (w *world) encoded(data []byte, err error) judge.Payload {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return w.put(data)
}

func (w *world) propose(c state.Command) {
	w.t.Helper()
	if e, err := w.log.Propose(w.t.Context(), c); err != nil || e.Err != nil {
		w.t.Fatal(err, e.Err)
	}
}

// sweepLater sweeps as it will be when everything has aged.
func (w *world) sweepLater() {
	w.t.Helper()
	if err := w.keeper.Sweep(w.t.Context(), time.Now().Add(48*time.Hour)); err != nil {
		w.t.Fatal(err)
	}
}

// submission stores one with every kind of reference and returns them all.
func (w *world) submission(id string) []judge.Digest {
	file, stdin, expected, stdout := w.put([]byte(id+"file")), w.put([]byte(id+"in")), w.put([]byte(id+"out")), w.put([]byte(id+"got"))
	spec := w.encoded(convert.EncodeSpec(judge.Spec{Program: judge.Program{Files: []judge.File{{Name: id, Content: file}}}}))
	suite := w.encoded(convert.EncodeSuite(judge.Suite{Tests: []judge.Test{{ID: id, Stdin: stdin, Expected: &expected}}}))
	result := w.encoded(convert.EncodeResult(judge.Result{Tests: []judge.TestResult{{ID: id, Stdout: judge.Captured{Payload: stdout}}}}))
	w.propose(state.Submit{ID: id, Tenant: "t", Spec: spec, Suite: suite})
	w.propose(state.Finish{ID: id, Attempt: 1, Verdict: judge.Accepted, Result: result})
	return []judge.Digest{file.Digest, stdin.Digest, expected.Digest, stdout.Digest, spec.Digest, suite.Digest, result.Digest}
}

func (w *world) left() []judge.Digest {
	var all []judge.Digest
	for info, err := range w.blobs.Walk() {
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, info.Digest)
	}
	return all
}

func sorted(d []judge.Digest) []judge.Digest {
	slices.Sort(d)
	return d
}

func TestWhatASubmissionRefersToIsKeptAndTheRestGoes(t *testing.T) {
	w := newWorld(t)
	want := w.submission("one")
	w.put([]byte("nobody's"))
	w.sweepLater()
	if diff := cmp.Diff(sorted(want), sorted(w.left())); diff != "" {
		t.Errorf("payloads left (-want +got):\n%s", diff)
	}
}

func TestASuiteIsKeptWithoutASubmission(t *testing.T) {
	w := newWorld(t)
	stdin := w.put([]byte("in"))
	suite := w.encoded(convert.EncodeSuite(judge.Suite{Tests: []judge.Test{{ID: "1", Stdin: stdin}}}))
	w.propose(state.StoreSuite{Tenant: "t", Digest: suite.Digest, Size: suite.Size, Tests: 1})
	w.sweepLater()
	if diff := cmp.Diff(sorted([]judge.Digest{stdin.Digest, suite.Digest}), sorted(w.left())); diff != "" {
		t.Errorf("payloads left (-want +got):\n%s", diff)
	}
}

func TestAYoungPayloadIsSparedBeforeAnythingNamesIt(t *testing.T) {
	w := newWorld(t)
	w.put([]byte("about to be named"))
	if err := w.keeper.Sweep(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if len(w.left()) != 1 {
		t.Error("a young payload was removed")
	}
}

func TestSubmissionsAreForgottenWithTheirPayloadsOnceTheyAreOld(t *testing.T) {
	w := newWorld(t)
	w.submission("one")
	for _, tt := range []struct {
		after time.Duration
		left  int
	}{{23 * time.Hour, 1}, {25 * time.Hour, 0}} {
		if err := w.keeper.Expire(t.Context(), time.Now().Add(tt.after)); err != nil {
			t.Fatal(err)
		}
		if n := w.log.View().Len(); n != tt.left {
			t.Errorf("after %v %d submissions are left, want %d", tt.after, n, tt.left)
		}
	}
	w.sweepLater()
	if left := w.left(); len(left) != 0 {
		t.Errorf("payloads left: %v", left)
	}
}

func TestOldSubmissionsGoByThemselvesWhileTheServerLeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.submission("one")
		ctx, stop := context.WithTimeout(t.Context(), 25*time.Hour)
		defer stop()
		if err := w.keeper.Lead(ctx); err != nil {
			t.Fatal(err)
		}
		if n := w.log.View().Len(); n != 0 {
			t.Errorf("%d submissions are left a day later", n)
		}
	})
}

func TestASweepThatCannotReadAReferenceRemovesNothing(t *testing.T) {
	w := newWorld(t)
	broken := w.put([]byte{0xff, 0xff})
	w.propose(state.Submit{ID: "bad", Tenant: "t", Spec: broken})
	w.put([]byte("nobody's"))
	if err := w.keeper.Sweep(t.Context(), time.Now().Add(48*time.Hour)); err == nil {
		t.Error("the sweep went on without knowing every reference")
	}
	if len(w.left()) != 2 {
		t.Errorf("payloads left: %v", w.left())
	}
}

func TestAReferenceToAPayloadThatIsGoneDoesNotStopTheSweep(t *testing.T) {
	w := newWorld(t)
	w.propose(state.Submit{ID: "old", Tenant: "t", Spec: judge.Payload{Digest: judge.DigestOf([]byte("gone")), Size: 4}})
	w.put([]byte("nobody's"))
	w.sweepLater()
	if len(w.left()) != 0 {
		t.Errorf("payloads left: %v", w.left())
	}
}

func TestAServerThatCannotCatchUpRemovesNothing(t *testing.T) {
	w := newWorld(t)
	w.put([]byte("nobody's, as far as it is known here"))
	behind := errors.New("the leader cannot be asked")
	keeper := retention.New(retention.DefaultConfig(), w.log, func(context.Context) error { return behind }, w.blobs, slog.New(slog.DiscardHandler))
	if err := keeper.Sweep(t.Context(), time.Now().Add(48*time.Hour)); !errors.Is(err, behind) {
		t.Errorf("sweep: %v", err)
	}
	if len(w.left()) != 1 {
		t.Error("a payload was removed")
	}
}

// counting counts what is read of a store.
type counting struct {
	*blob.Store
	reads int
}

func (c *counting) Read(d judge.Digest, most int64) ([]byte, error) {
	c.reads++
	return c.Store.Read(d, most)
}

func TestAPayloadIsReadOnceHoweverOftenTheStateIsLookedAt(t *testing.T) {
	w := newWorld(t)
	in := w.put([]byte("input"))
	suite := w.encoded(convert.EncodeSuite(judge.Suite{Tests: []judge.Test{{ID: "1", Stdin: in}}}))
	gone := judge.Payload{Digest: judge.DigestOf([]byte("not there yet")), Size: 1}
	w.log.store.Apply(time.Now(), []state.Command{
		state.StoreSuite{Tenant: "a", Digest: suite.Digest},
		state.StoreSuite{Tenant: "b", Digest: suite.Digest},
		state.StoreSuite{Tenant: "a", Digest: gone.Digest},
	})
	blobs := &counting{Store: w.blobs}
	index := retention.NewIndex(blobs)
	for look := range 3 {
		kept, err := index.References(w.log.View())
		if err != nil || !kept[suite.Digest] || !kept[in.Digest] || !kept[gone.Digest] {
			t.Errorf("look %d: %v, %v", look, kept, err)
		}
	}
	if blobs.reads != 1+3 { // the suite once; what is not there each time
		t.Errorf("%d reads", blobs.reads)
	}
}

func TestASuiteThatIsAnInputOfAnotherKeepsItsOwnInputs(t *testing.T) {
	w := newWorld(t)
	inner := w.put([]byte("input of the inner"))
	suite := w.encoded(convert.EncodeSuite(judge.Suite{Tests: []judge.Test{{ID: "1", Stdin: inner}}}))
	outer := w.encoded(convert.EncodeSuite(judge.Suite{Tests: []judge.Test{{ID: "1", Stdin: suite}}}))
	w.log.store.Apply(time.Now(), []state.Command{
		state.StoreSuite{Tenant: "a", Digest: outer.Digest}, state.StoreSuite{Tenant: "b", Digest: suite.Digest},
	})
	kept, err := retention.NewIndex(w.blobs).References(w.log.View())
	if err != nil || !kept[inner.Digest] {
		t.Errorf("%v, %v", kept, err)
	}
}
