package dispatch

import (
	"sync"
	"time"
)

// Running tells where a submission is being judged.
type Running struct {
	Node    string
	Attempt int
	Since   time.Time
}

// board shows what is running to other goroutines.
type board struct {
	mu  sync.RWMutex
	all map[string]Running
}

func newBoard() *board { return &board{all: map[string]Running{}} }

func (b *board) set(id string, r Running) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all[id] = r
}

func (b *board) remove(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.all, id)
}

func (b *board) get(id string) (Running, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	r, ok := b.all[id]
	return r, ok
}
