package replica

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// Commands of a single voter, each of them on disk when it counts. Four runs on
// two virtual cores that were shared with other work (load 4 to 8); an fsync by
// itself took 0.3 to 1.0 ms meanwhile:
//
//	callers=1      0.7 - 1.4 ms       700 - 1,400/s
//	callers=256     11 - 28 us     36,000 - 89,000/s    (once, less disturbed: 9 us, 108,000/s)
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
