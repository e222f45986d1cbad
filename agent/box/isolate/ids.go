package isolate

import (
	"errors"
	"fmt"
	"net"
	"sync"

	"golang.org/x/sys/unix"
)

// ids lends box ids. Several agents of one host can share a range: what marks
// an id as taken is a name in the kernel that ends with the process.
type ids struct {
	first, count int

	mu   sync.Mutex
	next int
}

// errTaken is returned for an id that an agent has.
var errTaken = errors.New("box id is taken")

// claim takes one id. Closing what it returns gives the id back.
func claim(id int) (net.Listener, error) {
	l, err := net.Listen("unix", fmt.Sprintf("@assay-isolate-%d", id))
	if errors.Is(err, unix.EADDRINUSE) {
		return nil, errTaken
	}
	return l, err
}

// acquire lends the next id that is free.
func (s *ids) acquire() (int, net.Listener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range s.count {
		id := s.first + s.next%s.count
		s.next++
		l, err := claim(id)
		if !errors.Is(err, errTaken) {
			return id, l, err
		}
	}
	return 0, nil, fmt.Errorf("all %d box ids from %d on are in use: widen isolate.boxes", s.count, s.first)
}
