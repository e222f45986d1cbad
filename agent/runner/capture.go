package runner

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"assay/judge"
)

// capture keeps a stream's head and tail of the same size in memory, and all
// of it in a file when it has one to spill to.
type capture struct {
	half  int
	head  []byte
	tail  []byte // a ring once it is full
	next  int    // where the ring is written next
	total int64

	spool    func() (*os.File, error) // nil: what is between head and tail is dropped
	file     *os.File
	spoolErr error
}

// newCapture keeps up to limit bytes; spool, when given, makes a file for
// streams that are longer.
func newCapture(limit int64, spool func() (*os.File, error)) *capture {
	return &capture{half: int(limit / 2), spool: spool}
}

// Write keeps what is to be kept of p; it takes all of it.
func (c *capture) Write(p []byte) (int, error) {
	if c.spool != nil {
		c.spill(p)
	}
	c.total += int64(len(p))
	n := min(len(p), c.half-len(c.head))
	c.head = append(c.head, p[:n]...)
	c.addTail(p[n:])
	return len(p), nil
}

func (c *capture) addTail(p []byte) {
	if len(p) > c.half {
		p = p[len(p)-c.half:]
	}
	if n := min(len(p), c.half-len(c.tail)); n > 0 {
		c.tail = append(c.tail, p[:n]...)
		p = p[n:]
	}
	for len(p) > 0 {
		n := copy(c.tail[c.next:], p)
		c.next = (c.next + n) % c.half
		p = p[n:]
	}
}

// spill appends p to the file, which is made when the stream outgrows memory.
func (c *capture) spill(p []byte) {
	if c.file == nil && c.total+int64(len(p)) <= int64(2*c.half) || c.spoolErr != nil {
		return
	}
	if c.file == nil {
		if c.file, c.spoolErr = c.spool(); c.spoolErr != nil {
			return
		}
		_, c.spoolErr = c.file.Write(c.kept())
	}
	if c.spoolErr == nil {
		_, c.spoolErr = c.file.Write(p)
	}
}

// dropped is how many bytes are in neither head nor tail.
func (c *capture) dropped() int64 { return c.total - int64(len(c.head)+len(c.tail)) }

// kept is head and tail, with a line between them that tells what is missing.
func (c *capture) kept() []byte {
	var b bytes.Buffer
	b.Write(c.head)
	if n := c.dropped(); n > 0 {
		fmt.Fprintf(&b, "\n[… %d bytes left out …]\n", n)
	}
	b.Write(c.tail[c.next:])
	b.Write(c.tail[:c.next])
	return b.Bytes()
}

// payload hands over what was captured.
func (c *capture) payload(ctx context.Context, blobs Blobs) (judge.Captured, error) {
	if c.spoolErr != nil {
		return judge.Captured{}, fmt.Errorf("spool output: %w", c.spoolErr)
	}
	if c.file != nil {
		p, err := blobs.Put(ctx, io.NewSectionReader(c.file, 0, c.total))
		if err != nil {
			return judge.Captured{}, fmt.Errorf("store output: %w", err)
		}
		return judge.Captured{Payload: p}, nil
	}
	data := c.kept()
	if len(data) == 0 {
		return judge.Captured{}, nil
	}
	return judge.Captured{Payload: judge.Payload{Inline: data, Size: int64(len(data))}, Truncated: c.dropped() > 0}, nil
}

// brief is payload for results that have no room left: some of the head.
func (c *capture) brief() judge.Captured {
	const most = 512
	data := bytes.Clone(c.head[:min(most, len(c.head))])
	return judge.Captured{Payload: judge.Payload{Inline: data, Size: int64(len(data))}, Truncated: c.total > int64(len(data))}
}

func (c *capture) close() {
	if c.file != nil {
		c.file.Close()
	}
}
