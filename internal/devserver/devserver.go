// Package devserver runs `assay dev` as a child process, for the
// demonstration, the load generator and tests that kill it.
package devserver

import (
	"context"
	"errors"

	"assay/internal/process"
)

// Server is a running `assay dev`. End it by Stop or Kill.
type Server struct {
	*process.Process
	URL string // http://host:port
}

// Start runs binary as `assay dev` on a free port of the loopback with its
// data in dir, and returns once it says that it accepts submissions. The
// process is not bound to ctx, which bounds only the start.
func Start(ctx context.Context, binary, dir string, args ...string) (*Server, error) {
	p, err := process.Start(binary, append([]string{"dev", "--http", "127.0.0.1:0", "--data-dir", dir}, args...)...)
	if err != nil {
		return nil, err
	}
	url, err := p.URL(ctx)
	if err != nil {
		return nil, errors.Join(err, p.Kill())
	}
	return &Server{Process: p, URL: url}, nil
}

// PeakMemory is the largest resident set that the process ever had, in bytes.
func (s *Server) PeakMemory() (int64, error) {
	u, err := s.Usage()
	return u.Peak, err
}
