package peer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	"assay/controlplane/blob"
	"assay/controlplane/replica"
	"assay/judge"
	pb "assay/proto/assay/v1"
	"assay/proto/convert"
)

// Replica is what the service does with raft.
type Replica interface {
	ProposeEncoded(ctx context.Context, commands [][]byte) []replica.Outcome
	LeaderIndex(ctx context.Context) (uint64, error)
	Members(ctx context.Context) ([]replica.Peer, error)
	Term() uint64
	Leader() replica.Leader
}

// Blobs is this server's own store.
type Blobs interface {
	Open(d judge.Digest) (Blob, error)
	Hold(d judge.Digest) (bool, error)
	Create(ctx context.Context, reserved bool) (BlobWriter, error)
}

// Blob is one that can be read.
type Blob = io.ReadCloser

// BlobWriter takes in one blob. It ends with Commit or Discard; Discard after
// Commit does nothing.
type BlobWriter interface {
	io.Writer
	Commit() (judge.Digest, int64, error)
	Discard()
}

// Own is what a server tells the others of itself.
type Own struct {
	AgentsAddress string
	Version       string
	Languages     func() []judge.Language // that agents attached here have
	Complete      func() uint64           // see Description.complete_index
}

// Server is the Peer service of one server.
type Server struct {
	pb.UnimplementedPeerServer
	own      Own
	identity *Identity
	replica  Replica
	members  *Members
	blobs    Blobs
	log      *slog.Logger
}

// NewServer makes the service.
func NewServer(own Own, identity *Identity, r Replica, members *Members, blobs Blobs, log *slog.Logger) *Server {
	return &Server{own: own, identity: identity, replica: r, members: members, blobs: blobs, log: log.With("component", "peer")}
}

// linger is how long calls may take to end.
const linger = 2 * time.Second

// Serve answers other servers on l until ctx ends, and closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage), grpc.WaitForHandlers(true),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
	)
	pb.RegisterPeerServer(server, s)
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		hard := time.AfterFunc(linger, server.Stop)
		defer hard.Stop()
		server.GracefulStop()
	})
	err := server.Serve(l)
	if stop() {
		server.Stop()
		return fmt.Errorf("serve other servers: %w", err)
	}
	<-stopped
	return nil
}

var errNotLeader = status.Error(codes.FailedPrecondition, "this server does not lead")

// Propose has commands carried out if this server leads.
func (s *Server) Propose(ctx context.Context, req *pb.ProposeRequest) (*pb.ProposeResponse, error) {
	if !s.replica.Leader().Here {
		return nil, errNotLeader
	}
	res := &pb.ProposeResponse{}
	for _, o := range s.replica.ProposeEncoded(ctx, req.GetCommands()) {
		res.Results = append(res.Results, outcomeToProto(o, req.GetBrief()))
	}
	return res, nil
}

// Index tells how far the log has come.
func (s *Server) Index(ctx context.Context, _ *pb.IndexRequest) (*pb.IndexResponse, error) {
	index, err := s.replica.LeaderIndex(ctx)
	if err != nil {
		return nil, errNotLeader
	}
	return &pb.IndexResponse{Index: index}, nil
}

// Term tells which term this server is in.
func (s *Server) Term(context.Context, *pb.TermRequest) (*pb.TermResponse, error) {
	return &pb.TermResponse{Term: s.replica.Term()}, nil
}

// Describe tells what this server is.
func (s *Server) Describe(_ context.Context, req *pb.DescribeRequest) (*pb.Description, error) {
	leader := s.replica.Leader()
	d := &pb.Description{
		Leader: leader.ID, LeaderAddress: leader.Address,
		AgentsAddress: s.own.AgentsAddress, Version: s.own.Version, CompleteIndex: s.own.Complete(),
	}
	s.identity.describe(d)
	if req.GetLanguages() {
		for _, l := range s.own.Languages() {
			d.Languages = append(d.Languages, convert.LanguageToProto(l))
		}
	}
	return d, nil
}

// Join lets a server in.
func (s *Server) Join(ctx context.Context, req *pb.JoinRequest) (*pb.JoinResponse, error) {
	err := s.members.admit(ctx, req)
	switch {
	case errors.Is(err, replica.ErrNotLeader):
		return nil, errNotLeader
	case err != nil:
		return nil, status.Error(codes.Aborted, err.Error())
	}
	return &pb.JoinResponse{}, nil
}

// Member tells where the cluster has a server.
func (s *Server) Member(ctx context.Context, req *pb.MemberRequest) (*pb.MemberResponse, error) {
	all, err := s.replica.Members(ctx)
	if err != nil {
		return nil, status.Error(codes.FailedPrecondition, err.Error())
	}
	for _, p := range all {
		if p.ID == req.GetId() {
			return &pb.MemberResponse{Address: p.Address}, nil
		}
	}
	return &pb.MemberResponse{}, nil
}

// PutBlob takes in a copy.
func (s *Server) PutBlob(st grpc.ClientStreamingServer[pb.BlobChunk, pb.BlobStored]) error {
	m, err := st.Recv()
	if err != nil {
		return err
	}
	d := judge.Digest(m.GetDigest())
	if !d.Valid() {
		return status.Errorf(codes.InvalidArgument, "%q is no digest", d)
	}
	if held, err := s.blobs.Hold(d); err != nil {
		return s.broken("hold blob", err)
	} else if held {
		return st.SendAndClose(&pb.BlobStored{})
	}
	w, err := s.blobs.Create(st.Context(), m.GetReserved())
	if err != nil {
		return s.broken("create blob", err)
	}
	defer w.Discard()
	for ; err == nil; m, err = st.Recv() {
		if _, err := w.Write(m.GetData()); err != nil {
			return s.broken("write blob", err)
		}
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	switch got, _, err := w.Commit(); {
	case err != nil:
		return s.broken("commit blob", err)
	case got != d:
		return status.Errorf(codes.DataLoss, "the bytes are those of %s, not of %s", got, d)
	}
	return st.SendAndClose(&pb.BlobStored{})
}

// FetchBlob hands out what this server holds itself.
func (s *Server) FetchBlob(req *pb.GetBlobRequest, st grpc.ServerStreamingServer[pb.Chunk]) error {
	f, err := s.blobs.Open(judge.Digest(req.GetDigest()))
	switch {
	case errors.Is(err, blob.ErrNotFound):
		return status.Errorf(codes.NotFound, "no blob %s", req.GetDigest())
	case err != nil:
		return s.broken("open blob", err)
	}
	defer f.Close()
	_, err = io.CopyBuffer(chunkWriter{st}, struct{ io.Reader }{f}, make([]byte, chunk))
	return err
}

type chunkWriter struct {
	st grpc.ServerStreamingServer[pb.Chunk]
}

// Write sends one message.
func (w chunkWriter) Write(p []byte) (int, error) {
	if err := w.st.Send(&pb.Chunk{Data: p}); err != nil {
		return 0, err
	}
	return len(p), nil
}

// broken logs what is wrong with the store, and tells the other server to look
// elsewhere.
func (s *Server) broken(doing string, err error) error {
	s.log.Warn("blob store failed another server", "doing", doing, "err", err)
	return status.Errorf(codes.Unavailable, "%s: %v", doing, err)
}
