package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What reading can fail with besides errors of the stream itself.
var (
	// ErrFormat: this is no snapshot, or one of a version that is not known.
	ErrFormat = errors.New("not a snapshot that this version can read")
	// ErrCorrupt: it is cut off, or not what was written.
	ErrCorrupt = errors.New("snapshot is corrupt")
)

// What putting one back can be refused with.
var (
	ErrOtherCluster = errors.New("snapshot of another cluster")
	ErrBusy         = errors.New("a snapshot is being restored already")
)

const (
	firstLine = "assay snapshot 1\n"
	anyLine   = "assay snapshot " // how those of other versions begin
	mostPart  = 1 << 20           // bytes in one part
)

// kind says what a part holds.
type kind byte

const (
	kindManifest kind = 'm' // JSON
	kindState    kind = 's' // bytes
	kindBlob     kind = 'b' // size in eight bytes, digest
	kindData     kind = 'd' // bytes of the blob before
	kindMissing  kind = 'x' // digest
	kindEnd      kind = 'e' // JSON
)

// header is what stands before a part's bytes.
const headerBytes = 1 + 4

// seal is the checksum of a part at its place.
func seal(number uint64, header, data []byte) [sha256.Size]byte {
	h := sha256.New()
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], number)
	h.Write(n[:])
	h.Write(header)
	h.Write(data)
	return [sha256.Size]byte(h.Sum(nil))
}

// partWriter writes parts.
type partWriter struct {
	w      *bufio.Writer
	number uint64
}

func newPartWriter(w io.Writer) (*partWriter, error) {
	b := bufio.NewWriterSize(w, 256<<10)
	_, err := b.WriteString(firstLine)
	return &partWriter{w: b}, err
}

func (p *partWriter) part(k kind, data []byte) error {
	header := make([]byte, headerBytes)
	header[0] = byte(k)
	binary.BigEndian.PutUint32(header[1:], uint32(len(data)))
	sum := seal(p.number, header, data)
	p.number++
	for _, b := range [][]byte{header, data, sum[:]} {
		if _, err := p.w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// stream writes all of r in parts of a kind and returns how much it was.
func (p *partWriter) stream(k kind, r io.Reader) (n int64, err error) {
	buf := make([]byte, mostPart)
	for {
		got, err := io.ReadFull(r, buf)
		if got > 0 {
			n += int64(got)
			if err := p.part(k, buf[:got]); err != nil {
				return n, err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return n, nil
		case err != nil:
			return n, err
		}
	}
}

// partReader reads what partWriter wrote.
type partReader struct {
	r      *bufio.Reader
	number uint64
	buf    []byte
}

func newPartReader(r io.Reader) (*partReader, error) {
	b := bufio.NewReaderSize(r, 256<<10)
	line := make([]byte, len(firstLine))
	n, err := io.ReadFull(b, line)
	line = line[:n]
	switch {
	case string(line) == firstLine:
		return &partReader{r: b}, nil
	case err != nil && !short(err):
		return nil, err
	case len(line) > 0 && strings.HasPrefix(firstLine, string(line)):
		return nil, fmt.Errorf("%w: it is cut off", ErrCorrupt)
	case bytes.HasPrefix(line, []byte(anyLine)):
		return nil, fmt.Errorf("%w: its format is %q", ErrFormat, bytes.TrimSpace(line[len(anyLine):]))
	}
	return nil, ErrFormat
}

func short(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// next returns a part that is as it was written. The bytes are good until the
// next call.
func (p *partReader) next() (kind, []byte, error) {
	header := make([]byte, headerBytes)
	if err := p.fill(header); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(header[1:])
	if size > mostPart {
		return 0, nil, fmt.Errorf("%w: part %d is too long", ErrCorrupt, p.number)
	}
	if need := int(size) + sha256.Size; cap(p.buf) < need {
		p.buf = make([]byte, need)
	}
	buf := p.buf[:int(size)+sha256.Size]
	if err := p.fill(buf); err != nil {
		return 0, nil, err
	}
	data := buf[:size]
	if sum := seal(p.number, header, data); !bytes.Equal(sum[:], buf[size:]) {
		return 0, nil, fmt.Errorf("%w: part %d is not what was written", ErrCorrupt, p.number)
	}
	p.number++
	return kind(header[0]), data, nil
}

func (p *partReader) fill(b []byte) error {
	if _, err := io.ReadFull(p.r, b); short(err) {
		return fmt.Errorf("%w: it is cut off in part %d", ErrCorrupt, p.number)
	} else if err != nil {
		return err
	}
	return nil
}

// end makes sure that nothing follows.
func (p *partReader) end() error {
	if _, err := p.r.ReadByte(); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return err
	}
	return fmt.Errorf("%w: something follows its end", ErrCorrupt)
}
