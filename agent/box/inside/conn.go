package inside

import (
	"syscall"

	"assay/agent/box/wire"
)

// Conn is the init's end of a socket to the agent.
type Conn struct {
	fd   int
	buf  []byte
	ctrl []byte
}

// NewConn makes one of a connected packet socket.
func NewConn(fd int) *Conn {
	return &Conn{fd, make([]byte, wire.MaxPacket), make([]byte, syscall.CmsgSpace(4*16))}
}

// Receive waits for the next message and the descriptors that come with it.
// The message is valid until the next call. When the agent is gone the error
// is EPIPE.
func (c *Conn) Receive() (msg []byte, fds []int, err error) {
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

// Send answers the agent, with a descriptor unless fd is negative. An agent
// that is gone will be noticed by the next Receive.
func (c *Conn) Send(msg []byte, fd int) {
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

// CloseAll closes descriptors that came with a message.
func CloseAll(fds []int) {
	for _, fd := range fds {
		syscall.Close(fd)
	}
}

// ReceiveSetup waits for the first message. What is damaged is told the agent;
// then, and when the agent is gone, there is nothing left to do.
func (c *Conn) ReceiveSetup() (setup wire.Setup, fds []int, ok bool) {
	msg, fds, err := c.Receive()
	if err != nil {
		return setup, nil, false
	}
	setup, ok = wire.DecodeSetup(msg)
	if !ok {
		c.Send(wire.Reply{Errno: int(syscall.EBADMSG), Op: "read setup"}.Encode(), -1)
	}
	return setup, fds, ok
}

// Listen hears Kill, at whatever time, until the agent hangs up.
func Listen(fd int, kill func(serial uint64)) {
	_ = Outrank()
	urgent := NewConn(fd)
	for {
		msg, fds, err := urgent.Receive()
		if err != nil {
			return
		}
		CloseAll(fds)
		if k, ok := wire.DecodeKill(msg); ok {
			kill(k.Serial)
		}
	}
}
