package main

import (
	"bytes"
	"fmt"
	"os"
)

// archive is a file system in the format that the kernel unpacks at its start:
// cpio, "new ASCII".
type archive struct {
	bytes.Buffer
	inode int
}

const (
	modeDir  = 0o040755
	modeFile = 0o100755
)

// entry appends a file or a directory.
func (a *archive) entry(name string, mode int, content []byte) {
	a.inode++
	const links, magic = 1, "070701"
	a.WriteString(magic)
	for _, v := range []int{a.inode, mode, 0, 0, links, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0} {
		fmt.Fprintf(a, "%08x", v)
	}
	a.WriteString(name + "\x00")
	a.pad()
	a.Write(content)
	a.pad()
}

// pad fills up to a multiple of four bytes.
func (a *archive) pad() {
	for a.Len()%4 != 0 {
		a.WriteByte(0)
	}
}

// file appends a copy of a host file.
func (a *archive) file(name, source string) error {
	content, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	a.entry(name, modeFile, content)
	return nil
}

// close ends the archive.
func (a *archive) close() { a.entry("TRAILER!!!", 0, nil) }
