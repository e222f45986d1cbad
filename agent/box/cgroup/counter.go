package cgroup

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"assay/agent/box/rawcall"
)

// counter is a number in a file of a group, read through a descriptor that
// stays open.
type counter struct {
	file *os.File
	fd   int    // of file
	key  string // the line that holds the number; empty: the file is the number
	unit uint64
	buf  [4096]byte
}

func openCounter(dir, name, key string, unit uint64, flag int) (*counter, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), flag, 0)
	if err != nil {
		return nil, err
	}
	return &counter{file: f, fd: int(f.Fd()), key: key, unit: unit}, nil
}

func (c *counter) read() (uint64, error) {
	// Not ReadAt, which would ask again for what follows the end.
	n, err := rawcall.Pread(c.fd, c.buf[:], 0)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", c.file.Name(), err)
	}
	field := bytes.TrimSpace(c.buf[:n])
	if c.key != "" {
		field = value(field, c.key)
	}
	v, err := strconv.ParseUint(string(field), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", c.file.Name(), err)
	}
	return v * c.unit, nil
}

// value finds the line "key value".
func value(text []byte, key string) []byte {
	for line := range bytes.Lines(text) {
		k, v, found := bytes.Cut(line, []byte(" "))
		if found && string(k) == key {
			return bytes.TrimSpace(v)
		}
	}
	return nil
}

// start writes what makes a counter start anew.
func (c *counter) start(text string) error {
	_, err := rawcall.Pwrite(c.fd, []byte(text), 0)
	return err
}

// write puts a value into a file of a group.
func write(dir, name, value string) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
