package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// where the shared directory lies in the machine's final root.
const shareDir = "/run/share"

// guest is process 1 of the machine: it makes the surroundings, runs the
// command, and turns the machine off.
func guest() {
	status, err := work()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cgroup2: in the machine:", err)
	} else if err := os.WriteFile(filepath.Join(shareDir, sharedStatus), fmt.Append(nil, status), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "cgroup2: tell the exit code:", err)
	}
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART) // qemu ends instead of rebooting
}

func work() (int, error) {
	for _, step := range []func() error{loadModules, mountRoot, enterRoot, mountRest, enableControllers, raiseLoopback} {
		if err := step(); err != nil {
			return 0, err
		}
	}
	return perform()
}

func loadModules() error {
	files, err := os.ReadDir("/modules")
	if err != nil {
		return err
	}
	for _, e := range files { // sorted by name, which begins with a number
		f, err := os.Open(filepath.Join("/modules", e.Name()))
		if err != nil {
			return err
		}
		err = unix.FinitModule(int(f.Fd()), "", 0)
		_ = f.Close()
		if err != nil && !errors.Is(err, unix.EEXIST) {
			return fmt.Errorf("load %s: %w", e.Name(), err)
		}
	}
	return nil
}

type mount struct {
	source, target, kind string
	flags                uintptr
	data                 string
}

// all mounts in turn, making the directories that are missing.
func all(list ...mount) error {
	for _, m := range list {
		if err := os.MkdirAll(m.target, 0o755); err != nil {
			return err
		}
		if err := unix.Mount(m.source, m.target, m.kind, m.flags, m.data); err != nil {
			return fmt.Errorf("mount %s on %s: %w", m.source, m.target, err)
		}
	}
	return nil
}

const plan9 = "trans=virtio,version=9p2000.L,msize=524288,"

// mountRoot puts a file system in memory over the host's files.
func mountRoot() error {
	err := all(
		mount{"host", "/lower", "9p", unix.MS_RDONLY, plan9 + "cache=loose"},
		mount{"memory", "/memory", "tmpfs", 0, ""},
	)
	if err != nil {
		return err
	}
	for _, dir := range []string{"/memory/upper", "/memory/work"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	return all(mount{"overlay", "/root", "overlay", 0, "lowerdir=/lower,upperdir=/memory/upper,workdir=/memory/work"})
}

func enterRoot() error {
	if err := os.Chdir("/root"); err != nil {
		return err
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("move root: %w", err)
	}
	if err := unix.Chroot("."); err != nil {
		return fmt.Errorf("enter root: %w", err)
	}
	return os.Chdir("/")
}

// mountRest covers what is the host's alone.
func mountRest() error {
	const plain = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	return all(
		mount{"proc", "/proc", "proc", plain, ""},
		mount{"sys", "/sys", "sysfs", plain, ""},
		mount{"dev", "/dev", "devtmpfs", unix.MS_NOSUID, ""},
		mount{"pts", "/dev/pts", "devpts", unix.MS_NOSUID | unix.MS_NOEXEC, ""},
		mount{"shm", "/dev/shm", "tmpfs", unix.MS_NOSUID | unix.MS_NODEV, "mode=1777"},
		mount{"tmp", "/tmp", "tmpfs", unix.MS_NOSUID | unix.MS_NODEV, "mode=1777"},
		mount{"run", "/run", "tmpfs", unix.MS_NOSUID | unix.MS_NODEV, "mode=755"},
		mount{"share", shareDir, "9p", 0, plan9 + "cache=none"},
		mount{"cgroup2", "/sys/fs/cgroup", "cgroup2", plain, "nsdelegate"},
	)
}

// enableControllers hands them to the groups below the top, as systemd does.
func enableControllers() error {
	const top = "/sys/fs/cgroup/"
	have, err := os.ReadFile(top + "cgroup.controllers")
	if err != nil {
		return err
	}
	for _, c := range []string{"cpu", "cpuset", "memory", "pids"} {
		if !slices.Contains(strings.Fields(string(have)), c) {
			return fmt.Errorf("this kernel has no controller %s in cgroup v2", c)
		}
		if err := os.WriteFile(top+"cgroup.subtree_control", []byte("+"+c), 0); err != nil {
			return err
		}
	}
	return nil
}

func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}

// perform runs the command.
func perform() (int, error) {
	encoded, err := os.ReadFile(filepath.Join(shareDir, sharedTask))
	if err != nil {
		return 0, err
	}
	var t task
	if err := json.Unmarshal(encoded, &t); err != nil {
		return 0, err
	}
	output, err := os.OpenFile(filepath.Join(shareDir, sharedOutput), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return 0, err
	}
	defer output.Close()
	os.Clearenv()
	for _, e := range t.Env {
		k, v, _ := strings.Cut(e, "=")
		_ = os.Setenv(k, v)
	}
	if err := os.Chdir(t.Dir); err != nil {
		return 0, fmt.Errorf("%w (/tmp and /run are not the host's)", err)
	}
	path, err := exec.LookPath(t.Args[0])
	if err != nil {
		fmt.Fprintln(output, err)
		return 127, nil
	}
	p, err := os.StartProcess(path, t.Args, &os.ProcAttr{Env: t.Env, Files: []*os.File{nil, output, output}})
	if err != nil {
		fmt.Fprintln(output, err)
		return 126, nil
	}
	return reap(p.Pid)
}

// reap waits for a process. As process 1 this is the parent of all orphans.
func reap(pid int) (int, error) {
	for {
		var status syscall.WaitStatus
		got, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return 0, err
		case got == pid && status.Signaled():
			return 128 + int(status.Signal()), nil
		case got == pid:
			return status.ExitStatus(), nil
		}
	}
}
