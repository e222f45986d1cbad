package peer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"assay/controlplane/blob"
	"assay/controlplane/replica"
	"assay/judge"
	pb "assay/proto/assay/v1"
)

// shortCall is how long a server gets to say something that it knows.
const shortCall = 3 * time.Second

// chunk is how many bytes of a blob travel in one message.
const chunk = 128 << 10

// unavailable tells a server that does not lead from one that cannot be asked.
func unavailable(err error) error {
	if status.Code(err) == codes.FailedPrecondition {
		return fmt.Errorf("%w: %w", replica.ErrNotLeader, err)
	}
	return err
}

func (l *Links) index(ctx context.Context, to string) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, shortCall)
	defer cancel()
	client, err := l.client(to)
	if err != nil {
		return 0, err
	}
	res, err := client.Index(ctx, &pb.IndexRequest{})
	if err != nil {
		return 0, fmt.Errorf("%w: %w", replica.ErrNotLeader, err) // either way nobody could be asked
	}
	return res.GetIndex(), nil
}

// Term asks the server at an address which term it is in.
func (l *Links) Term(ctx context.Context, of string) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, shortCall)
	defer cancel()
	client, err := l.client(of)
	if err != nil {
		return 0, err
	}
	res, err := client.Term(ctx, &pb.TermRequest{})
	return res.GetTerm(), err
}

func (l *Links) describe(ctx context.Context, to string, languages bool) (*pb.Description, error) {
	ctx, cancel := context.WithTimeout(ctx, shortCall)
	defer cancel()
	client, err := l.client(to)
	if err != nil {
		return nil, err
	}
	d, err := client.Describe(ctx, &pb.DescribeRequest{Languages: languages})
	return d, l.reason(to, err)
}

// member is the address at which a leader has a server; none: it has no such.
func (l *Links) member(ctx context.Context, leader, id string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, shortCall)
	defer cancel()
	client, err := l.client(leader)
	if err != nil {
		return "", err
	}
	res, err := client.Member(ctx, &pb.MemberRequest{Id: id})
	return res.GetAddress(), err
}

func (l *Links) join(ctx context.Context, to string, req *pb.JoinRequest) error {
	ctx, cancel := context.WithTimeout(ctx, 2*longestCall)
	defer cancel()
	client, err := l.client(to)
	if err != nil {
		return err
	}
	_, err = client.Join(ctx, req)
	return unavailable(l.reason(to, err))
}

// PutBlob makes the server at an address hold a copy, which is durable when
// PutBlob returns nil. A reserved copy may use the reserve of its disk.
func (l *Links) PutBlob(ctx context.Context, to string, d judge.Digest, r io.Reader, reserved bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // of a stream that is left early
	client, err := l.client(to)
	if err != nil {
		return err
	}
	st, err := client.PutBlob(ctx)
	if err != nil {
		return fmt.Errorf("store copy of %s at %s: %w", d, to, err)
	}
	m := &pb.BlobChunk{Digest: string(d), Reserved: reserved}
	buf := make([]byte, chunk)
	for {
		n, readErr := io.ReadFull(r, buf)
		m.Data = buf[:n]
		if sendErr := st.Send(m); sendErr != nil || errors.Is(readErr, io.EOF) || errors.Is(readErr, io.ErrUnexpectedEOF) {
			break // CloseAndRecv says what became of it
		} else if readErr != nil {
			return fmt.Errorf("read blob %s: %w", d, readErr)
		}
		m = &pb.BlobChunk{}
	}
	if _, err := st.CloseAndRecv(); err != nil {
		return fmt.Errorf("store copy of %s at %s: %w", d, to, err)
	}
	return nil
}

// FetchBlob writes to w what the server at an address holds of a blob. It
// returns blob.ErrNotFound when that is nothing.
func (l *Links) FetchBlob(ctx context.Context, from string, d judge.Digest, w io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, err := l.client(from)
	if err != nil {
		return err
	}
	st, err := client.FetchBlob(ctx, &pb.GetBlobRequest{Digest: string(d)})
	for err == nil {
		var c *pb.Chunk
		if c, err = st.Recv(); err == nil {
			_, err = io.Copy(w, bytes.NewReader(c.GetData()))
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case status.Code(err) == codes.NotFound:
		return fmt.Errorf("fetch blob %s from %s: %w", d, from, blob.ErrNotFound)
	}
	return fmt.Errorf("fetch blob %s from %s: %w", d, from, err)
}
