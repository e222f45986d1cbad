package garbage

import (
	"context"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

func TestSmallHeapsMayHoldMoreGarbageThanLargeOnes(t *testing.T) {
	for live, want := range map[uint64]int{
		0:         400,
		4 << 20:   400,
		20 << 20:  300,
		40 << 20:  150,
		64 << 20:  100,
		900 << 20: 100,
	} {
		if got := percent(live); got != want {
			t.Errorf("percent of %d MiB: %d, want %d", live>>20, got, want)
		}
	}
}

func TestThePaceIsGivenBack(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
		defer stop()
		if err := Run(ctx); err != nil {
			t.Error(err)
		}
	})
	if now := debug.SetGCPercent(before); now != 100 {
		t.Errorf("%d percent afterwards, want 100", now)
	}
}

func TestWhatTheEnvironmentSaysStands(t *testing.T) {
	t.Setenv("GOGC", "73")
	before := debug.SetGCPercent(73)
	defer debug.SetGCPercent(before)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
		defer stop()
		if err := Run(ctx); err != nil {
			t.Error(err)
		}
	})
	if now := debug.SetGCPercent(before); now != 73 {
		t.Errorf("%d percent, want 73", now)
	}
}
