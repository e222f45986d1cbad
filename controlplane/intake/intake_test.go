package intake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"assay/controlplane/blob"
	"assay/controlplane/state"
	"assay/controlplane/tenant"
	"assay/judge"
	"assay/proto/convert"
)

// memoryLog applies commands at once.
type memoryLog struct {
	mu    sync.Mutex // guards store
	store *state.Store
}

func (l *memoryLog) Propose(_ context.Context, c state.Command) (state.Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.Apply(time.Now(), []state.Command{c})[0], nil
}

func (l *memoryLog) View() state.View {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.store.View()
}

func (l *memoryLog) Idempotent(tenant, key string) (state.Record, bool) {
	return l.View().Idempotent(tenant, key)
}

func newIntake(t *testing.T, cfg Config) (*Intake, *memoryLog) {
	t.Helper()
	store := blob.New(blob.Config{Dir: t.TempDir(), Reserve: -1}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err := store.Prepare(); err != nil {
		t.Fatal(err)
	}
	log := &memoryLog{store: state.New()}
	list := func() []judge.Language {
		return []judge.Language{{ID: "c", Aliases: []string{"gcc"}, SourceFile: "main.c", Available: true}}
	}
	return New(cfg, log, Store{store}, list), log
}

// text is a Content in memory.
type text string

func (s text) Size() int64              { return int64(len(s)) }
func (s text) Open() (io.Reader, error) { return strings.NewReader(string(s)), nil }

var anyone = tenant.Tenant{Name: "a", Queue: 1000}

func program(source string) *Draft {
	d := &Draft{Tenant: anyone, SingleSource: true}
	d.Spec.Language = "gcc"
	d.Spec.Files = make([]judge.File, 1)
	d.Bind(&d.Spec.Files[0].Content, text(source))
	return d
}

// A suite's id is the digest of its encoding, which agents decode as a whole:
// writing it test by test must not show.
func TestASuiteIsWrittenTestByTestAsIfAtOnce(t *testing.T) {
	in, _ := newIntake(t, DefaultConfig())
	d := &SuiteDraft{Tenant: anyone}
	d.Suite.Compare = &judge.Compare{Mode: judge.CompareTokens}
	d.Suite.Tests = make([]judge.Test, 3)
	d.Suite.Tests[1] = judge.Test{ID: "x", Points: 2, Limits: judge.Limits{CPU: time.Second}, Expected: &judge.Payload{}}
	long := strings.Repeat("x", inlineText+1)
	d.Bind(&d.Suite.Tests[0].Stdin, text("1"))
	d.Bind(&d.Suite.Tests[1].Stdin, text(long))
	d.Bind(&d.Suite.Tests[2].Stdin, text(long[1:]))
	s, created, err := in.StoreSuite(t.Context(), d)
	if err != nil || !created {
		t.Fatal(created, err)
	}
	whole, err := convert.EncodeSuite(judge.Suite{
		Compare: d.Suite.Compare,
		Tests: []judge.Test{
			{ID: "1", Stdin: judge.Payload{Inline: []byte("1"), Size: 1}},
			{ID: "x", Points: 2, Limits: judge.Limits{CPU: time.Second}, Expected: &judge.Payload{}, Stdin: judge.Payload{Digest: judge.DigestOf([]byte(long)), Size: int64(len(long))}},
			{ID: "3", Stdin: judge.Payload{Inline: []byte(long[1:]), Size: inlineText}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Digest != judge.DigestOf(whole) || s.Size != int64(len(whole)) || s.Tests != 3 {
		t.Errorf("%+v, want %d bytes", s, len(whole))
	}
}

func TestNothingIsStoredOfWhatIsInvalid(t *testing.T) {
	in, log := newIntake(t, DefaultConfig())
	d := program(strings.Repeat("x", 2<<20))
	d.Problems.Add("webhook", "is not there")
	d.Priority = "first"
	_, err := in.Submit(t.Context(), d)
	v, ok := errors.AsType[Invalid](err)
	if !ok {
		t.Fatal(err)
	}
	var fields []string
	for _, p := range v {
		fields = append(fields, p.Field)
	}
	if diff := cmp.Diff([]string{"webhook", "source", "priority"}, fields); diff != "" {
		t.Error(diff)
	}
	for range in.blobs.(Store).Walk() {
		t.Error("a blob is left")
	}
	if log.View().Len() != 0 {
		t.Error("a record is left")
	}
}

func TestTheQueueIsRecountedBeforeAnybodyIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := DefaultConfig()
		cfg.Queue = 2
		in, log := newIntake(t, cfg)
		first, err := in.Submit(t.Context(), program("1"))
		if err != nil {
			t.Fatal(err)
		}
		second := program("2")
		second.IdempotencyKey = "k"
		if _, err := in.Submit(t.Context(), second); err != nil {
			t.Fatal(err)
		}
		_, err = in.Submit(t.Context(), program("3"))
		if full, ok := errors.AsType[*OverloadError](err); !ok || full.Tenant || full.Wait < time.Second {
			t.Fatal(err)
		}
		again := program("2")
		again.IdempotencyKey = "k"
		if _, err := in.Submit(t.Context(), again); err != nil {
			t.Errorf("what is in the queue already: %v", err)
		}
		if _, err := log.Propose(t.Context(), state.Finish{ID: first.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Submit(t.Context(), program("4")); err != nil {
			t.Errorf("with room again, no time later: %v", err)
		}
	})
}

func TestWhoeverIsPutOffIsToldWhenTheQueueHasDrained(t *testing.T) {
	d, now := drain{}, time.Unix(0, 0).Add(time.Hour)
	if got := d.until(5); got != time.Minute {
		t.Errorf("nothing known: %v", got)
	}
	for i := range 60 {
		d.look(state.Counts{Finished: 100 * i}, now.Add(time.Duration(i)*time.Second))
	}
	for n, want := range map[int]time.Duration{1: time.Second, 500: 5 * time.Second, 1_000_000: time.Minute} {
		if got := d.until(n); got.Round(time.Second) != want {
			t.Errorf("%d at 100 per second: %v, want %v", n, got, want)
		}
	}
	d.look(state.Counts{Finished: 10}, now.Add(time.Hour)) // records have expired
	if got := d.until(500); got.Round(time.Second) != 5*time.Second {
		t.Errorf("expiry counts as standing still: %v", got)
	}
}

func TestLanguagesOutliveTheirAgents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now []judge.Language
		asked := 0
		l := languages{list: func() []judge.Language { asked++; return now }}
		if _, err := l.find("c"); !errors.Is(err, ErrNoAgent) {
			t.Errorf("before any agent: %v", err)
		}
		now = []judge.Language{{ID: "c", Aliases: []string{"cpp"}, Available: true}, {ID: "cpp", Available: true}}
		if found, err := l.find("c"); err != nil || found.ID != "c" {
			t.Errorf("a moment later: %v, %v", found, err)
		}
		if found, _ := l.find("cpp"); found.ID != "cpp" {
			t.Errorf("an alias of %s beats an id", found.ID)
		}
		if found, err := l.find("ada"); err != nil || found != nil {
			t.Errorf("unknown: %v, %v", found, err)
		}
		now, asked = nil, 0
		time.Sleep(time.Hour)
		for range 100 {
			if found, err := l.find("c"); err != nil || found == nil {
				t.Errorf("after the agents: %v, %v", found, err)
			}
		}
		if asked > 1 {
			t.Errorf("asked %d times in one moment", asked)
		}
	})
}

func TestTheDeadlineIsEnoughForEveryTestToSleep(t *testing.T) {
	in, _ := newIntake(t, DefaultConfig())
	spec := judge.Spec{Limits: judge.Limits{CPU: 2 * time.Second}}
	f := factsOf(judge.Suite{Tests: []judge.Test{{}, {}, {Limits: judge.Limits{Wall: 3 * time.Minute}}}})
	if got, least := in.deadline(spec, f), 14*time.Second+3*time.Minute; got < least {
		t.Errorf("%v, less than %v", got, least)
	}
	many := factsOf(judge.Suite{Tests: make([]judge.Test, 10_000)})
	if got := in.deadline(spec, many); got > 4*time.Hour {
		t.Errorf("%v", got)
	}
}

func TestASpecIsSmallAndItsFilesAreWhereTheyBelong(t *testing.T) {
	in, log := newIntake(t, DefaultConfig())
	long := bytes.Repeat([]byte("x"), 100_000)
	record, err := in.Submit(t.Context(), program(string(long)))
	if err != nil {
		t.Fatal(err)
	}
	stored, _ := log.View().Get(record.ID)
	spec, err := convert.DecodeSpec(stored.Spec.Inline)
	if err != nil {
		t.Fatal(err)
	}
	want := judge.Payload{Digest: judge.DigestOf(long), Size: 100_000}
	if diff := cmp.Diff(want, spec.Files[0].Content); diff != "" || spec.Entry != "main.c" || spec.Language != "c" {
		t.Errorf("%+v", spec)
	}
}

func TestAClassThatNobodyHasHadIsRefusedAndTheKnownOnesAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		classes := []string{"big", "small"}
		in, log := newIntake(t, DefaultConfig())
		in.languages.list = func() []judge.Language {
			return []judge.Language{{ID: "c", Aliases: []string{"gcc"}, SourceFile: "main.c", Available: true, Classes: classes}}
		}
		pinned := func(class, key string) error {
			d := program("int main;")
			d.NodeClass, d.IdempotencyKey = class, key
			_, err := in.Submit(t.Context(), d)
			return err
		}
		if err := pinned("huge", ""); !errors.Is(err, ErrNoClass) {
			t.Errorf("while nodes may be on their way: %v", err)
		}
		time.Sleep(time.Minute)
		if err := pinned("huge", ""); err == nil || !strings.Contains(err.Error(), `no node of class "huge" with c; there are big, small`) {
			t.Errorf("a class that nobody has had: %v", err)
		}
		if err := pinned("big", "key"); err != nil {
			t.Errorf("a class that is there: %v", err)
		}
		classes = nil
		time.Sleep(time.Hour)
		if err := pinned("big", ""); err != nil {
			t.Errorf("a class that is away for now: %v", err)
		}
		in = New(DefaultConfig(), log, in.blobs, in.languages.list) // the server was started again
		if err := pinned("big", "key"); err != nil {
			t.Errorf("what was taken in before: %v", err)
		}
	})
}
