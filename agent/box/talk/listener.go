package talk

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Listener waits for a keeper that is not born with its sockets.
type Listener struct {
	fd   int
	path string
}

// Listen makes a socket that a keeper can dial. The path must be one that
// nobody but root and the agent can reach.
func Listen(path string) (*Listener, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("make socket: %w", err)
	}
	l := &Listener{fd, path}
	if err := errors.Join(unix.Bind(fd, &unix.SockaddrUnix{Name: path}), unix.Listen(fd, 2)); err != nil {
		l.Close()
		return nil, fmt.Errorf("listen at %s: %w", path, err)
	}
	return l, nil
}

// Accept waits for the next link until the deadline.
func (l *Listener) Accept(deadline time.Time) (*Link, error) {
	for {
		fd, _, err := unix.Accept4(l.fd, unix.SOCK_CLOEXEC)
		if err == nil {
			return Adopt(fd), nil
		}
		if err != unix.EAGAIN && err != unix.EINTR {
			return nil, fmt.Errorf("accept: %w", err)
		}
		if !time.Now().Before(deadline) {
			return nil, ErrSilent
		}
		if _, err := PollUntil([]unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}, deadline); err != nil {
			return nil, err
		}
	}
}

// Close removes the socket; links stay.
func (l *Listener) Close() {
	_ = unix.Close(l.fd)
	_ = os.Remove(l.path)
}
