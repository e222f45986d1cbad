package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/boxtest"
	"assay/judge"
)

// lender lends fake boxes.
type lender struct{ *boxtest.Fake }

func (l lender) Size() int { return 2 }

func (l lender) Use(ctx context.Context, _ uint64, fn func(box.Box) error) error {
	b, err := l.Open(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	return fn(b)
}

// says is a program that prints a line, for hello and version alike.
func says(line string) lender {
	return lender{&boxtest.Fake{Program: func(_ context.Context, p *boxtest.Process) judge.Outcome {
		io.WriteString(p.Stdout, line+"\n")
		return judge.Outcome{}
	}}}
}

// discover finds the languages of a plugin directory that holds text.
func discoverPlugin(t *testing.T, cache, text string) *Set {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.hcl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Discover(Config{Plugins: dir, Cache: cache}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lookup(t *testing.T, s *Set, id string) *Toolchain {
	t.Helper()
	tc, ok := s.Lookup(id)
	if !ok {
		t.Fatalf("no language %s", id)
	}
	return tc
}

func TestALanguageIsAvailableOnceItsHelloWasRight(t *testing.T) {
	text := strings.Replace(minimal, "run {", `version = ["{sh}", "--version"]
  run {`, 1)
	for printed, want := range map[string]string{"1": "", "2": `hello printed "2\n", not "1"`} {
		s := discoverPlugin(t, t.TempDir(), text)
		x := lookup(t, s, "x")
		if x.Available() {
			t.Error("available before it was probed")
		}
		if err := s.Probe(t.Context(), says(printed), "x"); err != nil {
			t.Fatal(err)
		}
		if x.Reason() != want || x.Available() != (want == "") {
			t.Errorf("printed %s: available %v, reason %q", printed, x.Available(), x.Reason())
		}
		if v := x.Language().Version; want == "" && v != "1" {
			t.Errorf("version %q", v)
		}
	}
}

func TestAMissingToolKeepsTheLanguageWithItsReason(t *testing.T) {
	s := discoverPlugin(t, t.TempDir(), strings.Replace(minimal, "/bin/sh", "/nonexistent/sh", 1))
	if err := s.Probe(t.Context(), says("1"), "x"); err != nil {
		t.Fatal(err)
	}
	if x := lookup(t, s, "x"); x.Available() || !strings.Contains(x.Reason(), "/nonexistent/sh") {
		t.Errorf("available %v, reason %q", x.Available(), x.Reason())
	}
}

func TestAProvedToolchainIsNotProvedAgain(t *testing.T) {
	cache := t.TempDir()
	if err := discoverPlugin(t, cache, minimal).Probe(t.Context(), says("1"), "x"); err != nil {
		t.Fatal(err)
	}
	again := discoverPlugin(t, cache, minimal)
	if err := again.Probe(t.Context(), says("broken"), "x"); err != nil {
		t.Fatal(err)
	}
	if !lookup(t, again, "x").Available() {
		t.Error("it was run again")
	}
	changed := discoverPlugin(t, cache, strings.Replace(minimal, "echo 1", "echo  1", 1))
	if err := changed.Probe(t.Context(), says("broken"), "x"); err != nil {
		t.Fatal(err)
	}
	if lookup(t, changed, "x").Available() {
		t.Error("another definition was taken for proved")
	}
}

func TestARequiredPreparationHoldsALanguageBack(t *testing.T) {
	prepared := strings.Replace(minimal, "run {", `prepare {
    required = true
    argv     = ["/bin/sh", "-c", "echo prepared > \"$1/file\"", "x", "{dest}"]
  }
  run {`, 1)
	cache := t.TempDir()
	s := discoverPlugin(t, cache, prepared)
	x := lookup(t, s, "x")
	if err := s.Probe(t.Context(), says("1"), "x"); err != nil {
		t.Fatal(err)
	}
	if x.Available() || x.Reason() != notPrepared {
		t.Errorf("available %v, reason %q", x.Available(), x.Reason())
	}
	changes := 0
	if err := s.Prepare(t.Context(), says("1"), func() { changes++ }, "x"); err != nil {
		t.Fatal(err)
	}
	if !x.Available() || changes != 1 {
		t.Errorf("available %v, reason %q, %d changes told", x.Available(), x.Reason(), changes)
	}
	if data, err := os.ReadFile(filepath.Join(x.hostCache(), "file")); err != nil || string(data) != "prepared\n" {
		t.Errorf("prepared %q, %v", data, err)
	}
	if again := lookup(t, discoverPlugin(t, cache, prepared), "x"); !again.prepared.Load() {
		t.Error("a restart prepares again")
	}
}

func TestAFailedPreparationLeavesNothing(t *testing.T) {
	cache := t.TempDir()
	s := discoverPlugin(t, cache, strings.Replace(minimal, "run {", `prepare {
    required = true
    argv     = ["/bin/sh", "-c", "echo half > half; echo no headers >&2; exit 1"]
  }
  run {`, 1))
	changes := 0
	if err := s.Prepare(t.Context(), says("1"), func() { changes++ }, "x"); err != nil {
		t.Fatal(err)
	}
	if changes != 1 {
		t.Errorf("told %d times that the language is not to be waited for", changes)
	}
	if x := lookup(t, s, "x"); x.Available() || !strings.Contains(x.Reason(), "no headers") {
		t.Errorf("available %v, reason %q", x.Available(), x.Reason())
	}
	left, err := os.ReadDir(cache)
	if err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestAFailedPreparationIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := filepath.Join(t.TempDir(), "tries")
		s := discoverPlugin(t, t.TempDir(), strings.Replace(minimal, "run {", fmt.Sprintf(`prepare {
    required = true
    argv     = ["/bin/sh", "-c", "echo >> %[1]s; test $(wc -l < %[1]s) = 3"]
  }
  run {`, tries), 1))
		x := lookup(t, s, "x")
		s.all = []*Toolchain{x}
		start := time.Now()
		if err := s.KeepPreparing(t.Context(), says("1"), func() {}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); !x.Available() || took != 3*time.Minute {
			t.Errorf("available %v after %v: %s", x.Available(), took, x.Reason())
		}
	})
}

func TestLanguagesAreFoundByIDAndAlias(t *testing.T) {
	s := discoverPlugin(t, t.TempDir(), minimal)
	for name, want := range map[string]string{
		"cpp": "cpp17", "c": "c17", "54": "cpp17", "python": "python3", "js": "javascript", "c++20": "cpp20", "x": "x",
	} {
		if got := lookup(t, s, name).ID(); got != want {
			t.Errorf("%s means %s, want %s", name, got, want)
		}
	}
	if _, ok := s.Lookup("cobol"); ok {
		t.Error("found cobol")
	}
}

func TestMountsShowToolsOutsideTheSystemFoldersAndTheCache(t *testing.T) {
	home := t.TempDir()
	tool := plant(t, home, "bin", "x")
	cache := t.TempDir()
	text := strings.Replace(minimal, `tool "sh" { candidates = ["/bin/sh"] }`, `tool "sh" {
    candidates = ["`+tool+`"]
    home       = 2
    target     = "/opt/x"
  }`, 1)
	s := discoverPlugin(t, cache, text)
	for _, want := range []box.Mount{{Source: cache, Target: "/opt/toolchain"}, {Source: home, Target: "/opt/x"}} {
		if !slices.Contains(s.Mounts(), want) {
			t.Errorf("mounts %v lack %v", s.Mounts(), want)
		}
	}
	if got := lookup(t, s, "x").RunCommand("main.x", nil, judge.Limits{}).Argv[0]; got != "/opt/x/bin/x" {
		t.Errorf("boxes are told to run %s", got)
	}
}

const minimalPrepared = `prepare { argv = ["/bin/sh", "-c", "echo %s > \"$1/file\"", "x", "{dest}"] }
  run {`

// prepared finds and prepares minimal with a preparation that writes text.
func prepared(t *testing.T, cache, text string) *Toolchain {
	t.Helper()
	s := discoverPlugin(t, cache, strings.Replace(minimal, "run {", fmt.Sprintf(minimalPrepared, text), 1))
	if err := s.Prepare(t.Context(), says("1"), func() {}, "x"); err != nil {
		t.Fatal(err)
	}
	x := lookup(t, s, "x")
	if !x.prepared.Load() {
		t.Fatal("not prepared")
	}
	return x
}

func TestWhatAnotherProcessPreparedAtTheSameTimeIsUsed(t *testing.T) {
	cache := t.TempDir()
	text := strings.Replace(minimal, "run {", fmt.Sprintf(minimalPrepared, "once"), 1)
	late := discoverPlugin(t, cache, text) // looks before the other is done
	prepared(t, cache, "once")
	if err := late.Prepare(t.Context(), says("1"), func() {}, "x"); err != nil {
		t.Fatal(err)
	}
	if !lookup(t, late, "x").prepared.Load() {
		t.Error("the second to finish has nothing")
	}
	checkNoneUnfinished(t, cache)
}

func checkNoneUnfinished(t *testing.T, cache string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(cache, unfinishedPrefix+"*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestWhatAProcessUsesIsNotRemovedByAnother(t *testing.T) {
	cache := t.TempDir()
	used := prepared(t, cache, "old")
	prepared(t, cache, "new")
	if _, err := os.Stat(used.hostCache()); err != nil {
		t.Error(err)
	}
	used.inUse.Close() // as the end of its process does
	prepared(t, cache, "newer")
	if _, err := os.Stat(used.hostCache()); err == nil {
		t.Error("nobody uses it, and it is still there")
	}
}

func TestProvingOneLanguageKeepsWhatIsKnownOfOthers(t *testing.T) {
	cache := t.TempDir()
	two := minimal + strings.Replace(minimal, `"x"`, `"y"`, 1)
	for _, id := range []string{"x", "y"} {
		if err := discoverPlugin(t, cache, two).Probe(t.Context(), says("1"), id); err != nil {
			t.Fatal(err)
		}
	}
	s := discoverPlugin(t, cache, two)
	if err := s.Probe(t.Context(), says("broken"), "x", "y"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"x", "y"} {
		if !lookup(t, s, id).Available() {
			t.Errorf("%s was forgotten", id)
		}
	}
}

func TestACacheThatCannotBeWrittenCostsTimeOnly(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	s := discoverPlugin(t, cache, minimal)
	if err := os.RemoveAll(cache); err != nil {
		t.Fatal(err)
	}
	if err := s.Probe(t.Context(), says("1"), "x"); err != nil {
		t.Fatal(err)
	}
	if !lookup(t, s, "x").Available() {
		t.Error("the language went with the cache")
	}
}

func TestAPreparationThatIsCutShortLeavesNoProcessAndNoFile(t *testing.T) {
	cache, fifo := t.TempDir(), filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	// The child leaves the group of its parent, and keeps the fifo open.
	script := fmt.Sprintf(`prepare { argv = ["/bin/sh", "-c", "setsid sh -c 'exec 3>%s; echo up >&3; exec sleep 1000' & wait"] }
  run {`, fifo)
	s := discoverPlugin(t, cache, strings.Replace(minimal, "run {", script, 1))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Prepare(ctx, says("1"), func() {}, "x") }()
	r, err := os.Open(fifo)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadFull(r, make([]byte, len("up\n"))); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want that of the context", err)
	}
	if rest, err := io.ReadAll(r); err != nil || len(rest) > 0 {
		t.Errorf("read %q, %v; want the end, for nobody has the fifo", rest, err)
	}
	checkNoneUnfinished(t, cache)
}

func TestWhatAKilledProcessLeftUnfinishedIsRemovedAndOthersWorkIsNot(t *testing.T) {
	cache := t.TempDir()
	other := lookup(t, discoverPlugin(t, cache, minimal), "x")
	busy, err := other.unfinished()
	if err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(cache, unfinishedPrefix+"1", "std")
	if err := os.MkdirAll(killed, 0o755); err != nil {
		t.Fatal(err)
	}
	prepared(t, cache, "once")
	if _, err := os.Stat(busy.Name()); err != nil {
		t.Error(err)
	}
	discard(busy)
	checkNoneUnfinished(t, cache)
}
