package watch

import (
	"fmt"
	"io"

	"golang.org/x/sys/unix"

	"assay/agent/box/rawcall"
	"assay/judge"
)

// Pipes makes those that the program writes to.
func (r *Run) Pipes() error {
	for i := range r.Readers {
		var p [2]int
		if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
			r.Close()
			return fmt.Errorf("make pipe: %w", err)
		}
		r.Readers[i], r.Writers[i] = p[0], p[1]
	}
	return nil
}

// CloseWriters closes the ends that the program has by now.
func (r *Run) CloseWriters() { closeFDs(&r.Writers) }

// Close closes what is open of the pipes.
func (r *Run) Close() {
	closeFDs(&r.Readers)
	closeFDs(&r.Writers)
}

func closeFDs(fds *[2]int) {
	for i, fd := range fds {
		if fd != 0 {
			_ = rawcall.Close(fd)
			fds[i] = 0
		}
	}
}

// Take takes what has been written to those of stdout and stderr that are ready.
func (r *Run) Take(ready [2]bool) {
	to := [2]io.Writer{r.Command.Stdout, r.Command.Stderr}
	for i := range r.Readers {
		if !ready[i] || r.Readers[i] == 0 {
			continue
		}
		n, err := unix.Read(r.Readers[i], r.box.Buffer)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 {
			_ = rawcall.Close(r.Readers[i])
			r.Readers[i] = 0
			continue
		}
		if !r.flooded {
			r.deliver(to[i], r.box.Buffer[:n])
		}
	}
}

// deliver counts output and hands it to its writer up to the limit. A writer
// that fails gets no more, and the run goes on.
func (r *Run) deliver(to io.Writer, p []byte) {
	limit := r.Command.Limits.OutputKB << 10
	if limit > 0 && r.count+int64(len(p)) > limit {
		p = p[:limit-r.count]
		r.flooded = true
	}
	r.count += int64(len(p))
	if to != nil && len(p) > 0 {
		_, _ = to.Write(p)
	}
	if r.flooded {
		r.count = limit + 1
		r.Kill(judge.LimitOutput)
	}
}
