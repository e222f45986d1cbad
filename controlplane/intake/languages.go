package intake

import (
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
