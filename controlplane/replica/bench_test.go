package replica

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// Commands of a single voter, each of them on disk when it counts: a virtual
// disk of a 2-core machine, whose fsync takes about 70 us. With a slower disk
// the entries grow, so that many callers hardly notice.
//
//	callers=1      ~75 us    13,000/s
//	callers=256    ~9 us    108,000/s
func BenchmarkPropose(b *testing.B) {
	for _, callers := range []int{1, 256} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			r := alone(b, b.TempDir())
			var n atomic.Int64
			var wg sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
						r.must(b, submit(fmt.Sprintf("%016d", i)))
					}
				})
			}
			wg.Wait()
		})
	}
}
