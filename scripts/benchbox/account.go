package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// account is a control group that counts the processor time of those inside,
// the boxes' own groups below it included.
type account struct {
	dir  string
	unit time.Duration // of the counter
	file string
}

func openAccount(name string) (*account, error) {
	a := &account{dir: "/sys/fs/cgroup/cpuacct", file: "cpuacct.usage", unit: 1}
	if _, err := os.Stat(a.dir); err != nil {
		a = &account{dir: "/sys/fs/cgroup", file: "cpu.stat", unit: time.Microsecond}
	}
	a.dir = filepath.Join(a.dir, fmt.Sprintf("assay-bench.%d.%s", os.Getpid(), name))
	return a, os.Mkdir(a.dir, 0o755)
}

func (a *account) enter(pid int) error {
	return os.WriteFile(filepath.Join(a.dir, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0)
}

// used is the processor time so far.
func (a *account) used() (time.Duration, error) {
	b, err := os.ReadFile(filepath.Join(a.dir, a.file))
	if err != nil {
		return 0, err
	}
	number, _, _ := bytes.Cut(bytes.TrimPrefix(b, []byte("usage_usec ")), []byte("\n"))
	n, err := strconv.ParseInt(strings.TrimSpace(string(number)), 10, 64)
	return time.Duration(n) * a.unit, err
}

// leave moves this process back to the top, so that the group can go.
func (a *account) leave() {
	_ = os.WriteFile(filepath.Join(filepath.Dir(a.dir), "cgroup.procs"), []byte(strconv.Itoa(os.Getpid())), 0)
	_ = os.Remove(filepath.Join(a.dir, "assay-agent"))
	_ = os.Remove(a.dir)
}
