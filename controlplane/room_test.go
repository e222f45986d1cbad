package controlplane

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestADiskThatFillsUpIsLoggedOnceAndOnceWhenItIsWellAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		var low atomic.Bool
		room := func() error {
			if low.Load() {
				return errors.New("5 bytes free")
			}
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() { _ = watchRoom(ctx, room, slog.New(slog.NewTextHandler(&out, nil))) }()
		for _, full := range []bool{false, true, false} {
			low.Store(full)
			time.Sleep(10 * roomEvery)
		}
		synctest.Wait()
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 2 || !strings.Contains(lines[0], "level=WARN") || !strings.Contains(lines[0], "5 bytes") || !strings.Contains(lines[1], "level=INFO") {
			t.Errorf("logged:\n%s", out.String())
		}
	})
}
