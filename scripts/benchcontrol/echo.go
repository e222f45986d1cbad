package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"assay/internal/process"
)

// echoed is what the plainest server does with the same requests.
type echoed struct {
	PerSecond float64       `json:"per_second"`
	CPU       time.Duration `json:"cpu_ns"` // of the server, for one request
	RoundTrip time.Duration `json:"round_trip_p99_ns"`
}

// runEcho serves until ctx ends: it reads bodies and sends them back.
func runEcho(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(body)
		}),
	}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	fmt.Println("echoes at http://" + l.Addr().String())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func measureEcho(ctx context.Context, o options) (e echoed, err error) {
	const requests, trips = 20_000, 2000
	self, err := os.Executable()
	if err != nil {
		return e, err
	}
	p, err := process.Start(self, "-echo")
	if err != nil {
		return e, err
	}
	defer p.Kill()
	url, err := p.URL(ctx)
	if err != nil {
		return e, err
	}
	note("echo: %d requests", requests)
	l := newLoad(o, []string{url}, "")
	l.path, l.bare = "/", true
	before, err := p.Usage()
	if err != nil {
		return e, err
	}
	start := time.Now()
	if _, err := l.burst(ctx, requests); err != nil {
		return e, err
	}
	took := time.Since(start)
	after, err := p.Usage()
	if err != nil {
		return e, err
	}
	e.PerSecond, e.CPU = requests/took.Seconds(), (after.CPU-before.CPU)/requests
	l.connections = 1
	latencies, err := l.burst(ctx, trips)
	e.RoundTrip = percentile(latencies, 0.99)
	return e, err
}
