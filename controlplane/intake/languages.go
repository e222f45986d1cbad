package intake

import (
	"maps"
	"slices"
	"sync"
	"time"

	"assay/judge"
)

// languagesAge is how old the list of languages may be. Merging what all
// agents say for each submission would cost more than the rest of it.
const languagesAge = 500 * time.Millisecond

// languages finds languages by id or alias.
type languages struct {
	list func() []judge.Language

	mu   sync.Mutex                 // guards the rest
	at   time.Time                  // when list was asked last
	all  []judge.Language           // the last that was not empty
	name map[string]*judge.Language // by id and alias

	since   time.Time                      // when there was a list for the first time
	classes map[string]map[string]struct{} // node classes that a language was ever seen in, by its id
}

// find returns nil for a language that there is not. It is ErrNoAgent while no
// list was ever seen: a cluster that has just elected a leader must not call
// languages unknown.
func (l *languages) find(name string) (*judge.Language, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refresh()
	if found := l.name[name]; found != nil {
		return found, nil
	}
	// It may have come with an agent a moment ago.
	l.at = time.Time{}
	l.refresh()
	if len(l.all) == 0 {
		return nil, ErrNoAgent
	}
	return l.name[name], nil
}

func (l *languages) known() []judge.Language {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refresh()
	return slices.Clone(l.all)
}

func (l *languages) refresh() {
	if time.Since(l.at) < languagesAge {
		return
	}
	l.at = time.Now()
	all := l.list()
	if len(all) == 0 {
		return // agents come back; until then what was known last counts
	}
	l.all = all
	l.remember(all)
	l.name = make(map[string]*judge.Language, 2*len(all))
	for i := range all {
		for _, alias := range all[i].Aliases {
			if other := l.name[alias]; other == nil || !other.Available {
				l.name[alias] = &all[i]
			}
		}
	}
	for i := range all {
		l.name[all[i].ID] = &all[i] // an id beats an alias
	}
}

// settling is how long after the first agent came others may be on their way.
const settling = 30 * time.Second

// most node classes that are remembered of one language. Only agents name them.
const mostClasses = 1000

func (l *languages) remember(all []judge.Language) {
	if l.classes == nil {
		l.since, l.classes = l.at, map[string]map[string]struct{}{}
	}
	for _, language := range all {
		seen := l.classes[language.ID]
		if seen == nil {
			seen = map[string]struct{}{}
			l.classes[language.ID] = seen
		}
		for _, class := range language.Classes {
			if len(seen) < mostClasses {
				seen[class] = struct{}{}
			}
		}
	}
}

// pinned reports whether a node of this class has had the language since this
// server was started, and lists the classes of which one has. A class that is
// away for now, as spot nodes are at times, counts. It is ErrNoClass while
// nodes may be on their way.
func (l *languages) pinned(id, class string) (ok bool, known []string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok = l.classes[id][class]; !ok {
		l.at = time.Time{} // it may have come a moment ago
		l.refresh()
		_, ok = l.classes[id][class]
	}
	if !ok && time.Since(l.since) < settling {
		return false, nil, ErrNoClass
	}
	return ok, slices.Sorted(maps.Keys(l.classes[id])), nil
}
