package keeper

import (
	"syscall"

	"assay/agent/box/wire"
)

// links finds the sockets to the agent.
func links(how string) (request, kill int, err error) {
	if how == wire.Inherit {
		return wire.RequestFD, wire.KillFD, nil
	}
	if request, err = dial(how); err != nil {
		return -1, -1, err
	}
	kill, err = dial(how)
	return request, kill, err
}

func dial(path string) (int, error) {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	return fd, syscall.Connect(fd, &syscall.SockaddrUnix{Name: path})
}
