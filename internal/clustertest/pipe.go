package clustertest

import (
	"context"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// listener is an address of the network. It stands in for bufconn, each of
// whose pipes starts timers that are due at once: in a bubble these run on the
// spot, and two at one time crash the race detector of Go 1.26.
type listener struct {
	address string
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newListener(address string) *listener {
	return &listener{address: address, dialled: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.dialled:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return address(l.address) }

// dial waits until the connection is accepted.
func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	there, back := newStream(), newStream()
	select {
	case l.dialled <- newPipe(there, back, address(l.address)):
		return newPipe(back, there, address(l.address)), nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

type address string

func (address) Network() string  { return "memory" }
func (a address) String() string { return string(a) }

// stream is one direction of a connection.
type stream struct {
	mu      sync.Mutex // guards the rest
	data    []byte     // written and not read
	closed  bool       // by either end
	changed chan struct{}
}

func newStream() *stream { return &stream{changed: make(chan struct{})} }

// touch needs mu.
func (s *stream) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.touch()
}

// move calls try, which needs mu, until it did something or expired is closed.
func (s *stream) move(expired <-chan struct{}, try func() (n int, done bool, err error)) (int, error) {
	for {
		select {
		case <-expired:
			return 0, os.ErrDeadlineExceeded
		default:
		}
		s.mu.Lock()
		n, done, err := try()
		if n > 0 {
			s.touch()
		}
		changed := s.changed
		s.mu.Unlock()
		if done {
			return n, err
		}
		select {
		case <-changed:
		case <-expired:
		}
	}
}

// pipe is one end of a connection.
type pipe struct {
	in, out          *stream
	reading, writing deadline
	address          address
}

func newPipe(in, out *stream, a address) *pipe { return &pipe{in: in, out: out, address: a} }

// Read ends with EOF after the last byte that the other end wrote.
func (p *pipe) Read(b []byte) (int, error) {
	return p.in.move(p.reading.channel(), func() (int, bool, error) {
		switch {
		case len(p.in.data) > 0 || len(b) == 0:
			n := copy(b, p.in.data)
			p.in.data = p.in.data[n:]
			return n, true, nil
		case p.in.closed:
			return 0, true, io.EOF
		}
		return 0, false, nil
	})
}

func (p *pipe) Write(b []byte) (written int, err error) {
	for len(b) > 0 && err == nil {
		var n int
		n, err = p.out.move(p.writing.channel(), func() (int, bool, error) {
			if p.out.closed {
				return 0, true, io.ErrClosedPipe
			}
			n := min(len(b), pipeBytes-len(p.out.data))
			p.out.data = append(p.out.data, b[:n]...)
			return n, n > 0, nil
		})
		written, b = written+n, b[n:]
	}
	return written, err
}

func (p *pipe) Close() error {
	p.in.close()
	p.out.close()
	return nil
}

func (p *pipe) LocalAddr() net.Addr  { return p.address }
func (p *pipe) RemoteAddr() net.Addr { return p.address }

func (p *pipe) SetDeadline(t time.Time) error {
	p.reading.set(t)
	p.writing.set(t)
	return nil
}

func (p *pipe) SetReadDeadline(t time.Time) error {
	p.reading.set(t)
	return nil
}

func (p *pipe) SetWriteDeadline(t time.Time) error {
	p.writing.set(t)
	return nil
}

// deadline ends those who wait at a time.
type deadline struct {
	mu      sync.Mutex // guards the rest
	timer   *time.Timer
	expired chan struct{} // closed then
	past    bool          // closed already
}

func (d *deadline) channel() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.expired == nil {
		d.expired = make(chan struct{})
	}
	return d.expired
}

func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fired := d.timer != nil && !d.timer.Stop()
	if d.timer = nil; d.expired == nil || d.past || fired {
		d.expired, d.past = make(chan struct{}), false
	}
	expired := d.expired
	switch left := time.Until(t); {
	case t.IsZero():
	case left > 0:
		d.timer = time.AfterFunc(left, func() { close(expired) })
	default:
		close(expired)
		d.past = true
	}
}
