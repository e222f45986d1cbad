package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// machine is a virtual machine. It shares one directory with the host, in which
// the names below lie.
type machine struct {
	options
	kernel kernel
	dir    string
}

const (
	sharedTask   = "task.json"
	sharedOutput = "output"
	sharedStatus = "status" // the exit code, when all is done
)

// task is what the machine is to do.
type task struct {
	Args []string
	Env  []string
	Dir  string
}

func (m *machine) share() string { return filepath.Join(m.dir, "share") }

// prepare writes what the machine starts from.
func (m *machine) prepare(command []string) error {
	if err := os.Mkdir(m.share(), 0o755); err != nil {
		return err
	}
	work, err := os.Getwd()
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(task{command, os.Environ(), work})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(m.share(), sharedTask), encoded, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(m.share(), sharedOutput), nil, 0o600); err != nil {
		return err
	}
	return m.archive()
}

// archive puts together what the kernel starts: this executable, and modules
// numbered in the order that they are loaded in.
func (m *machine) archive() error {
	var a archive
	for _, dir := range []string{"proc", "sys", "dev", "modules", "lower", "memory", "root"} {
		a.entry(dir, modeDir, nil)
	}
	if err := a.file("init", "/proc/self/exe"); err != nil {
		return err
	}
	modules, err := m.kernel.loadOrder(needed)
	if err != nil {
		return err
	}
	for i, path := range modules {
		if err := a.file(fmt.Sprintf("modules/%02d-%s", i, filepath.Base(path)), path); err != nil {
			return err
		}
	}
	a.close()
	return os.WriteFile(filepath.Join(m.dir, "initramfs"), a.Bytes(), 0o600)
}

func (m *machine) console() string { return filepath.Join(m.dir, "console") }

func (m *machine) arguments() []string {
	kernelArgs := "console=ttyS0 panic=-1 reboot=t clocksource=hpet mitigations=off cgroup_no_v1=all rdinit=/init"
	if !m.verbose {
		kernelArgs += " loglevel=4"
	}
	return []string{
		"-M", "q35,hpet=on", "-accel", m.accel, "-cpu", "max", "-m", strconv.Itoa(m.memory), "-smp", strconv.Itoa(m.cpus),
		"-nodefaults", "-vga", "none", "-display", "none", "-monitor", "none", "-no-reboot", "-serial", "file:" + m.console(),
		"-kernel", m.kernel.image, "-initrd", filepath.Join(m.dir, "initramfs"), "-append", kernelArgs,
		"-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
		"-device", "virtio-9p-pci,fsdev=host,mount_tag=host",
		"-fsdev", "local,id=share,security_model=none,path=" + m.share(),
		"-device", "virtio-9p-pci,fsdev=share,mount_tag=share",
	}
}

// run runs the machine to its end, handing on what the command prints.
func (m *machine) run(ctx context.Context) (int, error) {
	runtime.LockOSThread() // or the machine would die with the thread that started it
	defer runtime.UnlockOSThread()
	var complaints strings.Builder
	c := exec.CommandContext(ctx, qemu, m.arguments()...)
	c.Stdout, c.Stderr = &complaints, &complaints
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		return 0, err
	}
	ended := make(chan struct{})
	followed := make(chan error)
	go func() { followed <- follow(filepath.Join(m.share(), sharedOutput), ended) }()
	err := c.Wait()
	close(ended)
	if e := <-followed; e != nil {
		return 0, e
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	status, statusErr := os.ReadFile(filepath.Join(m.share(), sharedStatus))
	if statusErr != nil || m.verbose {
		tail, _ := os.ReadFile(m.console())
		fmt.Fprintf(os.Stderr, "%s%s\n", complaints.String(), tail[max(0, len(tail)-16<<10):])
	}
	if statusErr != nil {
		return 0, errors.Join(errors.New("the machine ended before its command did"), err)
	}
	return strconv.Atoi(string(status))
}

// follow copies a growing file to stdout until a little after the end.
func follow(name string, ended <-chan struct{}) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	const interval = 200 * time.Millisecond
	for last := false; ; {
		if _, err := io.Copy(os.Stdout, f); err != nil || last {
			return err
		}
		select {
		case <-ended:
			last = true
		case <-time.After(interval):
		}
	}
}
