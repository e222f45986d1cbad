package blob

import (
	"fmt"
	"os"
	"sync"
)

// syncFile makes f durable. A failure is final.
func (s *Store) syncFile(f *os.File) error {
	if err := s.ReadOnly(); err != nil {
		return err
	}
	if err := s.fsync(f); err != nil {
		return s.fail(err)
	}
	return nil
}

// fail makes the store read-only.
func (s *Store) fail(err error) error {
	err = fmt.Errorf("%w: %w", ErrReadOnly, err)
	if s.broken.CompareAndSwap(nil, &err) {
		s.log.Error("blob store is read-only", "err", err)
	}
	return err
}

func (s *Store) syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	defer f.Close()
	return s.syncFile(f)
}

// group lets many callers share one sync: whoever comes while one is under way
// waits for the next, which is for all who came meanwhile.
type group struct {
	mu   sync.Mutex // guards both
	last *round     // the latest that has begun, nil at first
	next *round     // can be joined, nil if none waits to begin
}

type round struct {
	done chan struct{} // closed once err is set
	err  error
}

// do returns after a sync that began after do was called.
func (g *group) do(sync func() error) error {
	r, first, before := g.join()
	if !first {
		<-r.done
		return r.err
	}
	if before != nil {
		<-before.done
	}
	g.begin(r)
	r.err = sync()
	close(r.done)
	return r.err
}

// join returns the round to wait for. For the first of a round, who is to do
// the work, before is the round that must be over by then.
func (g *group) join() (r *round, first bool, before *round) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.next != nil {
		return g.next, false, nil
	}
	g.next = &round{done: make(chan struct{})}
	return g.next, true, g.last
}

// begin makes it too late to join r.
func (g *group) begin(r *round) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last, g.next = r, nil
}
