package rawcall

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestFilesAreReadAndWrittenInPlace(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err := Pwrite(int(f.Fd()), []byte("world"), 6); n != 5 || err != nil {
		t.Errorf("written %d, %v", n, err)
	}
	got := make([]byte, 10)
	if n, err := Pread(int(f.Fd()), got, 5); err != nil || string(got[:n]) != "\x00world" {
		t.Errorf("read %q, %v", got[:max(n, 0)], err)
	}
	if _, err := Pread(-1, got, 0); !errors.Is(err, unix.EBADF) {
		t.Errorf("of no file: %v", err)
	}
}

func TestMessagesCarryDescriptors(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[1])
	message, control := make([]byte, 100), make([]byte, unix.CmsgSpace(4))
	if _, _, err := Recvmsg(pair[1], message, control, 0); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("nothing to receive: %v", err)
	}
	if n, err := Sendmsg(pair[0], []byte("take this"), unix.UnixRights(0), unix.MSG_NOSIGNAL); n != 9 || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	n, m, err := Recvmsg(pair[1], message, control, unix.MSG_CMSG_CLOEXEC)
	if err != nil || string(message[:n]) != "take this" {
		t.Fatalf("received %q, %v", message[:max(n, 0)], err)
	}
	messages, err := unix.ParseSocketControlMessage(control[:m])
	if err != nil || len(messages) != 1 {
		t.Fatalf("%v, %v", messages, err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		t.Fatalf("%v, %v", fds, err)
	}
	if err := Close(fds[0]); err != nil {
		t.Error(err)
	}
	if err := Close(pair[0]); err != nil {
		t.Error(err)
	}
	if n, _, err := Recvmsg(pair[1], message, control, 0); n != 0 || err != nil {
		t.Errorf("after the end: %d, %v", n, err)
	}
}

func TestEventsAreToldWithoutWaiting(t *testing.T) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(epoll)
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(wake)
	if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: 7}); err != nil {
		t.Fatal(err)
	}
	events := make([]unix.EpollEvent, 2)
	if n, err := EpollWait(epoll, events); n != 0 || err != nil {
		t.Errorf("%d events, %v; want none", n, err)
	}
	if _, err := unix.Write(wake, []byte{1, 0, 0, 0, 0, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	if n, err := EpollWait(epoll, events); n != 1 || err != nil || events[0].Fd != 7 {
		t.Errorf("%d events, %v, %+v", n, err, events)
	}
}

func TestALockIsTakenOrNot(t *testing.T) {
	dir := t.TempDir()
	open := func() int {
		fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = unix.Close(fd) })
		return fd
	}
	one, two := open(), open()
	if err := Flock(one, unix.LOCK_EX); err != nil {
		t.Error(err)
	}
	if err := Flock(two, unix.LOCK_EX); !errors.Is(err, unix.EWOULDBLOCK) {
		t.Errorf("locked twice: %v", err)
	}
	if err := Flock(one, unix.LOCK_UN); err != nil {
		t.Error(err)
	}
	if err := Flock(two, unix.LOCK_EX); err != nil {
		t.Error(err)
	}
}
