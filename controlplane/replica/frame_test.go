package replica

import (
	"bytes"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"

	"assay/controlplane/state"
	"assay/judge"
	pb "assay/proto/assay/v1"
)

// slowly is what protobuf makes of a command.
func slowly(data []byte) (state.Command, error) {
	var m pb.Command
	if err := proto.Unmarshal(data, &m); err != nil {
		return nil, err
	}
	return decodeCommand(&m)
}

func TestFrequentCommandsAreWrittenAsProtobufWritesThem(t *testing.T) {
	finish := filled[state.Finish]()
	finish.Summary.Groups = nil
	for name, c := range map[string]struct {
		command state.Command
		message *pb.Command
	}{
		"submit": {
			filled[state.Submit](),
			&pb.Command{Kind: &pb.Command_Submit{Submit: submitToProto(filled[state.Submit]())}},
		},
		"finish": {finish, &pb.Command{Kind: &pb.Command_Finish{Finish: finishToProto(finish)}}},
		"submit of nothing": {
			state.Submit{}, &pb.Command{Kind: &pb.Command_Submit{Submit: &pb.Submit{}}},
		},
		"finish of nothing": {
			state.Finish{}, &pb.Command{Kind: &pb.Command_Finish{Finish: finishToProto(state.Finish{})}},
		},
		"numbers below zero": {
			state.Submit{Priority: judge.Bulk, Tests: -1, Timeout: -1},
			&pb.Command{Kind: &pb.Command_Submit{Submit: submitToProto(state.Submit{Priority: judge.Bulk, Tests: -1, Timeout: -1})}},
		},
		"minus zero": {
			state.Finish{Summary: judge.Summary{Points: math.Copysign(0, -1)}},
			&pb.Command{Kind: &pb.Command_Finish{Finish: finishToProto(state.Finish{Summary: judge.Summary{Points: math.Copysign(0, -1)}})}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := proto.MarshalOptions{Deterministic: true}.Marshal(c.message)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := writeCommand(c.command)
			if !ok || !bytes.Equal(got, want) {
				t.Errorf("wrote %v\n%x, protobuf\n%x", ok, got, want)
			}
			read, ok := newDecoder().frequent(got)
			if diff := cmp.Diff(c.command, read); !ok || diff != "" {
				t.Errorf("read back %v\n%s", ok, diff)
			}
		})
	}
}

func TestTextThatIsNotUTF8NeverComesIntoTheLog(t *testing.T) {
	for name, c := range map[string]state.Command{
		"submit": state.Submit{ID: "1", Language: "\xff"},
		"digest": state.Submit{ID: "1", Suite: judge.Payload{Digest: "\xff"}},
		"finish": state.Finish{ID: "1", Summary: judge.Summary{FirstFailed: "\xff"}},
	} {
		if data, err := EncodeCommand(c); err == nil {
			t.Errorf("%s: encoded as %x", name, data)
		}
	}
	data, _ := writeCommand(state.Submit{ID: "name"})
	if _, err := readCommand(bytes.Replace(data, []byte("name"), []byte("na\xffe"), 1)); err == nil {
		t.Error("another server's command was taken")
	}
}

func FuzzWhatIsReadWithoutProtobufIsWhatProtobufReads(f *testing.F) {
	for _, c := range everyCommand() {
		data, err := EncodeCommand(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	twice, _ := writeCommand(state.Submit{ID: "1", Spec: judge.Payload{Size: 1}})
	f.Add(append(twice, twice...))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, ok := newDecoder().frequent(data)
		if !ok {
			return
		}
		want, err := slowly(data)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); err != nil || diff != "" {
			t.Errorf("protobuf: %v\n%s", err, diff)
		}
	})
}

func BenchmarkCodec(b *testing.B) {
	commands := map[string]state.Command{
		"submit": state.Submit{
			ID: "01J00000000000000000000000", Tenant: "default", Language: "cpp", Tests: 20, Timeout: 1e9,
			Spec: judge.Payload{Inline: make([]byte, 200), Size: 200}, Suite: judge.Payload{Digest: judge.DigestOf(nil), Size: 2000},
		},
		"finish": state.Finish{
			ID: "01J00000000000000000000000", Attempt: 1, Verdict: judge.Accepted, Node: "n1",
			Summary: judge.Summary{Total: 20, Passed: 20}, Result: judge.Payload{Inline: make([]byte, 600), Size: 600},
		},
	}
	d := newDecoder()
	for name, c := range commands {
		data, err := EncodeCommand(c)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/write", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = writeCommand(c)
			}
		})
		b.Run(name+"/read", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = d.command(data)
			}
		})
		b.Run(name+"/read by protobuf", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = slowly(data)
			}
		})
	}
}
