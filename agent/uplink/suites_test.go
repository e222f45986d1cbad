package uplink

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/agent/runner"
	"assay/judge"
	pb "assay/proto/assay/v1"
	"assay/proto/convert"
)

// openings is a blob store in memory that counts what is read of it.
type openings struct {
	mu      sync.Mutex
	content map[judge.Digest][]byte
	n       map[judge.Digest]int
}

func (o *openings) Open(_ context.Context, p judge.Payload) (*os.File, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	data, ok := o.content[p.Digest]
	if !ok {
		return nil, os.ErrNotExist
	}
	o.n[p.Digest]++
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	_, err = w.Write(data) // fits into the pipe
	return r, err
}

func (o *openings) Put(context.Context, io.Reader) (judge.Payload, error) {
	return judge.Payload{}, os.ErrPermission
}

// shelf is an uplink that only fetches, and its payloads.
type shelf struct {
	*Uplink
	t     testing.TB
	blobs *openings
}

func newShelf(t testing.TB) *shelf {
	o := &openings{content: map[judge.Digest][]byte{}, n: map[judge.Digest]int{}}
	return &shelf{&Uplink{blobs: o}, t, o}
}

// suiteOf is a suite of so many tests, and its encoding.
func suiteOf(t testing.TB, name string, tests int) (judge.Suite, []byte) {
	t.Helper()
	var s judge.Suite
	for i := range tests {
		in := fmt.Appendf(nil, "%s %d\n", name, i)
		p := judge.Payload{Inline: in, Size: int64(len(in))}
		s.Tests = append(s.Tests, judge.Test{ID: fmt.Sprint(i + 1), Stdin: p, Expected: &p, Points: 5})
	}
	data, err := convert.EncodeSuite(s)
	if err != nil {
		t.Fatal(err)
	}
	return s, data
}

func (s *shelf) put(data []byte) judge.Payload {
	d := judge.DigestOf(data)
	s.blobs.content[d] = data
	return judge.Payload{Digest: d, Size: int64(len(data))}
}

// assigned fetches what an assignment with this suite names.
func (s *shelf) assigned(suite judge.Payload) (runner.Work, error) {
	return s.fetch(s.t.Context(), &attempt{Assignment: &pb.Assignment{Suite: convert.PayloadToProto(suite)}})
}

func (s *shelf) must(suite judge.Payload) runner.Work {
	s.t.Helper()
	w, err := s.assigned(suite)
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

func TestASuiteIsReadAndDecodedOnceForAllThatNameIt(t *testing.T) {
	s := newShelf(t)
	want, data := suiteOf(t, "a", 3)
	named := s.put(data)
	first := s.must(named)
	if diff := cmp.Diff(want, first.Suite); diff != "" || first.SuiteDigest != named.Digest {
		t.Error(first.SuiteDigest, diff)
	}
	for _, p := range []judge.Payload{named, {Inline: data, Size: int64(len(data))}} {
		again := s.must(p)
		if &again.Suite.Tests[0] != &first.Suite.Tests[0] || again.SuiteDigest != named.Digest {
			t.Errorf("%+v was decoded anew", p)
		}
	}
	if n := s.blobs.n[named.Digest]; n != 1 {
		t.Errorf("it was read %d times", n)
	}
}

func TestSuitesAreKnownByTheirBytesAlone(t *testing.T) {
	s := newShelf(t)
	a, of := suiteOf(t, "a", 2)
	b, ofB := suiteOf(t, "b", 2)
	for range 2 {
		if diff := cmp.Diff(a, s.must(s.put(of)).Suite); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(b, s.must(judge.Payload{Inline: ofB, Size: int64(len(ofB))}).Suite); diff != "" {
			t.Error(diff)
		}
	}
}

func TestBytesUnderAWrongNameAreAFaultAndNotKept(t *testing.T) {
	s := newShelf(t)
	want, right := suiteOf(t, "right", 2)
	_, wrong := suiteOf(t, "wrong", 2)
	p := s.put(right)
	s.blobs.content[p.Digest] = wrong
	if _, err := s.assigned(p); err == nil || !strings.Contains(err.Error(), "fetch suite") {
		t.Errorf("error %v", err)
	}
	s.blobs.content[p.Digest] = right
	if diff := cmp.Diff(want, s.must(p).Suite); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoSuiteIsAFault(t *testing.T) {
	s := newShelf(t)
	if _, err := s.assigned(s.put([]byte{0xff, 0xff})); err == nil {
		t.Error("garbage passes for a suite")
	}
	if _, err := s.assigned(judge.Payload{Digest: judge.DigestOf(nil), Size: 1}); err == nil {
		t.Error("what is not there passes for a suite")
	}
}

func TestTheSuiteThatWasNotUsedForLongestMakesRoom(t *testing.T) {
	const third = suiteBytes/3 - decoded
	var c suites
	for _, d := range []judge.Digest{"a", "b", "c", "c"} {
		c.add(d, judge.Suite{}, third)
	}
	c.get("a")
	c.add("d", judge.Suite{}, third)
	for d, want := range map[judge.Digest]bool{"a": true, "b": false, "c": true, "d": true} {
		if _, ok := c.get(d); ok != want {
			t.Errorf("%s is kept: %v", d, ok)
		}
	}
	c.add("large", judge.Suite{}, suiteBytes)
	if _, ok := c.get("large"); ok || len(c.known) != 3 {
		t.Errorf("a suite beyond all room is kept: %v; %d suites are left", ok, len(c.known))
	}
	c.add("e", judge.Suite{Tests: make([]judge.Test, suiteBytes/decoded-1)}, 0) // its tests take all the room
	if c.bytes != suiteBytes || len(c.known) != 1 || c.order.Len() != 1 {
		t.Errorf("%d suites, %d in order, %d bytes", len(c.known), c.order.Len(), c.bytes)
	}
}

func TestManyFetchSuitesAtATime(t *testing.T) {
	s := newShelf(t)
	var named []judge.Payload
	var want []judge.Suite
	for i := range 4 {
		suite, data := suiteOf(t, fmt.Sprint(i), 3)
		named, want = append(named, s.put(data)), append(want, suite)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				n := (i + j) % len(named)
				w, err := s.assigned(named[n])
				if diff := cmp.Diff(want[n], w.Suite); err != nil || diff != "" {
					t.Error(err, diff)
				}
			}
		})
	}
	wg.Wait()
	if c := &s.suites; len(c.known) != 4 || c.order.Len() != 4 {
		t.Errorf("%d suites, %d in order", len(c.known), c.order.Len())
	}
}

// What it costs to get hold of a suite of 20 small tests.
func BenchmarkFetch(b *testing.B) {
	s := newShelf(b)
	_, data := suiteOf(b, "a", 20)
	p := s.put(data)
	b.ReportAllocs()
	for b.Loop() {
		s.must(p)
	}
}
