package replica

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"assay/controlplane/state"
	"assay/judge"
	pb "assay/proto/assay/v1"
	"assay/proto/convert"
)

// EncodeCommand makes a pb.Command, as [Replica.ProposeEncoded] takes it.
func EncodeCommand(c state.Command) ([]byte, error) {
	if data, ok := writeCommand(c); ok {
		return data, nil
	}
	m := &pb.Command{}
	switch c := c.(type) {
	case state.Submit:
		m.Kind = &pb.Command_Submit{Submit: submitToProto(c)}
	case state.Finish:
		m.Kind = &pb.Command_Finish{Finish: finishToProto(c)}
	case state.Requeue:
		m.Kind = &pb.Command_Requeue{Requeue: &pb.Requeue{Id: c.ID, Attempt: int32(c.Attempt), Reason: c.Reason}}
	case state.Cancel:
		m.Kind = &pb.Command_Cancel{Cancel: &pb.Cancel{Id: c.ID, Tenant: c.Tenant}}
	case state.Expire:
		m.Kind = &pb.Command_Expire{Expire: &pb.Expire{BeforeNs: nanos(c.Before), Limit: int32(c.Limit)}}
	case state.StoreSuite:
		m.Kind = &pb.Command_StoreSuite{StoreSuite: suiteToProto(c)}
	case state.SetLevel:
		m.Kind = &pb.Command_SetLevel{SetLevel: &pb.SetLevel{Level: uint32(c.Level)}}
	case state.Check:
		m.Kind = &pb.Command_Check{Check: &pb.Check{Voters: c.Voters}}
	case state.Vote:
		m.Kind = &pb.Command_Vote{Vote: voteToProto(c)}
	default:
		return nil, fmt.Errorf("encode command: %T has no encoding", c)
	}
	data, err := proto.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode command: %w", err)
	}
	return data, nil
}

// decodeCommand returns nil for a command that is unknown and may be ignored.
func decodeCommand(m *pb.Command) (state.Command, error) {
	switch k := m.GetKind().(type) {
	case *pb.Command_Submit:
		return submitFromProto(k.Submit), nil
	case *pb.Command_Finish:
		return finishFromProto(k.Finish), nil
	case *pb.Command_Requeue:
		return state.Requeue{ID: k.Requeue.GetId(), Attempt: int(k.Requeue.GetAttempt()), Reason: k.Requeue.GetReason()}, nil
	case *pb.Command_Cancel:
		return state.Cancel{ID: k.Cancel.GetId(), Tenant: k.Cancel.GetTenant()}, nil
	case *pb.Command_Expire:
		return state.Expire{Before: fromNanos(k.Expire.GetBeforeNs()), Limit: int(k.Expire.GetLimit())}, nil
	case *pb.Command_StoreSuite:
		return suiteFromProto(k.StoreSuite), nil
	case *pb.Command_SetLevel:
		return state.SetLevel{Level: int(k.SetLevel.GetLevel())}, nil
	case *pb.Command_Check:
		return state.Check{Voters: k.Check.GetVoters()}, nil
	case *pb.Command_Vote:
		return voteFromProto(k.Vote), nil
	}
	if m.GetMayIgnore() {
		return nil, nil
	}
	return nil, fmt.Errorf("%w: unknown command", ErrIncompatible)
}

func submitToProto(c state.Submit) *pb.Submit {
	return &pb.Submit{
		Id:             c.ID,
		Tenant:         c.Tenant,
		Batch:          c.Batch,
		Language:       c.Language,
		NodeClass:      c.NodeClass,
		Priority:       int32(c.Priority),
		Spec:           convert.PayloadToProto(c.Spec),
		Suite:          convert.PayloadToProto(c.Suite),
		Tests:          int32(c.Tests),
		IdempotencyKey: c.IdempotencyKey,
		Fingerprint:    c.Fingerprint,
		TimeoutNs:      int64(c.Timeout),
	}
}

func submitFromProto(m *pb.Submit) state.Submit {
	return state.Submit{
		ID:             m.GetId(),
		Tenant:         m.GetTenant(),
		Batch:          m.GetBatch(),
		Language:       m.GetLanguage(),
		NodeClass:      m.GetNodeClass(),
		Priority:       judge.Priority(m.GetPriority()),
		Spec:           convert.PayloadFromProto(m.GetSpec()),
		Suite:          convert.PayloadFromProto(m.GetSuite()),
		Tests:          int(m.GetTests()),
		IdempotencyKey: m.GetIdempotencyKey(),
		Fingerprint:    m.GetFingerprint(),
		Timeout:        time.Duration(m.GetTimeoutNs()),
	}
}

func finishToProto(c state.Finish) *pb.Finish {
	return &pb.Finish{
		Id:      c.ID,
		Attempt: int32(c.Attempt),
		Verdict: string(c.Verdict),
		Summary: convert.SummaryToProto(c.Summary),
		Result:  convert.PayloadToProto(c.Result),
		Node:    c.Node,
	}
}

func finishFromProto(m *pb.Finish) state.Finish {
	return state.Finish{
		ID:      m.GetId(),
		Attempt: int(m.GetAttempt()),
		Verdict: judge.Verdict(m.GetVerdict()),
		Summary: convert.SummaryFromProto(m.GetSummary()),
		Result:  convert.PayloadFromProto(m.GetResult()),
		Node:    m.GetNode(),
	}
}

func suiteToProto(c state.StoreSuite) *pb.StoreSuite {
	return &pb.StoreSuite{Tenant: c.Tenant, Digest: string(c.Digest), Size: c.Size, Tests: int32(c.Tests)}
}

func suiteFromProto(m *pb.StoreSuite) state.StoreSuite {
	return state.StoreSuite{
		Tenant: m.GetTenant(),
		Digest: judge.Digest(m.GetDigest()),
		Size:   m.GetSize(),
		Tests:  int(m.GetTests()),
	}
}

func voteToProto(c state.Vote) *pb.Vote {
	return &pb.Vote{Index: c.Index, Server: c.Server, Hash: c.Hash[:]}
}

func voteFromProto(m *pb.Vote) state.Vote {
	v := state.Vote{Index: m.GetIndex(), Server: m.GetServer()}
	copy(v.Hash[:], m.GetHash())
	return v
}

func checksToProto(c state.Checks) *pb.Checks {
	m := &pb.Checks{Index: c.Index, Voters: c.Voters, AgreedIndex: c.Agreed.Index, AgreedHash: c.Agreed.Hash[:]}
	for _, v := range c.Votes {
		m.Votes = append(m.Votes, voteToProto(v))
	}
	return m
}

func checksFromProto(m *pb.Checks) state.Checks {
	c := state.Checks{Check: state.Check{Index: m.GetIndex(), Voters: m.GetVoters()}}
	for _, v := range m.GetVotes() {
		c.Votes = append(c.Votes, voteFromProto(v))
	}
	c.Agreed.Index = m.GetAgreedIndex()
	copy(c.Agreed.Hash[:], m.GetAgreedHash())
	return c
}

// nanos since the Unix epoch; 0 stands for no time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
