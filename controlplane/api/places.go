package api

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// places are for large things of one kind, which are dealt with so many at a
// time. No tenant has all of them, however many slow clients it has: what one
// tenant may take leaves a quarter to others. Safe for concurrent use.
type places struct {
	of    string // what they are for, in words
	all   chan struct{}
	share int // of one tenant

	mu     sync.Mutex // guards shares
	shares map[string]chan struct{}
}

func newPlaces(of string, n int) *places {
	return &places{of: of, all: make(chan struct{}, n), share: n - n/4, shares: map[string]chan struct{}{}}
}

// turn waits for a tenant's place. Release must be called once.
func (p *places) turn(ctx context.Context, tenant string, atMost time.Duration) (release func(), err error) {
	wait, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	own := p.shareOf(tenant)
	if !enter(wait, own) {
		return nil, p.late(ctx, atMost)
	}
	if !enter(wait, p.all) {
		<-own
		return nil, p.late(ctx, atMost)
	}
	return func() { <-p.all; <-own }, nil
}

func (p *places) late(ctx context.Context, after time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return later(http.StatusServiceUnavailable, after, "too many large %s are being dealt with", p.of)
}

// shareOf makes a tenant's share when it first asks. There are as many as
// tenants are configured.
func (p *places) shareOf(tenant string) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.shares[tenant]
	if s == nil {
		s = make(chan struct{}, p.share)
		p.shares[tenant] = s
	}
	return s
}

// taken is how many places are in use.
func (p *places) taken() int { return len(p.all) }

func enter(ctx context.Context, c chan struct{}) bool {
	select {
	case c <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}
