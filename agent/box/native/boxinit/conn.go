package boxinit

import (
	"syscall"

	"assay/agent/box/wire"
)

// conn is the init's end of a socket to the agent.
type conn struct {
	fd   int
	buf  []byte
	ctrl []byte
}

func newConn(fd int) *conn {
	return &conn{fd, make([]byte, wire.MaxPacket), make([]byte, syscall.CmsgSpace(4*16))}
}

// receive waits for the next message and the descriptors that come with it.
// The message is valid until the next call. When the agent is gone the error
// is EPIPE.
func (c *conn) receive() (msg []byte, fds []int, err error) {
	for {
		n, oobn, _, _, err := syscall.Recvmsg(c.fd, c.buf, c.ctrl, syscall.MSG_CMSG_CLOEXEC)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return nil, nil, err
		case n == 0:
			return nil, nil, syscall.EPIPE
		default:
			return c.buf[:n], descriptors(c.ctrl[:oobn]), nil
		}
	}
}

func descriptors(ctrl []byte) (fds []int) {
	if len(ctrl) == 0 {
		return nil
	}
	messages, err := syscall.ParseSocketControlMessage(ctrl)
	if err != nil {
		return nil
	}
	for i := range messages {
		more, err := syscall.ParseUnixRights(&messages[i])
		if err == nil {
			fds = append(fds, more...)
		}
	}
	return fds
}

// send answers the agent, with a descriptor unless fd is negative. An agent
// that is gone will be noticed by the next receive.
func (c *conn) send(msg []byte, fd int) {
	var rights []byte
	if fd >= 0 {
		rights = syscall.UnixRights(fd)
	}
	for {
		err := syscall.Sendmsg(c.fd, msg, rights, nil, 0)
		if err != syscall.EINTR {
			return
		}
	}
}

func closeAll(fds []int) {
	for _, fd := range fds {
		syscall.Close(fd)
	}
}
