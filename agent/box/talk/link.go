package talk

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box/rawcall"
	"assay/agent/box/wire"
)

// errGone is returned when the init of a box has hung up.
var errGone = errors.New("the init of the box is gone")

// ErrSilent is returned when the init of a box does not answer in time.
var ErrSilent = errors.New("the init of the box does not answer")

// errGarbled is returned when the init answers something else than was asked.
var errGarbled = errors.New("the init of the box answers nonsense")

// Link is the agent's end of a socket to an init.
type Link struct {
	fd   int
	buf  []byte
	ctrl []byte
}

// NewLink makes a pair of sockets and gives the init's end as a file.
func NewLink() (*Link, *os.File, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make socket pair: %w", err)
	}
	widen(pair[1])
	return Adopt(pair[0]), os.NewFile(uintptr(pair[1]), "init"), nil
}

// Adopt makes a link of a connected packet socket and takes it over.
func Adopt(fd int) *Link {
	widen(fd)
	return &Link{fd: fd, buf: make([]byte, wire.MaxPacket), ctrl: make([]byte, unix.CmsgSpace(4))}
}

// widen makes room for the largest message. More than the system's limit takes
// a privilege that root has.
func widen(fd int) {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, 4*wire.MaxPacket) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 4*wire.MaxPacket)
	}
}

// Descriptor is that of the socket, to be waited for.
func (l *Link) Descriptor() int { return l.fd }

// Close hangs up.
func (l *Link) Close() { _ = unix.Close(l.fd) }

// Send sends a message and descriptors, and does not wait.
func (l *Link) Send(msg []byte, fds ...int) error {
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	for {
		_, err := rawcall.Sendmsg(l.fd, msg, rights, unix.MSG_NOSIGNAL)
		if err == unix.EPIPE || err == unix.ECONNRESET {
			return errGone
		}
		if err != unix.EINTR {
			return err
		}
	}
}

// receive takes a message that has arrived, and the descriptor that came with
// it or -1. The message is valid until the next call.
func (l *Link) receive() (msg []byte, fd int, err error) {
	for {
		n, oobn, err := rawcall.Recvmsg(l.fd, l.buf, l.ctrl, unix.MSG_CMSG_CLOEXEC)
		switch {
		case err == unix.EINTR:
		case err == unix.ECONNRESET || (err == nil && n == 0):
			return nil, -1, errGone
		case err != nil:
			return nil, -1, err
		default:
			return l.buf[:n], descriptor(l.ctrl[:oobn]), nil
		}
	}
}

// Ended takes the answer to a run, which has arrived.
func (l *Link) Ended() (wire.Ended, error) {
	msg, _, err := l.receive()
	if err != nil {
		return wire.Ended{}, err
	}
	ended, ok := wire.DecodeEnded(msg)
	if !ok {
		return ended, errGarbled
	}
	return ended, nil
}

func descriptor(ctrl []byte) int {
	messages, err := unix.ParseSocketControlMessage(ctrl)
	if err != nil || len(messages) == 0 {
		return -1
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) == 0 {
		return -1
	}
	return fds[0]
}

// await waits for a message at most so long.
func (l *Link) await(timeout time.Duration) (msg []byte, fd int, err error) {
	deadline := time.Now().Add(timeout)
	poll := []unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}
	for {
		n, err := PollUntil(poll, deadline)
		if err != nil {
			return nil, -1, err
		}
		if n > 0 {
			return l.receive()
		}
		if !time.Now().Before(deadline) {
			return nil, -1, ErrSilent
		}
	}
}

// PollUntil waits for events until a deadline, with the precision of the
// kernel's timers. It may return early with 0.
func PollUntil(fds []unix.PollFd, deadline time.Time) (int, error) {
	wait := unix.NsecToTimespec(int64(max(time.Until(deadline), 0)))
	n, err := unix.Ppoll(fds, &wait, nil)
	if err == unix.EINTR {
		return 0, nil
	}
	return n, err
}
