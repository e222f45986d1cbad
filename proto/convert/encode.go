package convert

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

// Encodings are deterministic: a suite's id is the digest of its encoding, and
// equal submissions must have equal fingerprints.
var deterministic = proto.MarshalOptions{Deterministic: true}

// passing keeps nothing of what a message does not declare.
var passing = proto.UnmarshalOptions{DiscardUnknown: true}

// EncodeSpec makes the payload that the log and assignments refer to.
func EncodeSpec(s judge.Spec) ([]byte, error) { return deterministic.Marshal(SpecToProto(s)) }

// DecodeSpec reads what [EncodeSpec] made.
func DecodeSpec(data []byte) (judge.Spec, error) {
	var p pb.Spec
	if err := proto.Unmarshal(data, &p); err != nil {
		return judge.Spec{}, fmt.Errorf("decode spec: %w", err)
	}
	return SpecFromProto(&p), nil
}

// DecodeMetadata reads the metadata alone of what [EncodeSpec] made, without
// making anything of the sources.
func DecodeMetadata(data []byte) ([]byte, error) {
	var p pb.SpecMetadata
	if err := passing.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("decode metadata: %w", err)
	}
	return p.GetMetadata(), nil
}

// EncodeSuite makes the payload whose digest is the suite's id.
func EncodeSuite(s judge.Suite) ([]byte, error) { return deterministic.Marshal(SuiteToProto(s)) }

// DecodeSuite reads what [EncodeSuite] made.
func DecodeSuite(data []byte) (judge.Suite, error) {
	var p pb.Suite
	if err := proto.Unmarshal(data, &p); err != nil {
		return judge.Suite{}, fmt.Errorf("decode suite: %w", err)
	}
	return SuiteFromProto(&p), nil
}

// EncodeResult makes the payload that a finished submission refers to.
func EncodeResult(r judge.Result) ([]byte, error) {
	if data, ok := writeResult(r); ok {
		return data, nil
	}
	return deterministic.Marshal(ResultToProto(r))
}

// DecodeResult reads what [EncodeResult] made.
func DecodeResult(data []byte) (judge.Result, error) {
	if r, ok := readResult(data); ok {
		return r, nil
	}
	var p pb.Result
	if err := proto.Unmarshal(data, &p); err != nil {
		return judge.Result{}, fmt.Errorf("decode result: %w", err)
	}
	return ResultFromProto(&p), nil
}
