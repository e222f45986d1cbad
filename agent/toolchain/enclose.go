package toolchain

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// runEnclosed runs the command that build makes as the first process of a
// process namespace (pid_namespaces(7)): whatever ends it, or this process,
// ends all that it started, even what left its group, and who waited for it
// may remove its files. Where namespaces are not to be had, build is called a
// second time, and what ends with the command is its group.
func runEnclosed(build func() *exec.Cmd) error {
	cmd := build()
	cmd.SysProcAttr = ownNamespace()
	err := cmd.Start()
	if refusesNamespaces(err) {
		cmd = build()
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
		err = cmd.Start()
	}
	if err != nil {
		return err
	}
	return cmd.Wait()
}

// ownNamespace asks for a process namespace, and for the user namespace that
// others than root need around it.
func ownNamespace() *syscall.SysProcAttr {
	sys := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
	if uid := os.Geteuid(); uid != 0 {
		gid := os.Getegid()
		sys.Cloneflags |= syscall.CLONE_NEWUSER
		sys.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		sys.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	}
	return sys
}

// refusesNamespaces tells the errors of clone(2) that come from its flags.
func refusesNamespaces(err error) bool {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return false
	}
	switch errno {
	case syscall.EPERM, syscall.EACCES, syscall.ENOSPC, syscall.EUSERS, syscall.EINVAL:
		return true
	}
	return false
}
