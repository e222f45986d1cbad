package garbage

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"testing/synctest"
)

func TestSmallHeapsMayHoldMoreGarbageThanLargeOnes(t *testing.T) {
	for live, want := range map[uint64]int{
		0:         800,
		4 << 20:   800,
		20 << 20:  600,
		40 << 20:  300,
		64 << 20:  200,
		128 << 20: 100,
		900 << 20: 100,
	} {
		if got := percent(live); got != want {
			t.Errorf("percent of %d MiB: %d, want %d", live>>20, got, want)
		}
	}
}

func TestThePaceOfASmallHeapIsSlowedAndGivenBack(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	if during, after := paces(t, 99); during <= 99 || after != 99 {
		t.Errorf("%d percent, and %d afterwards, want more than 99, and 99", during, after)
	}
}

func TestWhatTheEnvironmentSaysStands(t *testing.T) {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Setenv("GOGC", "")
		t.Setenv("GOMEMLIMIT", "")
		t.Setenv(name, "73")
		if during, after := paces(t, 73); during != 73 || after != 73 {
			t.Errorf("%s: %d percent, and %d afterwards, want 73", name, during, after)
		}
	}
}

// paces are those while Run runs and after it, where there was one before.
func paces(t *testing.T, before int) (during, after uint64) {
	defer debug.SetGCPercent(debug.SetGCPercent(before))
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- Run(ctx) }()
		synctest.Wait()
		during = pace()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return during, pace()
}

func pace() uint64 {
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
