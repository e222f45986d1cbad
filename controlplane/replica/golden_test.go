package replica

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"assay/controlplane/state"
	"assay/judge"
)

var writeGolden = flag.Bool("write-golden", false, "write the golden log and snapshot of this feature level, if there are none yet")

const goldenDir = "testdata/golden"

// history is one of every command of this version, each with all of its fields,
// and what they meet: duplicates, refusals, ends. It is for the files of the next
// level that it grows.
func history() [][]state.Command {
	// The fields of commands are written out by [filled], so that a new one is
	// not forgotten.
	full := func(id string) state.Submit {
		c := filled[state.Submit]()
		c.ID, c.IdempotencyKey = id, "key of "+id
		return c
	}
	done := filled[state.Finish]()
	done.ID, done.Verdict = "01", judge.Accepted
	lost := filled[state.Requeue]()
	lost.ID = "02"
	hash := [32]byte{1, 2, 3}
	return [][]state.Command{
		{submit("00"), full("01"), full("02"), submit("03")},
		{filled[state.StoreSuite](), filled[state.StoreSuite](), state.StoreSuite{Tenant: "acme", Digest: "sha256:00", Size: 1, Tests: 1}},
		{full("01"), state.Submit{ID: "01", Tenant: "another"}, lost, lost},
		{done, done, finish("00"), finish("unknown")},
		{state.Cancel{ID: "03", Tenant: "acme"}, state.Cancel{ID: "03", Tenant: "another"}, state.Cancel{ID: "00", Tenant: "acme"}},
		{state.SetLevel{Level: 2}, state.SetLevel{Level: 1}},
		{state.Check{Voters: []string{"n1", "n2", "n3"}}},
		{state.Vote{Index: 7, Server: "n2", Hash: hash}, state.Vote{Index: 7, Server: "n1", Hash: hash}, state.Vote{Index: 6, Server: "n3"}},
		{state.Expire{Before: now.Add(5 * time.Second), Limit: 1}},
		{submit("04")},
	}
}

// goldenFrames are the entries of a log with that history, a second apart.
func goldenFrames(t *testing.T) (frames [][]byte) {
	t.Helper()
	for i, commands := range history() {
		var encoded [][]byte
		for _, c := range commands {
			data, err := EncodeCommand(c)
			if err != nil {
				t.Fatal(err)
			}
			encoded = append(encoded, data)
		}
		frames = append(frames, encodeFrame(now.Add(time.Duration(i)*time.Second), encoded))
	}
	return frames
}

// replay applies entries, the first of them as entry 1, and returns the hash
// after each.
func replay(t *testing.T, frames [][]byte) (r *Replica, hashes []string) {
	t.Helper()
	r = bare(t)
	for i, data := range frames {
		if err, ok := r.machine.Apply(logEntry(uint64(i+1), data)).(error); ok {
			t.Fatalf("entry %d: %v", i+1, err)
		}
		hashes = append(hashes, fmt.Sprintf("%x", r.View().Hash()))
	}
	return r, hashes
}

func packed(frames [][]byte) (b []byte) {
	for _, f := range frames {
		b = protowire.AppendBytes(b, f)
	}
	return b
}

func unpacked(t *testing.T, b []byte) (frames [][]byte) {
	t.Helper()
	for len(b) > 0 {
		f, n := protowire.ConsumeBytes(b)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		frames, b = append(frames, f), b[n:]
	}
	return frames
}

func snapshotBytes(t *testing.T, r *Replica, index uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeSnapshot(&b, r.View(), index); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func goldenFile(level int, kind string) string {
	return filepath.Join(goldenDir, fmt.Sprintf("level%d.%s", level, kind))
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWhatThisVersionWritesIsWhatItsGoldenFilesHold(t *testing.T) {
	frames := goldenFrames(t)
	r, hashes := replay(t, frames)
	files := map[string][]byte{
		goldenFile(state.Level, "log"):      packed(frames),
		goldenFile(state.Level, "snapshot"): snapshotBytes(t, r, uint64(len(frames))),
		goldenFile(state.Level, "hashes"):   []byte(strings.Join(hashes, "\n") + "\n"),
	}
	for path, data := range files {
		if *writeGolden {
			writeOnce(t, path, data)
		}
		if !bytes.Equal(read(t, path), data) {
			t.Errorf("%s is not what this version writes: a change of what is replicated needs a new feature level (see testdata/golden/README.md)", path)
		}
	}
}

// writeOnce never replaces a file: versions that wrote it are in use.
func writeOnce(t *testing.T, path string, data []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return
	} else if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestLogsAndSnapshotsOfEveryVersionComeToTheSameState(t *testing.T) {
	logs, err := filepath.Glob(filepath.Join(goldenDir, "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("%d golden logs, %v", len(logs), err)
	}
	for _, path := range logs {
		base := strings.TrimSuffix(path, ".log")
		t.Run(filepath.Base(base), func(t *testing.T) {
			want := strings.Fields(string(read(t, base+".hashes")))
			frames := unpacked(t, read(t, path))
			_, got := replay(t, frames)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("hashes after each entry:\n got %q\nwant %q", got, want)
			}
			r := bare(t)
			if err := r.machine.Restore(io.NopCloser(bytes.NewReader(read(t, base+".snapshot")))); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%x", r.View().Hash()); got != want[len(want)-1] || r.Index() != uint64(len(frames)) {
				t.Errorf("the snapshot is of entry %d and has the hash %s", r.Index(), got)
			}
		})
	}
}

func TestTheGoldenHistoryHasEveryCommand(t *testing.T) {
	seen := map[string]bool{}
	for _, commands := range history() {
		for _, c := range commands {
			seen[fmt.Sprintf("%T", c)] = true
		}
	}
	for _, c := range everyCommand() {
		if !seen[fmt.Sprintf("%T", c)] {
			t.Errorf("there is no %T in it", c)
		}
	}
}

func TestAnUnknownCommandThatMayBeIgnoredIsPassedOver(t *testing.T) {
	r := bare(t)
	future := []byte{0x08, 0x01, 0xa2, 0x06, 0x00} // may_ignore, and a field 100 that there is not
	first, err := EncodeCommand(submit("1"))
	if err != nil {
		t.Fatal(err)
	}
	if err, ok := r.machine.Apply(logEntry(1, encodeFrame(now, [][]byte{future, first}))).(error); ok {
		t.Fatal(err)
	}
	if _, ok := r.View().Get("1"); !ok || r.Index() != 1 {
		t.Error("what stood beside it was not applied")
	}
	halting := []byte{0xa2, 0x06, 0x00}
	if _, ok := r.machine.Apply(logEntry(2, encodeFrame(now, [][]byte{halting}))).(error); !ok {
		t.Error("one that may not be ignored was")
	}
	if err := <-r.failures; !errors.Is(err, ErrIncompatible) || !strings.Contains(err.Error(), "entry 2") {
		t.Errorf("the replica ends with %v", err)
	}
}
