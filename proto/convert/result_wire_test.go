package convert

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"

	"assay/judge"
	pb "assay/proto/assay/v1"
)

func twenty() judge.Result {
	r := judge.Result{
		Verdict: judge.WrongAnswer, Message: "why", Node: "n1", Class: "c5", CPU: "Xeon", Speed: 1.5,
		Compile: &judge.CompileResult{OK: true, Output: "warning \xff", Cached: true, CPU: 1, Wall: 2, MemoryKB: 3},
		Summary: judge.Summary{Total: 20, Passed: 19, FirstFailed: "2", Points: 0.5, MaxPoints: 1, MaxCPU: 7, MaxMemoryKB: 9},
		Timing:  judge.Timing{Queue: 1, Compile: 2, Run: 3, Total: 4},
	}
	r.Summary.Groups = []judge.GroupResult{{ID: "g", Verdict: judge.Accepted, Points: 1}, {}}
	for i := range 20 {
		t := judge.TestResult{ID: fmt.Sprint(i + 1), Verdict: judge.Accepted, Outcome: judge.Outcome{CPU: 3 * time.Millisecond, Wall: 4e6, MemoryKB: 1024}}
		r.Tests = append(r.Tests, t)
	}
	r.Tests[1] = judge.TestResult{
		ID: "2", Verdict: judge.WrongAnswer, Message: "line 3", Points: -1, Reruns: 2,
		Outcome: judge.Outcome{ExitCode: -1, Signal: 9, Limit: "cpu", OutputBytes: 5},
		Stdout:  judge.Captured{Payload: judge.Payload{Inline: []byte("out\xff"), Size: 4}, Truncated: true},
		Stderr:  judge.Captured{Payload: judge.Payload{Digest: judge.DigestOf(nil), Size: 1 << 40}},
	}
	return r
}

func TestResultsAreWrittenAsProtobufWritesThem(t *testing.T) {
	for name, r := range map[string]judge.Result{
		"nothing": {}, "twenty tests": twenty(), "empty parts": {Compile: &judge.CompileResult{}, Tests: make([]judge.TestResult, 2)},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := deterministic.Marshal(ResultToProto(r))
			if err != nil {
				t.Fatal(err)
			}
			got, ok := writeResult(r)
			if !ok || !bytes.Equal(got, want) {
				t.Errorf("%v\n%x, protobuf\n%x", ok, got, want)
			}
			read, ok := readResult(got)
			if diff := cmp.Diff(r, read); !ok || diff != "" {
				t.Errorf("read back %v\n%s", ok, diff)
			}
		})
	}
}

func TestAResultWhoseTextIsNotUTF8IsRefused(t *testing.T) {
	for name, change := range map[string]func(*judge.Result){
		"message": func(r *judge.Result) { r.Message = "\xff" },
		"test":    func(r *judge.Result) { r.Tests[3].Message = "\xff" },
		"limit":   func(r *judge.Result) { r.Tests[3].Outcome.Limit = "\xff" },
	} {
		r := twenty()
		change(&r)
		if _, err := EncodeResult(r); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
	data, _ := writeResult(judge.Result{Message: "name"})
	if _, err := DecodeResult(bytes.Replace(data, []byte("name"), []byte("na\xffe"), 1)); err == nil {
		t.Error("decoded")
	}
}

func FuzzResultsAreReadAsProtobufReadsThem(f *testing.F) {
	data, err := EncodeResult(twenty())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(append(data, data...))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, ok := readResult(data)
		if !ok {
			return
		}
		var p pb.Result
		err := proto.Unmarshal(data, &p)
		if diff := cmp.Diff(ResultFromProto(&p), got, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); err != nil || diff != "" {
			t.Errorf("protobuf: %v\n%s", err, diff)
		}
	})
}

func BenchmarkResult(b *testing.B) {
	r := twenty()
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = EncodeResult(r)
		}
	})
	b.Run("read", func(b *testing.B) {
		data, _ := EncodeResult(r)
		b.ReportAllocs()
		for b.Loop() {
			_, _ = DecodeResult(data)
		}
	})
}
