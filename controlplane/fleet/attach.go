package fleet

import (
	"context"
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"

	pb "assay/proto/assay/v1"
)

// patience is how long a new stream may take to say hello.
const patience = 10 * time.Second

type stream = grpc.BidiStreamingServer[pb.AgentMessage, pb.ServerMessage]

// Attach is one agent's session: the handler writes, a goroutine reads. The
// goroutine ends with the stream, which ends when the handler returns.
func (s *service) Attach(st stream) error {
	t := s.leading()
	if t == nil {
		return st.Send(writeRedirect(s.leader()))
	}
	first := make(chan *Session, 1)
	read := make(chan error, 1)
	go func() { read <- ended(s.read(st, t, first)) }()
	hello := time.NewTimer(patience)
	defer hello.Stop()
	select {
	case sess := <-first:
		return s.write(st, t, sess, read)
	case err := <-read:
		return err
	case <-hello.C:
		return errNoHello
	case <-t.ctx.Done():
		return st.Send(writeRedirect(s.leader()))
	case <-s.done:
		return st.Send(writeRedirect(""))
	}
}

// ended is what the agent is told when its own end of the stream was closed.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// read turns the stream into inputs: a hello first, [Gone] last.
func (s *service) read(st stream, t *term, first chan<- *Session) error {
	m, err := st.Recv()
	if err != nil {
		return err
	}
	h, err := readHello(m)
	if err != nil {
		return err
	}
	sess := newSession(h, time.Now())
	sess.out <- writeWelcome(t.number, s.cfg.Beat, s.cfg.Lease)
	if err := s.join(t, sess); err != nil {
		return err
	}
	defer s.leave(t, sess)
	first <- sess
	if !t.deliver(st.Context(), Input{sess, h}) {
		return st.Context().Err()
	}
	defer t.deliver(context.Background(), Input{sess, Gone{}})
	for {
		m, err := st.Recv()
		if err != nil {
			return err
		}
		if err := t.take(st.Context(), sess, m); err != nil {
			return err
		}
		for _, more := range m.GetMore() {
			if err := t.take(st.Context(), sess, more); err != nil {
				return err
			}
		}
	}
}

// take makes an input of a message, whatever comes with it aside.
func (t *term) take(ctx context.Context, sess *Session, m *pb.AgentMessage) error {
	said, err := read(m)
	if err != nil {
		return err
	}
	sess.hear(said)
	if !t.deliver(ctx, Input{sess, said}) {
		return ctx.Err()
	}
	return nil
}

// write sends what is queued until the session, the stream, the term or the
// server ends.
func (s *service) write(st stream, t *term, sess *Session, read <-chan error) error {
	for {
		select {
		case m := <-sess.out:
			if err := st.Send(sess.pack(m)); err != nil {
				return err
			}
		case err := <-read:
			return err
		case <-sess.ended:
			return sess.causeOfEnd()
		case <-t.ctx.Done():
			return st.Send(writeRedirect(s.leader()))
		case <-s.done:
			return st.Send(writeRedirect(""))
		}
	}
}
