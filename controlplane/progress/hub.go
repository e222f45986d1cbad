package progress

import (
	"context"
	"sync"
)

// Config bounds what a hub keeps.
type Config struct {
	Events int // most that are remembered of one attempt; later ones are only passed on
	Total  int // most that are remembered of all, a submission itself counting as one
}

// DefaultConfig keeps about a hundred megabytes at the very worst.
func DefaultConfig() Config { return Config{Events: 2_000, Total: 200_000} }

// pending is how many live events a listener may lag behind before it is
// dropped and has to resume.
const pending = 256

// Hub is the fan-out of one server. Safe for concurrent use; publishing never
// waits for a listener.
type Hub struct {
	cfg Config

	mu     sync.Mutex // guards the rest
	topics map[string]*topic
	size   int      // topics and the events that they remember
	order  []string // ids in the order in which their topics were made; some may be gone
}

// topic is one submission that has events or listeners.
type topic struct {
	attempt   int
	n         int     // events of the attempt so far
	past      []Event // of the attempt, at most Config.Events
	listeners map[chan Event]struct{}
}

// New returns an empty hub.
func New(cfg Config) *Hub { return &Hub{cfg: cfg, topics: map[string]*topic{}} }

// Publish tells what happened in the given attempt of a submission. An event
// of a later attempt than before is preceded by Restarted and makes the hub
// forget the earlier attempt; one of an earlier attempt is dropped. Finished
// ends the submission's stream. An event gets the number that its ID asks for,
// so that it is the same wherever the event is told, or the next one if that is
// higher.
func (h *Hub) Publish(id string, attempt int, e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topic(id)
	if attempt < t.attempt {
		return
	}
	if attempt > t.attempt {
		again := t.attempt > 0
		h.size -= len(t.past)
		t.attempt, t.n, t.past = attempt, 0, nil
		if again && e.Kind != Restarted {
			h.tell(t, Event{Kind: Restarted})
		}
	}
	h.tell(t, e)
	if e.Kind == Finished {
		h.end(id, t)
	}
	h.shrink()
}

// tell numbers e, remembers it and passes it on. A listener that has fallen
// behind is dropped: it resumes after the last event that it saw.
func (h *Hub) tell(t *topic, e Event) {
	t.n = max(t.n+1, e.ID.N)
	e.ID = ID{Attempt: t.attempt, N: t.n}
	if len(t.past) < h.cfg.Events {
		t.past = append(t.past, e)
		h.size++
	}
	for l := range t.listeners {
		select {
		case l <- e:
		default:
			t.drop(l)
		}
	}
}

// End forgets a submission and ends its listeners' channels: it was finished
// or cancelled, and its record says how.
func (h *Hub) End(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[id]; t != nil {
		h.end(id, t)
	}
}

// Clear ends everything: this server does not see any more what runs.
func (h *Hub) Clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, t := range h.topics {
		h.end(id, t)
	}
	h.order = nil
}

func (h *Hub) end(id string, t *topic) {
	h.remove(id, t)
	for l := range t.listeners {
		t.drop(l)
	}
}

func (h *Hub) remove(id string, t *topic) {
	delete(h.topics, id)
	h.size -= 1 + len(t.past)
}

func (t *topic) drop(l chan Event) {
	delete(t.listeners, l)
	close(l)
}

// Subscribe tells what is known of a submission's running attempt after the
// given event, and then what happens. The channel is closed when the
// submission has ended, when ctx ends, or when the listener lags; the record
// tells the first from the others, and whoever still waits subscribes again
// after the last event that it got.
func (h *Hub) Subscribe(ctx context.Context, id string, after ID) ([]Event, <-chan Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topic(id)
	l := make(chan Event, pending)
	t.listeners[l] = struct{}{}
	h.shrink()
	context.AfterFunc(ctx, func() { h.leave(id, t, l) })
	var past []Event
	for _, e := range t.past {
		if e.ID.After(after) {
			past = append(past, e)
		}
	}
	return past, l
}

func (h *Hub) leave(id string, t *topic, l chan Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, on := t.listeners[l]; on {
		t.drop(l)
	}
	if t.n == 0 && len(t.listeners) == 0 && h.topics[id] == t {
		h.remove(id, t)
	}
}

// topic finds or makes the submission's topic.
func (h *Hub) topic(id string) *topic {
	if t := h.topics[id]; t != nil {
		return t
	}
	t := &topic{listeners: map[chan Event]struct{}{}}
	h.topics[id] = t
	h.order = append(h.order, id)
	h.size++
	if len(h.order) > 2*h.cfg.Total {
		h.compact()
	}
	return t
}

// shrink forgets the oldest submissions while too much is remembered.
func (h *Hub) shrink() {
	for h.size > h.cfg.Total && len(h.order) > 0 {
		oldest := h.order[0]
		h.order = h.order[1:]
		if t := h.topics[oldest]; t != nil {
			h.end(oldest, t)
		}
	}
}

// compact drops the ids of topics that are gone.
func (h *Hub) compact() {
	kept := make([]string, 0, len(h.topics))
	seen := map[string]bool{}
	for _, id := range h.order {
		if h.topics[id] != nil && !seen[id] {
			kept, seen[id] = append(kept, id), true
		}
	}
	h.order = kept
}

// Len is the number of submissions that are remembered.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.topics)
}
