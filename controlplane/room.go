package controlplane

import (
	"context"
	"log/slog"
	"time"
)

// roomEvery is how often the disk is looked at for the log: requests may find a
// disk at its limit now full and now not, and would fill the log.
const roomEvery = 5 * time.Second

// watchRoom says once that the disk has become too full, and once that it is
// well again: those who are refused are told, but nobody else is.
func watchRoom(ctx context.Context, room func() error, log *slog.Logger) error {
	clock := time.NewTicker(roomEvery)
	defer clock.Stop()
	for full := false; ; {
		err := room()
		switch {
		case err != nil && !full:
			log.Warn("submissions are refused: the disk takes nothing more", "err", err)
		case err == nil && full:
			log.Info("submissions are accepted again: the disk has room")
		}
		full = err != nil
		select {
		case <-clock.C:
		case <-ctx.Done():
			return nil
		}
	}
}
