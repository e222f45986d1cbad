package dispatch

// free is the set of agents that can be given something.
type free struct {
	agents  []*agent       // in no particular order
	classes map[string]int // how many of them are of each node class
}

func newFree() free { return free{classes: map[string]int{}} }

func (f *free) len() int { return len(f.agents) }

func (f *free) add(a *agent) {
	if a.at >= 0 {
		return
	}
	a.at, a.as = len(f.agents), a.hello.Class
	f.agents = append(f.agents, a)
	f.classes[a.as]++
}

func (f *free) remove(a *agent) {
	if a.at < 0 {
		return
	}
	last := f.agents[len(f.agents)-1]
	f.agents[a.at], last.at = last, a.at
	f.agents[len(f.agents)-1] = nil
	f.agents = f.agents[:len(f.agents)-1]
	a.at = -1
	if f.classes[a.as]--; f.classes[a.as] == 0 {
		delete(f.classes, a.as)
	}
}
