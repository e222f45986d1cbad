package native

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/cores"
	_ "assay/agent/box/native/boxinit" // this executable is the init of boxes, too
	"assay/agent/box/talk"
	"assay/agent/box/watch"
	"assay/agent/box/wire"
)

// slot is a native box.
type slot struct {
	driver *Driver
	uid    int
	users  *users
	group  *cgroup.Group
	init   *os.Process
	talk.Client
	request *talk.Link
	urgent  *talk.Link
	runs    *talk.Link
	wake    watch.Wake
	watched watch.Box
	events  *events
	serial  uint64
	core    int // where the last run was
	limits  wire.Prepare
}

var _ box.Box = (*slot)(nil)

// open makes a box.
func (d *Driver) open() (_ *slot, err error) {
	uid, err := d.users.acquire()
	if err != nil {
		return nil, err
	}
	b := &slot{driver: d, uid: uid, users: d.users, wake: -1, core: cores.None}
	defer func() {
		if err != nil {
			_ = b.Close()
		}
	}()
	if b.group, err = d.tree.New(fmt.Sprintf("box%d", uid)); err != nil {
		return nil, err
	}
	if b.wake, err = watch.NewWake(); err != nil {
		return nil, err
	}
	if err := b.start(); err != nil {
		return nil, err
	}
	if b.events, err = newEvents(b.runs.Descriptor(), int(b.wake)); err != nil {
		return nil, err
	}
	b.Client = talk.NewClient(b.request, d.cfg.Grace)
	b.watched = watch.Box{Client: &b.Client, Urgent: b.urgent, Clock: b.group, Buffer: make([]byte, 64<<10)}
	return b, b.furnish()
}

// namespaces of a box. The cgroup namespace follows when the init is in its
// cgroup.
const namespaces = unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWNET

// start starts the init.
func (b *slot) start() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	files := []*os.File{null, null, os.Stderr}
	for _, l := range []**talk.Link{&b.request, &b.urgent, &b.runs} {
		var end *os.File
		if *l, end, err = talk.NewLink(); err != nil {
			return err
		}
		defer end.Close()
		files = append(files, end)
	}
	sys := &syscall.SysProcAttr{Cloneflags: namespaces}
	if b.driver.lent != nil {
		sys.Cloneflags |= unix.CLONE_NEWUSER
		sys.AmbientCaps = initCapabilities // nobody is root there yet
	}
	b.init, err = os.StartProcess("/proc/self/exe", []string{"assay-box"}, &os.ProcAttr{
		Env:   []string{wire.InitMarker + "=1", "GOMAXPROCS=2"},
		Files: files,
		Sys:   sys,
	})
	if err != nil {
		return fmt.Errorf("start init in new namespaces: %w%s", err, b.driver.remedy(err))
	}
	if b.driver.lent == nil {
		return nil
	}
	return b.driver.lent.admit(b.init.Pid, b.uid)
}

// remedy tells what to do about namespaces that cannot be had.
func (d *Driver) remedy(err error) string {
	switch {
	case d.lent != nil && (errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES)):
		return userNamespaceRemedy()
	case errors.Is(err, unix.EPERM):
		return " (the agent needs CAP_SYS_ADMIN: run it as root, in a container with --privileged)"
	case errors.Is(err, unix.ENOSPC):
		return " (a limit in /proc/sys/user is reached)"
	case errors.Is(err, unix.EINVAL):
		return " (this kernel was built without pid, ipc, uts or net namespaces)"
	}
	return ""
}

// furnish has the init make the box.
func (b *slot) furnish() error {
	setup := b.driver.setup
	setup.Files = files(b.uid)
	setup.UID = b.uid
	entrance, _ := b.group.Entrance()
	var fds []int
	for _, f := range entrance {
		fds = append(fds, int(f.Fd()))
	}
	if err := b.Ask(setup.Encode(), fds...); err != nil {
		return fmt.Errorf("set up box: %w", err)
	}
	b.group.Shut()
	return nil
}

// Close kills the init, and thereby its pid namespace: every process of the
// box. The kernel takes its mounts and files along.
func (b *slot) Close() error {
	if b.driver == nil {
		return nil
	}
	b.Retire(errors.New("closed"))
	b.end()
	if b.events != nil {
		b.events.close()
	}
	for _, l := range []*talk.Link{b.request, b.urgent, b.runs} {
		if l != nil {
			l.Close()
		}
	}
	b.wake.Close()
	var err error
	if b.group != nil {
		err = b.group.Close()
	}
	b.users.release(b.uid)
	b.driver = nil
	if err != nil {
		return &box.Fault{Op: "close", Err: err}
	}
	return nil
}

// end kills the init and waits until it is gone; its processes go first.
func (b *slot) end() {
	if b.init == nil {
		return
	}
	_ = b.init.Kill()
	_, _ = b.init.Wait()
	b.init = nil
}
