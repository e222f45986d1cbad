package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"assay/client"
	"assay/internal/fakeagent"
)

// history is what clients did and were told.
type history struct {
	gate sync.RWMutex // held by whoever hands in, and by those who want quiet

	mu      sync.Mutex        // guards the rest
	tried   map[string]bool   // keys
	acked   map[string]string // id by key
	results map[string]string // what a submission's result was said to be, by id
	fresh   []string          // ids that were acknowledged since the last check
	wrong   []string          // what must not be
	puts    int               // requests that were refused or got lost
}

func newHistory() *history {
	return &history{tried: map[string]bool{}, acked: map[string]string{}, results: map[string]string{}}
}

// The largest number of things to say of what is wrong.
const mostWrong = 20

// blame notes what must not be.
func (h *history) blame(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.wrong) < mostWrong {
		h.wrong = append(h.wrong, fmt.Sprintf(format, args...))
		note("WRONG: "+format, args...)
	}
}

func (h *history) try(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tried[key] = true
}

func (h *history) ack(key, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.acked[key] = id
	h.fresh = append(h.fresh, id)
}

func (h *history) refused() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.puts++
}

// saw compares a finished submission with what anybody saw of it before.
func (h *history) saw(s client.Submission, at string) {
	result := resultOf(s)
	h.mu.Lock()
	before, seen := h.results[s.ID]
	h.results[s.ID] = result
	h.mu.Unlock()
	if seen && before != result {
		h.blame("%s has two results: %q, and %q at %s", s.ID, before, result, at)
	}
	if s.Verdict != "accepted" {
		h.blame("%s ended as %s at %s: %s", s.ID, s.Verdict, at, s.Message)
	}
}

// resultOf tells one run of a submission from any other.
func resultOf(s client.Submission) string {
	if len(s.Tests) == 0 {
		return s.Status + " " + s.Verdict
	}
	return fmt.Sprint(s.Status, " ", s.Verdict, " ", s.Tests[0].Message, " ", len(s.Tests[0].Stdout))
}

// count is how much there is.
func (h *history) count() (tried, acked, seen, refused int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.tried), len(h.acked), len(h.results), h.puts
}

// wish is the submission of a key, the same however often it is handed in. Some
// have sources or results that do not fit into the log.
func wish(key string) client.Request {
	sum := fnv.New64a()
	sum.Write([]byte(key))
	dice := rand.New(rand.NewPCG(sum.Sum64(), 0))
	r := client.Request{
		Language: fakeagent.Language, Source: key, Args: []string{fmt.Sprint(dice.IntN(200), "ms")},
		Tests: []client.Test{{Stdin: key}, {Stdin: "2"}},
	}
	if dice.IntN(8) == 0 {
		r.Source += strings.Repeat(" ", 2000+dice.IntN(20_000))
	}
	if dice.IntN(8) == 0 {
		r.Args = append(r.Args, fmt.Sprint(2000+dice.IntN(20_000)))
	}
	r.Metadata, _ = json.Marshal(map[string]string{"key": key})
	return r
}

// longestTry is how long a client waits for an answer before it asks another
// server.
const longestTry = 5 * time.Second

// handIn hands in what the key stands for, at any server, until it is
// acknowledged or ctx ends.
func (w *world) handIn(ctx context.Context, key string, dice *rand.Rand) (id string) {
	for ctx.Err() == nil {
		if id = w.tryOnce(ctx, key, dice); id != "" {
			return id
		}
		pause(ctx, time.Duration(50+dice.IntN(100))*time.Millisecond)
	}
	return ""
}

func (w *world) tryOnce(ctx context.Context, key string, dice *rand.Rand) string {
	w.history.gate.RLock()
	defer w.history.gate.RUnlock()
	w.history.try(key)
	ctx, cancel := context.WithTimeout(ctx, longestTry)
	defer cancel()
	s, err := w.client(w.Servers[dice.IntN(len(w.Servers))]).SubmitKeyed(ctx, key, wish(key))
	if err != nil {
		w.history.refused()
		return ""
	}
	w.history.ack(key, s.ID)
	return s.ID
}

// load hands in submissions until ctx ends, and reads some of them again.
func (w *world) load(ctx context.Context) {
	const clients = 16
	var all sync.WaitGroup
	defer all.Wait()
	for who := range clients {
		dice := rand.New(rand.NewPCG(w.o.seed, uint64(who)+1))
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				began := time.Now()
				if id := w.handIn(ctx, fmt.Sprintf("%d-%d", who, n), dice); id != "" && dice.IntN(4) == 0 {
					w.read(ctx, id, dice)
				}
				pause(ctx, time.Until(began.Add(time.Second*clients/time.Duration(w.o.rate))))
			}
		})
	}
}

// read looks at a submission at any server; one that is finished must be what it
// was for all others.
func (w *world) read(ctx context.Context, id string, dice *rand.Rand) {
	ctx, cancel := context.WithTimeout(ctx, longestTry)
	defer cancel()
	server := w.Servers[dice.IntN(len(w.Servers))]
	if s, err := w.client(server).Wait(ctx, id); err == nil {
		w.history.saw(s, server.ID)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
