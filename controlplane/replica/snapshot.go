package replica

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/raft"
	"google.golang.org/protobuf/encoding/protodelim"

	"assay/controlplane/state"
	"assay/judge"
	pb "assay/proto/assay/v1"
)

const snapshotVersion = 1

// snapshot writes a view while the store goes on.
type snapshot struct {
	view  state.View
	index uint64
}

// Persist writes to sink and closes or cancels it.
func (s snapshot) Persist(sink raft.SnapshotSink) error {
	if err := writeSnapshot(sink, s.view, s.index); err != nil {
		return errors.Join(fmt.Errorf("write snapshot: %w", err), sink.Cancel())
	}
	return sink.Close()
}

// Release has nothing to do: a view is garbage like any other.
func (s snapshot) Release() {}

// writeSnapshot streams a header and then every suite and submission.
func writeSnapshot(w io.Writer, v state.View, index uint64) error {
	b := bufio.NewWriterSize(w, 256<<10)
	if err := writeRecords(b, v, index); err != nil {
		return err
	}
	return b.Flush()
}

func writeRecords(w io.Writer, v state.View, index uint64) error {
	header := &pb.SnapshotHeader{
		Version: snapshotVersion, NowNs: nanos(v.Now()), Records: int64(v.Len()), Index: index, Level: uint32(v.Level()),
	}
	if c := v.Checks(); c.Index != 0 {
		header.Checks = checksToProto(c)
	}
	if err := write(w, &pb.SnapshotRecord{Kind: &pb.SnapshotRecord_Header{Header: header}}); err != nil {
		return err
	}
	for x := range v.Suites() {
		m := suiteToProto(state.StoreSuite(x))
		if err := write(w, &pb.SnapshotRecord{Kind: &pb.SnapshotRecord_Suite{Suite: m}}); err != nil {
			return err
		}
	}
	for r := range v.Records() {
		m := recordToProto(r)
		if err := write(w, &pb.SnapshotRecord{Kind: &pb.SnapshotRecord_Submission{Submission: m}}); err != nil {
			return err
		}
	}
	return nil
}

func write(w io.Writer, m *pb.SnapshotRecord) error {
	_, err := protodelim.MarshalTo(w, m)
	return err
}

// readSnapshot is the inverse of writeSnapshot.
func readSnapshot(r io.Reader) (s *state.Store, index uint64, err error) {
	b := bufio.NewReaderSize(r, 256<<10)
	var first pb.SnapshotRecord
	if err := protodelim.UnmarshalFrom(b, &first); err != nil {
		return nil, 0, fmt.Errorf("read snapshot header: %w", err)
	}
	header := first.GetHeader()
	if header.GetVersion() != snapshotVersion {
		return nil, 0, fmt.Errorf("%w: snapshot version %d", ErrIncompatible, header.GetVersion())
	}
	if level := int(header.GetLevel()); level > state.Level {
		return nil, 0, fmt.Errorf("%w: the snapshot's feature level is %d, this version knows %d", ErrIncompatible, level, state.Level)
	}
	s = state.New()
	s.LoadClock(fromNanos(header.GetNowNs()))
	s.LoadLevel(int(header.GetLevel()))
	if m := header.GetChecks(); m != nil {
		s.LoadChecks(checksFromProto(m))
	}
	for range header.GetRecords() {
		if err := readRecord(b, s); err != nil {
			return nil, 0, fmt.Errorf("read snapshot record: %w", err)
		}
	}
	return s, header.GetIndex(), nil
}

func readRecord(r protodelim.Reader, s *state.Store) error {
	var m pb.SnapshotRecord
	if err := protodelim.UnmarshalFrom(r, &m); err != nil {
		return err
	}
	switch k := m.GetKind().(type) {
	case *pb.SnapshotRecord_Suite:
		s.LoadSuite(state.Suite(suiteFromProto(k.Suite)))
	case *pb.SnapshotRecord_Submission:
		s.LoadRecord(recordFromProto(k.Submission))
	default:
		return fmt.Errorf("%w: unknown record", ErrIncompatible)
	}
	return nil
}

func recordToProto(r state.Record) *pb.SubmissionRecord {
	m := &pb.SubmissionRecord{
		Submit:     submitToProto(r.Submit),
		Status:     string(r.Status),
		Lost:       int32(r.Lost),
		LostReason: r.LostReason,
		CreatedNs:  nanos(r.CreatedAt),
		FinishedNs: nanos(r.FinishedAt),
	}
	if r.Status.Terminal() {
		m.Finish = finishToProto(state.Finish{
			ID: r.ID, Attempt: r.Attempt, Verdict: r.Verdict, Summary: r.Summary, Result: r.Result, Node: r.Node,
		})
	}
	return m
}

func recordFromProto(m *pb.SubmissionRecord) state.Record {
	f := finishFromProto(m.GetFinish())
	return state.Record{
		Submit:     submitFromProto(m.GetSubmit()),
		Status:     judge.Status(m.GetStatus()),
		Lost:       int(m.GetLost()),
		LostReason: m.GetLostReason(),
		CreatedAt:  fromNanos(m.GetCreatedNs()),
		FinishedAt: fromNanos(m.GetFinishedNs()),
		Attempt:    f.Attempt,
		Verdict:    f.Verdict,
		Summary:    f.Summary,
		Result:     f.Result,
		Node:       f.Node,
	}
}
