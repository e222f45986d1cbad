package fleet

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// chunk is how many bytes of a payload travel in one message.
const chunk = 128 << 10

// Blobs is a store of payloads by digest. Safe for concurrent use.
type Blobs interface {
	// Open opens a payload at offset 0 and tells its size; fs.ErrNotExist when
	// there is none of that digest.
	Open(d judge.Digest) (*os.File, int64, error)
	// Create begins a payload that becomes durable, and referable, with Commit.
	Create(ctx context.Context) (BlobWriter, error)
}

// BlobWriter is a payload that is being written. It ends with Commit or
// Discard; Discard after Commit is a no-op.
type BlobWriter interface {
	io.Writer
	Commit() (judge.Digest, int64, error)
	Discard()
}

var digest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// GetBlob streams a payload.
func (s *service) GetBlob(req *pb.GetBlobRequest, st grpc.ServerStreamingServer[pb.Chunk]) error {
	if !digest.MatchString(req.GetDigest()) {
		return status.Errorf(codes.InvalidArgument, "%q is no digest", req.GetDigest())
	}
	f, _, err := s.blobs.Open(judge.Digest(req.GetDigest()))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return status.Errorf(codes.NotFound, "no payload %s", req.GetDigest())
	case err != nil:
		return s.broken("open payload", err)
	}
	defer f.Close()
	n, err := io.CopyBuffer(chunkWriter{st}, struct{ io.Reader }{f}, make([]byte, chunk))
	s.metrics.blobs.WithLabelValues("out").Add(float64(n))
	return err
}

type chunkWriter struct {
	st grpc.ServerStreamingServer[pb.Chunk]
}

func (w chunkWriter) Write(p []byte) (int, error) {
	if err := w.st.Send(&pb.Chunk{Data: p}); err != nil {
		return 0, err
	}
	return len(p), nil
}

// PutBlob stores a payload that an agent's report is going to refer to.
func (s *service) PutBlob(st grpc.ClientStreamingServer[pb.Chunk, pb.PutBlobResponse]) error {
	w, err := s.blobs.Create(st.Context())
	if err != nil {
		return s.broken("create payload", err)
	}
	defer w.Discard()
	if err := s.receive(st, w); err != nil {
		return err
	}
	d, n, err := w.Commit()
	if err != nil {
		return s.broken("commit payload", err)
	}
	s.metrics.blobs.WithLabelValues("in").Add(float64(n))
	return st.SendAndClose(&pb.PutBlobResponse{Digest: string(d), Size: n})
}

func (s *service) receive(st grpc.ClientStreamingServer[pb.Chunk, pb.PutBlobResponse], w io.Writer) error {
	for left := s.cfg.MaxBlob; ; {
		c, err := st.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if left -= int64(len(c.GetData())); left < 0 {
			return status.Errorf(codes.InvalidArgument, "the payload is larger than %d bytes", s.cfg.MaxBlob)
		}
		if _, err := w.Write(c.GetData()); err != nil {
			return s.broken("write payload", err)
		}
	}
}

// broken logs what is wrong with the store and tells the agent to try again
// later: full disks and lost quorums pass.
func (s *service) broken(doing string, err error) error {
	s.log.Error("payload store failed", "doing", doing, "err", err)
	return status.Errorf(codes.Unavailable, "%s: %v", doing, err)
}
