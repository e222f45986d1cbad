package depot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"assay/controlplane/blob"
	"assay/controlplane/depot"
	"assay/judge"
)

// world is servers with a store each, which reach one another directly.
type world struct {
	t       *testing.T
	servers []depot.Server
	stores  map[string]*blob.Store
	depots  map[string]*depot.Depot

	mu   sync.Mutex // guards servers and down
	down map[string]bool
}

func newWorld(t *testing.T, servers ...depot.Server) *world {
	t.Helper()
	w := &world{t: t, servers: servers, stores: map[string]*blob.Store{}, depots: map[string]*depot.Depot{}, down: map[string]bool{}}
	quiet := slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	t.Cleanup(func() { stop(); wg.Wait() })
	for _, s := range servers {
		store := blob.New(blob.Config{Dir: t.TempDir(), Reserve: -1}, quiet, prometheus.NewRegistry())
		if err := store.Prepare(); err != nil {
			t.Fatal(err)
		}
		d := depot.New(store, func() (string, []depot.Server) { return s.ID, w.list() }, w, quiet, prometheus.NewRegistry())
		w.stores[s.ID], w.depots[s.ID] = store, d
		wg.Go(func() { _ = d.Run(ctx) })
	}
	return w
}

func (w *world) list() []depot.Server {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.servers
}

func (w *world) become(servers ...depot.Server) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.servers = servers
}

func three() []depot.Server {
	return []depot.Server{{ID: "n1", Address: "n1", Voter: true}, {ID: "n2", Address: "n2", Voter: true}, {ID: "n3", Address: "n3", Voter: true}}
}

func (w *world) fail(ids ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = map[string]bool{}
	for _, id := range ids {
		w.down[id] = true
	}
}

func (w *world) reach(id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down[id] {
		return fmt.Errorf("%s is down", id)
	}
	return nil
}

// PutBlob is that of Peers.
func (w *world) PutBlob(ctx context.Context, to string, _ judge.Digest, r io.Reader, _ bool) error {
	if err := w.reach(to); err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err == nil {
		_, err = w.stores[to].Put(ctx, data)
	}
	return err
}

// FetchBlob is that of Peers.
func (w *world) FetchBlob(_ context.Context, from string, d judge.Digest, out io.Writer) error {
	if err := w.reach(from); err != nil {
		return err
	}
	data, err := w.stores[from].Read(d, 1<<20)
	if err == nil {
		_, err = out.Write(data)
	}
	return err
}

func (w *world) store(by string, data []byte) (judge.Digest, error) {
	w.t.Helper()
	wr, err := w.depots[by].Create(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	defer wr.Discard()
	if _, err := wr.Write(data); err != nil {
		w.t.Fatal(err)
	}
	d, _, err := wr.Commit()
	return d, err
}

func (w *world) copies(d judge.Digest) (n int) {
	for _, s := range w.stores {
		if s.Has(d) {
			n++
		}
	}
	return n
}

func TestWhatIsCommittedIsOnAQuorum(t *testing.T) {
	for name, tt := range map[string]struct {
		servers []depot.Server
		down    []string
		copies  int // at least
		err     error
	}{
		"all there":                     {three(), nil, 2, nil},
		"one of three down":             {three(), []string{"n2"}, 2, nil},
		"two of three down":             {three(), []string{"n2", "n3"}, 1, blob.ErrNoQuorum},
		"alone in its cluster":          {three()[:1], nil, 1, nil},
		"a nonvoter does not count":     {append(three()[:2], depot.Server{ID: "n3", Address: "n3"}), []string{"n2"}, 1, blob.ErrNoQuorum},
		"five, two of them down":        {append(three(), depot.Server{ID: "n4", Address: "n4", Voter: true}, depot.Server{ID: "n5", Address: "n5", Voter: true}), []string{"n2", "n5"}, 3, nil},
		"five, three of them down":      {append(three(), depot.Server{ID: "n4", Address: "n4", Voter: true}, depot.Server{ID: "n5", Address: "n5", Voter: true}), []string{"n2", "n4", "n5"}, 1, blob.ErrNoQuorum},
		"it has no vote itself":         {append([]depot.Server{{ID: "n1", Address: "n1"}}, three()[1:]...), nil, 3, nil},
		"it has no vote, one voter off": {append([]depot.Server{{ID: "n1", Address: "n1"}}, three()[1:]...), []string{"n3"}, 1, blob.ErrNoQuorum},
	} {
		w := newWorld(t, tt.servers...)
		w.fail(tt.down...)
		d, err := w.store("n1", []byte(name))
		if !errors.Is(err, tt.err) || w.copies(d) < tt.copies {
			t.Errorf("%s: %d copies, %v", name, w.copies(d), err)
		}
	}
}

func TestAServerThatKnowsNoClusterPromisesNothing(t *testing.T) {
	w := newWorld(t, three()...)
	w.become()
	if _, err := w.store("n1", []byte("x")); !errors.Is(err, blob.ErrNoQuorum) {
		t.Error(err)
	}
}

func TestWhatIsMissingHereIsFetchedAndStays(t *testing.T) {
	w := newWorld(t, three()...)
	data := []byte("only there")
	d, err := w.stores["n3"].Put(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	f, size, err := w.depots["n1"].Open(d)
	if err != nil || size != int64(len(data)) {
		t.Fatalf("%d bytes, %v", size, err)
	}
	f.Close()
	w.fail("n2", "n3")
	if got, err := w.depots["n1"].Read(d, 100); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestABlobIsNowhereOnlyWhenEverybodySaysSo(t *testing.T) {
	w := newWorld(t, three()...)
	d := judge.DigestOf([]byte("nobody's"))
	if _, err := w.depots["n1"].Read(d, 100); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("all answer: %v", err)
	}
	w.fail("n3")
	if _, err := w.depots["n1"].Read(d, 100); err == nil || errors.Is(err, blob.ErrNotFound) {
		t.Errorf("one does not answer: %v", err)
	}
	if _, _, err := w.depots["n1"].Open("no digest"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("no digest: %v", err)
	}
}

func TestMissingCopiesAreMadeGoodBeforeItIsCalledComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, three()...)
		want := map[judge.Digest]bool{}
		for _, text := range []string{"a", "b", "c"} {
			w.fail("n3")
			d, err := w.store("n1", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			want[d] = true
		}
		want[judge.DigestOf([]byte("lost for ever"))] = true
		w.fail()
		ctx, cancel := context.WithCancel(t.Context())
		rounds := 0
		err := w.depots["n3"].Repair(ctx, func() (map[judge.Digest]bool, uint64, error) {
			rounds++
			if rounds == 1 {
				return nil, 0, errors.New("cannot be read now")
			}
			if rounds == 3 {
				cancel()
			}
			return want, 42, nil
		}, nil)
		if err != nil || w.depots["n3"].Complete() != 42 {
			t.Errorf("complete at %d, %v", w.depots["n3"].Complete(), err)
		}
		for d := range want {
			if w.stores["n1"].Has(d) && !w.stores["n3"].Has(d) {
				t.Errorf("%s is still missing", d)
			}
		}
	})
}

func TestAServerThatLosesItsVoteLooksAgainAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, three()...)
		ctx, cancel := context.WithCancel(t.Context())
		var rounds atomic.Int64
		var all sync.WaitGroup
		all.Go(func() {
			_ = w.depots["n3"].Repair(ctx, func() (map[judge.Digest]bool, uint64, error) {
				rounds.Add(1)
				return nil, 42, nil
			}, nil)
		})
		time.Sleep(time.Minute)
		if n := rounds.Load(); n != 1 {
			t.Errorf("a voter that is complete has looked %d times in a minute", n)
		}
		w.become(append(three()[:2], depot.Server{ID: "n3", Address: "n3"})...)
		time.Sleep(3 * time.Second)
		if rounds.Load() < 2 {
			t.Error("it waits for its next look though a vote depends on it")
		}
		cancel()
		all.Wait()
	})
}
