package tenant

import (
	"math"
	"sync"
	"time"
)

// buckets hold what each tenant may still hand in. Only configured tenants
// have one, so there are never more than configured.
type buckets struct {
	mu       sync.Mutex
	byTenant map[string]*bucket // guarded by mu
}

// bucket fills at the tenant's rate up to its burst.
type bucket struct {
	level float64
	at    time.Time
}

// Take takes n submissions from a tenant's allowance. When it does not hold as
// many, nothing is taken, and wait is when it will. A batch larger than the
// burst passes when the allowance is full and is paid off afterwards.
func (r *Registry) Take(t Tenant, n int, now time.Time) (wait time.Duration, ok bool) {
	r.buckets.mu.Lock()
	defer r.buckets.mu.Unlock()
	b := r.buckets.of(t, now)
	b.level = min(float64(t.Burst), b.level+t.Rate*max(0, now.Sub(b.at).Seconds()))
	if now.After(b.at) {
		b.at = now
	}
	need := math.Min(float64(n), float64(t.Burst))
	if b.level < need {
		return time.Duration((need - b.level) / t.Rate * float64(time.Second)), false
	}
	b.level -= float64(n)
	return 0, true
}

func (b *buckets) of(t Tenant, now time.Time) *bucket {
	if b.byTenant == nil {
		b.byTenant = make(map[string]*bucket)
	}
	one := b.byTenant[t.Name]
	if one == nil {
		one = &bucket{level: float64(t.Burst), at: now}
		b.byTenant[t.Name] = one
	}
	return one
}
