package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/controlplane/blob"
	"assay/judge"
)

var manifest = Manifest{Cluster: "c", Server: "n1", Version: "v1", Created: time.Unix(1e9, 0).UTC(), Index: 42, Level: 2}

// world is a state and blobs.
type world struct {
	state string
	blobs map[judge.Digest]string
	order []judge.Digest
	lost  []judge.Digest
	of    Manifest
}

func worldOf(state string, blobs ...string) *world {
	w := &world{state: state, blobs: map[judge.Digest]string{}, of: manifest}
	for _, b := range blobs {
		d := judge.DigestOf([]byte(b))
		w.blobs[d] = b
		w.order = append(w.order, d)
	}
	return w
}

func (w *world) save(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	write := func(to io.Writer) error { _, err := io.WriteString(to, w.state); return err }
	open := func(d judge.Digest) (io.ReadCloser, int64, error) {
		content, ok := w.blobs[d]
		if !ok {
			return nil, 0, blob.ErrNotFound
		}
		return io.NopCloser(strings.NewReader(content)), int64(len(content)), nil
	}
	if _, err := Save(context.Background(), &b, w.of, write, append(w.order, w.lost...), open); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read is a sink that keeps everything.
type read struct {
	world
	state bytes.Buffer
}

func (r *read) Manifest(m Manifest) error { r.of = m; return nil }
func (r *read) State() io.Writer          { return &r.state }
func (r *read) Missing(d judge.Digest) error {
	r.lost = append(r.lost, d)
	return nil
}

func (r *read) Blob(_ context.Context, d judge.Digest, _ int64, from io.Reader) error {
	data, err := io.ReadAll(from)
	if r.blobs == nil {
		r.blobs = map[judge.Digest]string{}
	}
	r.blobs[d] = string(data)
	return err
}

func load(data io.Reader) (*read, Totals, error) {
	r := &read{}
	t, err := Load(context.Background(), data, r)
	return r, t, err
}

func TestWhatIsSavedIsLoaded(t *testing.T) {
	long := strings.Repeat("x", 3*mostPart+7)
	lost := judge.DigestOf([]byte("lost"))
	for name, w := range map[string]*world{
		"nothing":           worldOf(""),
		"a state alone":     worldOf("state"),
		"blobs":             worldOf("state", "a", "", "b"),
		"long ones":         worldOf(long, long, long+"y"),
		"exactly one part":  worldOf(long[:mostPart], long[:mostPart]),
		"with a missing":    {state: "state", lost: []judge.Digest{lost}, of: manifest},
		"of another origin": {state: "state", of: Manifest{Cluster: strings.Repeat("é", 30)}},
	} {
		t.Run(name, func(t *testing.T) {
			got, totals, err := load(iotest.OneByteReader(bytes.NewReader(w.save(t))))
			if err != nil {
				t.Fatal(err)
			}
			if got.state.String() != w.state || len(got.blobs) != len(w.blobs) || totals.Blobs != len(w.blobs) {
				t.Errorf("%d bytes of state, %d blobs, %+v", got.state.Len(), len(got.blobs), totals)
			}
			for d, content := range w.blobs {
				if got.blobs[d] != content {
					t.Errorf("blob %s has %d bytes of %d", d, len(got.blobs[d]), len(content))
				}
			}
			if diff := cmp.Diff(w.of, got.of); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(w.lost, got.lost); diff != "" || totals.Missing != len(w.lost) {
				t.Error(diff, totals)
			}
		})
	}
}

func TestASnapshotThatIsCutOffAnywhereIsRefused(t *testing.T) {
	data := worldOf("state", "first", "second").save(t)
	for n := range data {
		if _, _, err := Verify(t.Context(), bytes.NewReader(data[:n])); !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrFormat) {
			t.Fatalf("%d of %d bytes: %v", n, len(data), err)
		}
	}
	if _, _, err := Verify(t.Context(), bytes.NewReader(append(data, 0))); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a byte too many: %v", err)
	}
}

func TestAFlippedBitAnywhereIsNoticed(t *testing.T) {
	data := worldOf("state", "first", "second").save(t)
	for i := range data {
		for _, bit := range []byte{1, 0x80} {
			bad := bytes.Clone(data)
			bad[i] ^= bit
			if _, _, err := Verify(t.Context(), bytes.NewReader(bad)); !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrFormat) {
				t.Fatalf("byte %d of %d: %v", i, len(data), err)
			}
		}
	}
}

// parts are the parts of a snapshot, to be put together in other ways.
func parts(t *testing.T, data []byte) (list [][]byte) {
	t.Helper()
	data = data[len(firstLine):]
	for len(data) > 0 {
		n := headerBytes + int(data[3])<<8 + int(data[4]) + 32
		list = append(list, data[:n])
		data = data[n:]
	}
	return list
}

func TestPartsThatAreMovedLeftOutOrRepeatedAreNoticed(t *testing.T) {
	list := parts(t, worldOf("state", "first", "second").save(t))
	for name, order := range map[string][]int{
		"swapped blobs": {0, 1, 4, 5, 2, 3, 6},
		"a blob less":   {0, 1, 2, 3, 6},
		"a blob twice":  {0, 1, 2, 3, 2, 3, 4, 5, 6},
		"no state":      {0, 2, 3, 4, 5, 6},
		"no manifest":   {1, 2, 3, 4, 5, 6},
		"the end alone": {6},
		"two manifests": {0, 0, 1, 2, 3, 4, 5, 6},
	} {
		b := []byte(firstLine)
		for _, i := range order {
			b = append(b, list[i]...)
		}
		if _, _, err := Verify(t.Context(), bytes.NewReader(b)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoSnapshotOrANewerOneIsRefusedByName(t *testing.T) {
	for text, want := range map[string]string{
		"":           "not a snapshot",
		"PK\x03\x04": "not a snapshot",
		"assay snapshot 2\n and whatever follows": `its format is "2"`,
	} {
		if _, _, err := Verify(t.Context(), strings.NewReader(text)); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestForgedSnapshotsAreRefusedHoweverWellTheyAreSealed(t *testing.T) {
	d := judge.DigestOf([]byte("content"))
	entry := func(size uint64, name string) []byte {
		return append([]byte{0, 0, 0, 0, 0, 0, 0, byte(size)}, name...)
	}
	type part struct {
		kind kind
		data []byte
	}
	for name, list := range map[string][]part{
		"other bytes than the digest's": {{kindBlob, entry(7, string(d))}, {kindData, []byte("CONTENT")}},
		"fewer bytes than announced":    {{kindBlob, entry(8, string(d))}, {kindData, []byte("content")}},
		"more bytes than announced":     {{kindBlob, entry(6, string(d))}, {kindData, []byte("content")}},
		"a name that is a path":         {{kindBlob, entry(7, "sha256:../../../../etc/passwd")}, {kindData, []byte("content")}},
		"no name":                       {{kindBlob, []byte{1}}},
		"a kind that is not known":      {{'?', nil}},
		"data of no blob":               {{kindData, []byte("content")}},
		"other totals":                  {{kindState, []byte("s")}, {kindEnd, []byte(`{"state_bytes":2}`)}},
	} {
		var b bytes.Buffer
		p, err := newPartWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		err = p.part(kindManifest, []byte(`{}`))
		for _, x := range list {
			err = errors.Join(err, p.part(x.kind, x.data))
		}
		if err = errors.Join(err, p.part(kindEnd, []byte(`{}`)), p.w.Flush()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Verify(t.Context(), &b); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABlobThatRottedOnItsDiskIsNotSaved(t *testing.T) {
	d := judge.DigestOf([]byte("good"))
	open := func(judge.Digest) (io.ReadCloser, int64, error) {
		return io.NopCloser(strings.NewReader("evil")), 4, nil
	}
	_, err := Save(t.Context(), io.Discard, manifest, func(io.Writer) error { return nil }, []judge.Digest{d}, open)
	if !errors.Is(err, blob.ErrCorrupt) {
		t.Error(err)
	}
}

func TestAnErrorOfTheStateOrTheStreamEndsTheSave(t *testing.T) {
	bad := errors.New("bad")
	_, err := Save(t.Context(), io.Discard, manifest, func(io.Writer) error { return bad }, nil, nil)
	if !errors.Is(err, bad) {
		t.Errorf("the state's: %v", err)
	}
	full := func(w io.Writer) error { _, err := w.Write(make([]byte, 4*mostPart)); return err }
	if _, err := Save(t.Context(), broken{}, manifest, full, nil, nil); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the stream's: %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func FuzzLoadingNeverPanicsAndNeverLies(f *testing.F) {
	f.Add(worldOf("state", "first").save(f))
	f.Add([]byte(firstLine + "m\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _, err := load(bytes.NewReader(data))
		if err != nil {
			return
		}
		for d, content := range got.blobs {
			if judge.DigestOf([]byte(content)) != d {
				t.Errorf("%s has other bytes", d)
			}
		}
	})
}
