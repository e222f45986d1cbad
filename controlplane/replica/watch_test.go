package replica

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/hashicorp/raft"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"assay/controlplane/state"
)

// bare is a machine without raft.
func bare(t *testing.T) *Replica {
	t.Helper()
	r := &Replica{waits: newWaits(), stopped: make(chan struct{}), failures: make(chan error, 1)}
	r.machine = newMachine(r.waits, prometheus.NewCounter(prometheus.CounterOpts{Name: "resets"}), r.fail)
	return r
}

func logEntry(index uint64, data []byte) *raft.Log { return &raft.Log{Index: index, Data: data} }

func (r *Replica) apply(t *testing.T, cs ...state.Command) {
	t.Helper()
	if err, ok := r.machine.Apply(&raft.Log{Data: frameOf(t, cs...)}).(error); ok {
		t.Fatal(err)
	}
}

func (r *Replica) restore(t *testing.T, v state.View) {
	t.Helper()
	var b bytes.Buffer
	if err := writeSnapshot(&b, v, 7); err != nil {
		t.Fatal(err)
	}
	if err := r.machine.Restore(io.NopCloser(&b)); err != nil {
		t.Fatal(err)
	}
}

func TestAWatchStartsWithAViewAndMissesNothingAfterIt(t *testing.T) {
	r := bare(t)
	r.apply(t, submit("1"), submit("2"))
	after := []state.Command{submit("3"), submit("3"), finish("1"), state.Cancel{ID: "9"}, finish("1"), state.Expire{}, submit("4")}
	from := func(v state.View) {
		if v.Counts().Queued != 2 {
			t.Errorf("the view has %+v", v.Counts())
		}
		r.apply(t, after...)
	}
	var told []string
	for e := range r.Watch(t.Context(), from) {
		told = append(told, fmt.Sprintf("%v %s", e.Kind, e.Record.ID))
		if e.Record.ID == "4" {
			break
		}
	}
	if want := []string{"submitted 3", "finished 1", "submitted 4"}; !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
	if len(r.machine.watchers) != 0 {
		t.Error("the watcher is still there")
	}
}

// flood applies more events than a watcher may lag behind, and returns how many.
func (r *Replica) flood(t *testing.T) int {
	t.Helper()
	n := 0
	for n <= maxLag {
		cs := make([]state.Command, maxEntryCommands)
		for i := range cs {
			cs[i] = submit(fmt.Sprint("flood ", n+i))
		}
		r.apply(t, cs...)
		n += len(cs)
	}
	return n
}

func TestASlowWatcherStartsOverFromAView(t *testing.T) {
	r := bare(t)
	var told []string
	var want []string
	views := 0
	for e := range r.Watch(t.Context(), func(v state.View) {
		told = append(told, fmt.Sprint("view of ", v.Counts().Queued))
		views++
		r.apply(t, submit(fmt.Sprint("after view ", views)))
	}) {
		told = append(told, e.Record.ID)
		if views == 2 {
			break
		}
		n := r.flood(t)
		want = []string{"view of 0", "after view 1", fmt.Sprint("view of ", n+1), "after view 2"}
	}
	if !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
	if n := testutil.ToFloat64(r.machine.resets); n != 1 {
		t.Errorf("%v resets", n)
	}
}

func TestARestoredSnapshotStartsWatchersOverAndWakesWaiters(t *testing.T) {
	r, other := bare(t), bare(t)
	r.apply(t, submit("1"))
	other.apply(t, submit("1"), submit("2"), submit("3"), finish("1"))
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error)
	go func() {
		_, err := r.Await(t.Context(), "1")
		waiting <- err
	}()
	var counts []int
	for range r.Watch(ctx, func(v state.View) {
		counts = append(counts, v.Counts().Queued)
		if len(counts) == 1 {
			r.restore(t, other.View())
			return
		}
		cancel()
	}) {
		t.Error("a restore is no event")
	}
	if !slices.Equal(counts, []int{1, 2}) {
		t.Errorf("views of %v", counts)
	}
	if err := <-waiting; err != nil {
		t.Error(err)
	}
}

func TestAnEntryThatIsNotUnderstoodHaltsTheReplica(t *testing.T) {
	r := bare(t)
	r.apply(t, submit("1"))
	before := r.View().Hash()
	for _, data := range [][]byte{[]byte("garbage"), frameOf(t, submit("2"))} {
		if _, ok := r.machine.Apply(&raft.Log{Index: 7, Data: data}).(error); !ok {
			t.Error("applied")
		}
	}
	if r.View().Hash() != before {
		t.Error("the state went on")
	}
	if _, err := r.machine.Snapshot(); err == nil {
		t.Error("a snapshot can be taken")
	}
	if err := <-r.failures; err == nil || errors.Is(err, ErrStopped) {
		t.Error(err)
	}
}

func TestASnapshotThatIsNotUnderstoodHaltsTheReplica(t *testing.T) {
	r := bare(t)
	if err := r.machine.Restore(io.NopCloser(bytes.NewReader([]byte("garbage")))); err == nil {
		t.Error("restored")
	}
	if err := <-r.failures; err == nil {
		t.Error("the replica goes on")
	}
}
