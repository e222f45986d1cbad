package api

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math"
)

const (
	zipTail      = 66 << 10 // bytes at the end in which all records about the whole archive lie
	zipDirectory = 4 << 20  // bytes of a table of contents: some 20,000 long names
)

var (
	errZip64     = errors.New("a zip64 archive; suites are not as large")
	errDirectory = errors.New("the table of contents is too long")
)

// openZip opens an archive without believing it. The standard reader makes
// room for as many entries as an archive claims to have, and reads all it
// finds; a few bytes for each in the file are hundreds in memory.
func openZip(r io.ReaderAt, size int64) (*zip.Reader, error) {
	tail := make([]byte, min(size, zipTail))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return nil, err
	}
	if bytes.Contains(tail, []byte("PK\x06\x07")) { // the only record that can claim more than 65,535
		return nil, errZip64
	}
	bounded := &boundedAt{ReaderAt: r, left: zipDirectory + 2*zipTail}
	z, err := zip.NewReader(bounded, size)
	bounded.left = math.MaxInt64
	return z, err
}

// boundedAt reads so many bytes and no more. For one goroutine.
type boundedAt struct {
	io.ReaderAt
	left int64
}

// ReadAt fails once the bytes are used up.
func (b *boundedAt) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errDirectory
	}
	return b.ReaderAt.ReadAt(p, off)
}
