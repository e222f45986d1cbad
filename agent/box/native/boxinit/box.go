package boxinit

import (
	"sync"

	"assay/agent/box/inside"
)

// box is the state of the init.
type box struct {
	agent  *inside.Conn // requests and their answers
	runner *runner      // shared with the process that runs programs
	ends   *inside.Conn // where the ends of runs are told
	pid    int          // of the runner
	died   chan struct{}

	null int
	proc int // a /proc that can be written to, out of every program's sight

	mu   sync.Mutex   // held while the runner's helper or a request is at work
	work *inside.Work // guarded by mu
	idle bool         // the runner waits for what was kept to be removed; guarded by mu
}

// openRoot opens what is needed later of the root.
func (b *box) openRoot() (err error) {
	if b.work, err = inside.OpenWork(""); err != nil {
		return err
	}
	b.null, err = inside.OpenNull()
	return err
}
