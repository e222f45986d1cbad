package cores

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box/rawcall"
)

// None is the processor of runs that are not pinned.
const None = -1

// Set lends processors to runs. It is safe for concurrent use.
type Set struct {
	mu    sync.Mutex
	cores []*core // guarded by mu
	runs  int     // guarded by mu
}

// core is a processor, with a lock among the agents of this host.
type core struct {
	cpu  int
	runs int
	lock int // descriptor; negative: it cannot be locked
}

// patience is how long a run waits for a core that another agent's run is on.
// CPU time decides about verdicts, and shared caches change it by little; so a
// shared core is better than no end of waiting.
const patience = 250 * time.Millisecond

// Open makes a set of processors. What tells agents apart is a lock on the
// kernel's directory of each processor: nobody has to make a file for it, and
// it ends with the process.
func Open(cpus []int) *Set { return open(sysfs, cpus) }

func open(sysfs string, cpus []int) *Set {
	s := &Set{}
	for _, cpu := range cpus {
		lock, err := unix.Open(filepath.Join(sysfs, "cpu"+strconv.Itoa(cpu)), unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			lock = -1
		}
		s.cores = append(s.cores, &core{cpu: cpu, lock: lock})
	}
	return s
}

// Len is how many processors there are.
func (s *Set) Len() int { return len(s.cores) }

// Acquire lends the processor with the fewest runs, the last one of the box if
// it is among those; None when there is none to lend. It waits a little for
// one that no other agent uses. What it gives has to be released.
func (s *Set) Acquire(ctx context.Context, last int) (int, error) {
	deadline := time.Now().Add(patience)
	for pause := time.Millisecond / 4; ; pause = min(2*pause, 8*time.Millisecond) {
		// There is no event for the end of a lock that could be waited for
		// together with others.
		cpu, ok := s.try(last, !time.Now().Before(deadline))
		if ok {
			return cpu, nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return None, context.Cause(ctx)
		}
	}
}

// try picks a processor. Unless it has to, it does not pick one that another
// agent holds, nor one with a run of ours while others have none.
func (s *Set) try(last int, must bool) (cpu int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.cores) == 0 {
		return None, true
	}
	best := s.best(last, must)
	if best == nil || (best.runs > 0 && s.runs < len(s.cores) && !must) {
		return None, false
	}
	best.runs++
	s.runs++
	return best.cpu, true
}

// best is the core with the fewest runs among those that we hold, now or
// already, and if it must be the others as well.
func (s *Set) best(last int, must bool) (best *core) {
	s.preferring(last, func(c *core) bool {
		if best == nil || c.runs < best.runs {
			if c.runs > 0 || c.hold() || must {
				best = c
			}
		}
		return best == nil || best.runs > 0
	})
	return best
}

// preferring calls fn with every core, beginning with that of one processor,
// until fn returns false.
func (s *Set) preferring(cpu int, fn func(*core) bool) {
	for _, c := range s.cores {
		if c.cpu == cpu && !fn(c) {
			return
		}
	}
	for _, c := range s.cores {
		if c.cpu != cpu && !fn(c) {
			return
		}
	}
}

// hold takes the lock of a core that has no run of ours.
func (c *core) hold() bool {
	return c.lock < 0 || rawcall.Flock(c.lock, unix.LOCK_EX) == nil
}

// letGo gives the lock of a core without runs back.
func (c *core) letGo() {
	if c.lock >= 0 && c.runs == 0 {
		_ = rawcall.Flock(c.lock, unix.LOCK_UN)
	}
}

// Release gives a processor back.
func (s *Set) Release(cpu int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cores {
		if c.cpu == cpu {
			c.runs--
			s.runs--
			c.letGo()
		}
	}
}

// Close gives up all locks. Nothing may be lent any more.
func (s *Set) Close() {
	for _, c := range s.cores {
		if c.lock >= 0 {
			_ = unix.Close(c.lock)
		}
	}
}
