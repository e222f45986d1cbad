package isolate

import (
	"sync"
	"time"
)

// overhead is the least CPU time that a run was seen to use whose program does
// nothing, in any box of the driver: what isolate and the shim take on the way to
// every program. A machine that is busy makes some of these runs take
// several times as long, and that must not be taken off what programs use. Safe
// for concurrent use.
type overhead struct {
	mu    sync.Mutex // guards the rest
	known bool
	time  time.Duration
}

func (o *overhead) saw(used time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.known || used < o.time {
		o.known, o.time = true, used
	}
}

func (o *overhead) least() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}
