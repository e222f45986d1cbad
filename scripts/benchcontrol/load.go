package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"assay/client"
	"assay/internal/fakeagent"
)

// load is a client with many connections. It is leaner than the public client,
// because it shares the processors with what it measures.
type load struct {
	urls        []string
	path        string
	suite       string // id; empty: tests travel with submissions
	tests       int
	connections int
	bare        bool // any answer will do
	args        []string
	put         atomic.Int64
	conns       *conns
	next        atomic.Int64 // numbers submissions, so that no two are the same
}

func newLoad(o options, urls []string, suite string) *load {
	return &load{
		urls: urls, path: "/v1/submissions?wait=50s", suite: suite, tests: o.tests,
		connections: o.connections, conns: &conns{idle: map[string][]*conn{}},
	}
}

// request is a small program as a contest sees many.
func (l *load) request() client.Request {
	n := strconv.FormatInt(l.next.Add(1), 10)
	r := client.Request{Language: fakeagent.Language, Suite: l.suite, Args: l.args, Source: sourceText + n}
	if l.suite == "" {
		r.Tests = tests(l.tests, n)
	}
	return r
}

const sourceText = `#include <iostream>
int main() {
    std::ios::sync_with_stdio(false);
    long long a, b;
    while (std::cin >> a >> b) std::cout << a + b << '\n';
}
// `

// tests makes n of them, which are those of no other seed.
func tests(n int, seed string) (all []client.Test) {
	for i := range n {
		all = append(all, client.Test{
			ID: strconv.Itoa(i + 1), Stdin: fmt.Sprintln(seed, i), Expected: client.Expect(seed + "\n"),
		})
	}
	return all
}

// burst hands in n submissions as fast as they are taken, over all connections,
// and returns how long each took until its answer.
func (l *load) burst(ctx context.Context, n int) ([]time.Duration, error) {
	bodies := make([][]byte, n)
	for i := range bodies {
		bodies[i] = l.body()
	}
	latencies := make([]time.Duration, n)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var turn atomic.Int64
	var all sync.WaitGroup
	for range min(n, l.connections) {
		all.Go(func() {
			for i := turn.Add(1) - 1; i < int64(n); i = turn.Add(1) - 1 {
				start := time.Now()
				if err := l.do(ctx, l.urls[i%int64(len(l.urls))], bodies[i]); err != nil {
					stop(err)
					return
				}
				latencies[i] = time.Since(start)
			}
		})
	}
	all.Wait()
	return latencies, context.Cause(ctx)
}

func (l *load) body() []byte {
	body, err := json.Marshal(l.request())
	if err != nil {
		panic(err) // strings and numbers
	}
	return body
}

// steady hands in submissions at a rate, whatever the answers take.
func (l *load) steady(ctx context.Context, rate float64, n int) ([]time.Duration, error) {
	latencies := make([]time.Duration, n)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	start := time.Now()
	var all sync.WaitGroup
	for i := range n {
		due := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		time.Sleep(time.Until(due))
		body := l.body()
		all.Go(func() {
			if err := l.do(ctx, l.urls[i%len(l.urls)], body); err != nil {
				stop(err)
			}
			latencies[i] = time.Since(due)
		})
	}
	all.Wait()
	return latencies, context.Cause(ctx)
}

// do sends a request until it is answered as it should be.
func (l *load) do(ctx context.Context, url string, body []byte) error {
	for ctx.Err() == nil {
		status, answer, err := l.post(url, body)
		switch {
		case err != nil:
			return err
		case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
			l.put.Add(1)
			time.Sleep(100 * time.Millisecond)
		case status == http.StatusOK, status == http.StatusAccepted && l.path == accepting:
			return nil
		default:
			return fmt.Errorf("answer %d: %.200s", status, answer)
		}
	}
	return context.Cause(ctx)
}

// accepting is the path of requests that wait for no verdict.
const accepting = "/v1/submissions"

func (l *load) post(url string, body []byte) (int, []byte, error) {
	a, err := l.conns.post(url, l.path, body)
	if err != nil || l.bare || a.status != http.StatusOK {
		return a.status, a.body, err
	}
	if !bytes.Contains(a.body, []byte(`"verdict":"accepted"`)) {
		return 0, nil, errors.New("a submission was not accepted: " + string(a.body[:min(len(a.body), 300)]))
	}
	return a.status, a.body, nil
}

func percentile(all []time.Duration, part float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(all), cmp.Compare[time.Duration])
	return sorted[int(part*float64(len(sorted)-1))]
}
