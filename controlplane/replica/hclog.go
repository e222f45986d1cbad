package replica

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// hclogTo returns a logger for the libraries below that writes to log.
func hclogTo(log *slog.Logger) hclog.Logger {
	level := hclog.Info
	if log.Enabled(context.Background(), slog.LevelDebug-4) {
		level = hclog.Debug
	}
	l := hclog.NewInterceptLogger(&hclog.LoggerOptions{Level: level, Output: io.Discard})
	l.RegisterSink(sink{log})
	return l
}

// sink writes a level lower than the libraries ask for. What they call an
// error they recover from, or it ends Run and is told there; what they call
// news is a detail to us.
type sink struct{ log *slog.Logger }

// Accept takes one message.
func (s sink) Accept(_ string, level hclog.Level, msg string, args ...any) {
	for i, a := range args {
		if f, ok := a.(hclog.Format); ok {
			args[i] = fmt.Sprintf(f[0].(string), f[1:]...)
		}
	}
	to := lower(level)
	if repeated[msg] {
		to = slog.LevelDebug
	}
	s.log.Log(context.Background(), to, msg, args...)
}

// repeated is what raft says over and over while a server is away, or when one
// ends. That it is away is told by "failed to contact".
var repeated = map[string]bool{
	"failed to heartbeat to":            true,
	"failed to appendEntries to":        true,
	"failed to make requestVote RPC":    true,
	"failed to decode incoming command": true,
	"failed to get previous log":        true,
}

func lower(level hclog.Level) slog.Level {
	switch level {
	case hclog.Error:
		return slog.LevelWarn
	case hclog.Warn:
		return slog.LevelInfo
	case hclog.Info:
		return slog.LevelDebug
	default:
		return slog.LevelDebug - 4
	}
}
