package speed

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"time"

	"assay/agent/box"
	"assay/agent/speed/spin"
	"assay/judge"
)

// Pool lends boxes that no other runs beside; *box.Pool is one.
type Pool interface {
	UseAlone(ctx context.Context, seq uint64, fn func(box.Box) error) error
}

// executable is this process's own, even when it was replaced on disk.
const executable = "/proc/self/exe"

// last is the place in the line of whoever lets everybody go first.
const last = math.MaxUint64

// InBox runs the calibration program as submissions are run, and after them.
func InBox(pool Pool) Program {
	limits := judge.Limits{
		CPU: 5 * time.Second, Wall: 10 * time.Second, MemoryKB: 512 << 10, Processes: 64, OutputKB: 16, FileKB: 16,
	}.Derive()
	return func(ctx context.Context) (cpu time.Duration, err error) {
		err = pool.UseAlone(ctx, last, func(b box.Box) error {
			cpu, err = run(ctx, b, limits)
			return err
		})
		return cpu, err
	}
}

func run(ctx context.Context, b box.Box, limits judge.Limits) (time.Duration, error) {
	self, err := os.Open(executable)
	if err != nil {
		return 0, fmt.Errorf("open calibration program: %w", err)
	}
	defer self.Close()
	const name = "calibrate"
	if err := b.Install(ctx, []box.File{{Name: name, Content: self, Exec: true}}); err != nil {
		return 0, fmt.Errorf("install calibration program: %w", err)
	}
	var said bytes.Buffer
	out, err := b.Run(ctx, box.Command{
		Argv: []string{"./" + name}, Env: []string{spin.Marker + "=1"}, Limits: limits, Stdout: &said, Stderr: &said,
	})
	if err != nil {
		return 0, fmt.Errorf("run calibration program: %w", err)
	}
	if out.ExitCode != 0 || out.Signal != 0 || out.Limit != judge.NoLimit {
		return 0, fmt.Errorf("calibration program: exit code %d, signal %d, limit %q: %.200s", out.ExitCode, out.Signal, out.Limit, &said)
	}
	return out.CPU, nil
}
