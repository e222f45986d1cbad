package blobcache_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"assay/agent/blobcache"
	"assay/judge"
	pb "assay/proto/assay/v1"
)

// server is a Fleet service that has payloads in a map.
type server struct {
	pb.UnimplementedFleetServer

	mu      sync.Mutex
	blobs   map[judge.Digest][]byte
	gets    int
	refuse  int           // so many calls are turned away first
	waiting chan struct{} // told of each get, when not nil
	release chan struct{} // gets wait for it, when not nil
}

func (s *server) GetBlob(req *pb.GetBlobRequest, st grpc.ServerStreamingServer[pb.Chunk]) error {
	if s.waiting != nil {
		s.waiting <- struct{}{}
		select {
		case <-s.release:
		case <-st.Context().Done():
			return st.Context().Err()
		}
	}
	if err := s.turnAway(); err != nil {
		return err
	}
	s.mu.Lock()
	s.gets++
	data, ok := s.blobs[judge.Digest(req.GetDigest())]
	s.mu.Unlock()
	if !ok {
		return status.Error(codes.NotFound, "nothing there")
	}
	for part := range chunks(data) {
		if err := st.Send(&pb.Chunk{Data: part}); err != nil {
			return err
		}
	}
	return nil
}

func chunks(data []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := min(len(data), 1000)
			if !yield(data[:n]) {
				return
			}
			data = data[n:]
		}
	}
}

func (s *server) PutBlob(st grpc.ClientStreamingServer[pb.Chunk, pb.PutBlobResponse]) error {
	if err := s.turnAway(); err != nil {
		return err
	}
	var data []byte
	for {
		c, err := st.Recv()
		if errors.Is(err, io.EOF) {
			return st.SendAndClose(&pb.PutBlobResponse{Digest: string(s.put(data).Digest), Size: int64(len(data))})
		}
		if err != nil {
			return err
		}
		data = append(data, c.GetData()...)
	}
}

func (s *server) turnAway() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse > 0 {
		s.refuse--
		return status.Error(codes.Unavailable, "not now")
	}
	return nil
}

func (s *server) put(data []byte) judge.Payload {
	d := judge.Digest(fmt.Sprintf("sha256:%x", sha256.Sum256(data)))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blobs[d] = data
	return judge.Payload{Digest: d, Size: int64(len(data))}
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gets
}

// serve starts a server, and returns it with a client of it.
func serve(t *testing.T) (*server, blobcache.Client) {
	t.Helper()
	s := &server{blobs: map[judge.Digest][]byte{}}
	l := bufconn.Listen(1 << 16)
	g := grpc.NewServer()
	pb.RegisterFleetServer(g, s)
	go g.Serve(l)
	t.Cleanup(g.Stop)
	conn, err := grpc.NewClient("passthrough:test", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return s, func(context.Context) (pb.FleetClient, error) { return pb.NewFleetClient(conn), nil }
}

func open(t *testing.T, dir string, maxBytes int64, client blobcache.Client) *blobcache.Cache {
	t.Helper()
	c := blobcache.New(blobcache.Config{Dir: dir, MaxBytes: maxBytes}, client,
		slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err := c.Load(); err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t *testing.T, c *blobcache.Cache, p judge.Payload) string {
	t.Helper()
	f, err := c.Open(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestInlinePayloadsAreFilesThatNobodyCanChange(t *testing.T) {
	_, client := serve(t)
	c := open(t, t.TempDir(), 1<<20, client)
	for _, text := range []string{"", "1 2\n"} {
		f, err := c.Open(t.Context(), judge.Payload{Inline: []byte(text), Size: int64(len(text))})
		if err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(f); err != nil || string(data) != text {
			t.Errorf("read %q, %v; want %q", data, err, text)
		}
		if _, err := f.WriteAt([]byte("x"), 0); err == nil {
			t.Error("the file could be written")
		}
		if err := f.Truncate(100); err == nil {
			t.Error("the file could be resized")
		}
		f.Close()
	}
}

func TestAPayloadIsFetchedOnceAndEveryReaderHasItsOwnOffset(t *testing.T) {
	s, client := serve(t)
	c := open(t, t.TempDir(), 1<<20, client)
	text := strings.Repeat("all work and no play\n", 1000)
	p := s.put([]byte(text))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got := read(t, c, p); got != text {
				t.Errorf("read %d bytes, want %d", len(got), len(text))
			}
		})
	}
	wg.Wait()
	if n := s.count(); n != 1 {
		t.Errorf("fetched %d times, want once", n)
	}
}

func TestWhoeverGivesUpLeavesTheFetchingToTheOthers(t *testing.T) {
	s, client := serve(t)
	s.waiting, s.release = make(chan struct{}), make(chan struct{})
	c := open(t, t.TempDir(), 1<<20, client)
	p := s.put([]byte(strings.Repeat("x", 5000)))
	ctx, giveUp := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := c.Open(ctx, p); first <- err }()
	<-s.waiting
	second := make(chan string, 1)
	go func() { second <- read(t, c, p) }()
	giveUp()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first got %v, want that it was cancelled", err)
	}
	<-s.waiting
	close(s.release)
	if got := <-second; len(got) != 5000 {
		t.Errorf("the second read %d bytes, want 5000", len(got))
	}
}

func TestBytesThatDoNotMatchTheDigestAreRefused(t *testing.T) {
	s, client := serve(t)
	dir := t.TempDir()
	c := open(t, dir, 1<<20, client)
	p := s.put([]byte("the truth"))
	s.blobs[p.Digest] = []byte("not truth")
	if f, err := c.Open(t.Context(), p); err == nil {
		f.Close()
		t.Error("wrong bytes were accepted")
	}
	s.blobs[p.Digest] = bytes.Repeat([]byte("endless"), 1000)
	if f, err := c.Open(t.Context(), p); err == nil {
		f.Close()
		t.Error("more bytes than announced were accepted")
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWhatIsNoDigestIsRefused(t *testing.T) {
	_, client := serve(t)
	c := open(t, t.TempDir(), 1<<20, client)
	for _, d := range []judge.Digest{"x", "sha256:../../../etc/passwd", judge.Digest("sha256:" + strings.Repeat("A", 64))} {
		if f, err := c.Open(t.Context(), judge.Payload{Digest: d}); err == nil {
			f.Close()
			t.Errorf("%q was accepted", d)
		}
	}
}

func TestTheLeastRecentlyUsedGoesFirst(t *testing.T) {
	s, client := serve(t)
	dir := t.TempDir()
	c := open(t, dir, 3000, client)
	payload := func(b byte) judge.Payload { return s.put(bytes.Repeat([]byte{b}, 1000)) }
	for _, b := range []byte("abcad") { // b is the one not used again
		read(t, c, payload(b))
	}
	if n := len(files(t, dir)); n != 3 {
		t.Errorf("%d payloads are kept, want 3", n)
	}
	before := s.count()
	read(t, c, payload('a'))
	if s.count() != before {
		t.Error("a was evicted though it had been used again")
	}
	read(t, c, payload('b'))
	if s.count() != before+1 {
		t.Error("b was kept though it was the least recently used")
	}
}

func TestAPayloadLargerThanTheCacheIsServedAllTheSame(t *testing.T) {
	s, client := serve(t)
	c := open(t, t.TempDir(), 10, client)
	if got := read(t, c, s.put(make([]byte, 5000))); len(got) != 5000 {
		t.Errorf("read %d bytes, want 5000", len(got))
	}
}

func TestARestartKeepsWhatIsIntact(t *testing.T) {
	s, client := serve(t)
	dir := t.TempDir()
	whole, torn := s.put([]byte("whole")), s.put([]byte("torn apart"))
	c := open(t, dir, 1<<20, client)
	read(t, c, whole)
	read(t, c, torn)
	for _, path := range files(t, dir) {
		if strings.HasSuffix(string(torn.Digest), filepath.Base(path)) {
			if err := os.WriteFile(path, []byte("torn"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	unfinished := filepath.Join(dir, "tmp", "get-1")
	if err := os.WriteFile(unfinished, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	c = open(t, dir, 1<<20, client)
	before := s.count()
	if got := read(t, c, whole) + ", " + read(t, c, torn); got != "whole, torn apart" {
		t.Errorf("read %q", got)
	}
	if n := s.count() - before; n != 1 {
		t.Errorf("fetched %d payloads after the restart, want only the torn one", n)
	}
	if _, err := os.Stat(unfinished); err == nil {
		t.Error("an unfinished file was left")
	}
}

func TestWhatIsSmallStaysInlineAndWhatIsLargeIsStored(t *testing.T) {
	s, client := serve(t)
	c := open(t, t.TempDir(), 1<<20, client)
	for _, size := range []int{0, 1, 4096, 4097, 1 << 20} {
		data := bytes.Repeat([]byte("y"), size)
		p, err := c.Put(t.Context(), bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if inline := p.Digest == ""; p.Size != int64(size) || inline != (size <= 4096) {
			t.Errorf("%d bytes became %d bytes, inline: %v", size, p.Size, inline)
		}
		if p.Digest != "" && !bytes.Equal(s.blobs[p.Digest], data) {
			t.Errorf("%d bytes arrived as %d", size, len(s.blobs[p.Digest]))
		}
	}
}

func TestAServerThatIsAwayForAMomentIsAskedAgain(t *testing.T) {
	s, client := serve(t)
	c := open(t, t.TempDir(), 1<<20, client)
	s.refuse = 1
	p, err := c.Put(t.Context(), bytes.NewReader(make([]byte, 5000)))
	if err != nil {
		t.Fatal(err)
	}
	s.refuse = 1
	if got := read(t, c, p); len(got) != 5000 {
		t.Errorf("read %d bytes, want 5000", len(got))
	}
}

func TestAPayloadThatNoServerHasIsAnError(t *testing.T) {
	s, client := serve(t)
	c := open(t, t.TempDir(), 1<<20, client)
	p := s.put([]byte("x"))
	delete(s.blobs, p.Digest)
	if _, err := c.Open(t.Context(), p); status.Code(err) != codes.NotFound {
		t.Errorf("err = %v, want that it is not found", err)
	}
}

// files lists what is in dir, at any depth.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
