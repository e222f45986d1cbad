package jsonbody

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// Spool is an append-only temporary file that holds what of a body does not
// fit in memory. The file is made at the first write and has no name, so that
// it is gone when the process is. A Spool belongs to one request: it must not
// be written to by two goroutines.
type Spool struct {
	dir  string
	file *os.File
	buf  *bufio.Writer
	size int64
}

// NewSpool puts the file into dir, or into the system's folder for temporary
// files when dir is empty.
func NewSpool(dir string) *Spool { return &Spool{dir: dir} }

// Write appends.
func (s *Spool) Write(p []byte) (int, error) {
	if s.file == nil {
		if err := s.open(); err != nil {
			return 0, err
		}
	}
	n, err := s.buf.Write(p)
	s.size += int64(n)
	return n, err
}

func (s *Spool) open() error {
	f, err := os.CreateTemp(s.dir, "body-*")
	if err != nil {
		return fmt.Errorf("create spool: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return errors.Join(fmt.Errorf("unlink spool: %w", err), f.Close())
	}
	s.file, s.buf = f, bufio.NewWriterSize(f, 64<<10)
	return nil
}

// Size is the number of bytes written so far.
func (s *Spool) Size() int64 { return s.size }

// Dir is where the file is, as given to [NewSpool].
func (s *Spool) Dir() string { return s.dir }

// Flush makes what was written readable.
func (s *Spool) Flush() error {
	if s.file == nil {
		return nil
	}
	return s.buf.Flush()
}

// Section reads n bytes from off, all of which must have been written, and
// flushed unless Decode wrote it. Sections may be read by many goroutines.
func (s *Spool) Section(off, n int64) *io.SectionReader {
	if s.file == nil {
		return io.NewSectionReader(nil, 0, 0)
	}
	return io.NewSectionReader(s.file, off, n)
}

// Close gives the disk space back. Texts that lie in the spool can no longer
// be read.
func (s *Spool) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
