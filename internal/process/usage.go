package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process has used so far.
type Usage struct {
	CPU     time.Duration // of all its threads, user and system
	Memory  int64         // bytes resident now
	Peak    int64         // most bytes that were ever resident
	Written int64         // bytes that it caused to be written to disks
}

// Usage asks the kernel (proc(5)).
func (p *Process) Usage() (Usage, error) {
	var u Usage
	dir := fmt.Sprintf("/proc/%d/", p.PID())
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		return u, err
	}
	// The name, in parentheses, may hold blanks; the state follows.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, ticks := range fields[11:13] { // utime and stime
		n, err := strconv.ParseInt(ticks, 10, 64)
		if err != nil {
			return u, fmt.Errorf("read %sstat: %w", dir, err)
		}
		u.CPU += time.Duration(n) * time.Second / clockTicks
	}
	if err := read(dir+"status", map[string]*int64{"VmRSS:": &u.Memory, "VmHWM:": &u.Peak}); err != nil {
		return u, err
	}
	u.Memory, u.Peak = u.Memory<<10, u.Peak<<10
	return u, read(dir+"io", map[string]*int64{"write_bytes:": &u.Written})
}

// clockTicks is USER_HZ, which is 100 on every Linux that Go runs on.
const clockTicks = 100

// read finds numbers by the words before them.
func read(file string, numbers map[string]*int64) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	found := 0
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || numbers[fields[0]] == nil {
			continue
		}
		if *numbers[fields[0]], err = strconv.ParseInt(fields[1], 10, 64); err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		found++
	}
	if found < len(numbers) {
		return fmt.Errorf("read %s: only %d of %d numbers are there", file, found, len(numbers))
	}
	return nil
}
