package replica

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"

	"assay/controlplane/state"
	"assay/judge"
	pb "assay/proto/assay/v1"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// full sets every field of a value to something that is not zero.
func full(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(now))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			full(v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		full(v.Index(0))
		full(v.Index(1))
	case v.Kind() == reflect.String:
		v.SetString("s" + v.Type().Name())
	case v.Kind() == reflect.Float64:
		v.SetFloat(1.5)
	case v.Kind() == reflect.Uint8:
		v.SetUint(7)
	case v.Kind() == reflect.Uint64:
		v.SetUint(7)
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			full(v.Index(i))
		}
	default:
		v.SetInt(2)
	}
}

func filled[T any]() T {
	var x T
	full(reflect.ValueOf(&x).Elem())
	return x
}

func everyCommand() []state.Command {
	return []state.Command{
		filled[state.Submit](), filled[state.Finish](), filled[state.Requeue](),
		filled[state.Cancel](), filled[state.Expire](), filled[state.StoreSuite](),
		filled[state.SetLevel](),
		state.Check{Voters: []string{"a", "b"}},
		filled[state.Vote](),
	}
}

func frameOf(t testing.TB, cs ...state.Command) []byte {
	t.Helper()
	var encoded [][]byte
	for _, c := range cs {
		data, err := EncodeCommand(c)
		if err != nil {
			t.Fatal(err)
		}
		encoded = append(encoded, data)
	}
	return encodeFrame(now, encoded)
}

func TestEveryFieldOfEveryCommandIsInTheLog(t *testing.T) {
	want := everyCommand()
	at, got, err := newDecoder().frame(frameOf(t, want...))
	if err != nil || !at.Equal(now) {
		t.Fatalf("at %v, %v", at, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable()); diff != "" {
		t.Error(diff)
	}
}

func TestEmptyCommandsAreInTheLog(t *testing.T) {
	want := []state.Command{
		state.Submit{},
		state.Finish{},
		state.Requeue{},
		state.Cancel{},
		state.Expire{},
		state.StoreSuite{},
		state.SetLevel{},
		state.Check{},
		state.Vote{},
	}
	_, got, err := newDecoder().frame(frameOf(t, want...))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func marshal(t testing.TB, m proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWhatIsNotUnderstoodIsNotSkipped(t *testing.T) {
	unknown := &pb.Command{}
	optional := &pb.Command{MayIgnore: true}
	tests := []struct {
		name  string
		frame *pb.Frame
		ok    bool
	}{
		{"a newer frame", &pb.Frame{Version: frameVersion + 1}, false},
		{"a frame without a version", &pb.Frame{}, false},
		{"an unknown command", &pb.Frame{Version: frameVersion, Commands: []*pb.Command{unknown}}, false},
		{"an unknown command that may be ignored", &pb.Frame{Version: frameVersion, Commands: []*pb.Command{optional}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, cs, err := newDecoder().frame(marshal(t, tt.frame))
			if tt.ok != (err == nil) || !tt.ok && !errors.Is(err, ErrIncompatible) || len(cs) != 0 {
				t.Errorf("%v, %v", cs, err)
			}
		})
	}
	if _, _, err := newDecoder().frame([]byte("garbage")); err == nil {
		t.Error("garbage was decoded")
	}
}

func FuzzDecodingNeverPanicsAndIsStable(f *testing.F) {
	f.Add(frameOf(f, everyCommand()...))
	f.Add(encodeFrame(now, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, cs, err := newDecoder().frame(data)
		if err != nil {
			return
		}
		_, again, err := newDecoder().frame(frameOf(t, cs...))
		if diff := cmp.Diff(cs, again, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
	})
}

func populated() *state.Store {
	s := state.New()
	s.LoadClock(now)
	queued, finished := filled[state.Record](), filled[state.Record]()
	queued.ID, queued.Status, queued.FinishedAt, queued.Attempt = "1", judge.StatusQueued, time.Time{}, 0
	queued.Verdict, queued.Summary, queued.Result, queued.Node = "", judge.Summary{}, judge.Payload{}, ""
	finished.ID, finished.Status = "2", judge.StatusFinished
	s.LoadRecord(queued)
	s.LoadRecord(finished)
	s.LoadSuite(filled[state.Suite]())
	s.LoadLevel(state.Level)
	s.LoadChecks(filled[state.Checks]())
	return s
}

func TestASnapshotHoldsEverything(t *testing.T) {
	for name, s := range map[string]*state.Store{"nothing": state.New(), "all kinds": populated()} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := writeSnapshot(&b, s.View(), 7); err != nil {
				t.Fatal(err)
			}
			got, index, err := readSnapshot(&b)
			if err != nil {
				t.Fatal(err)
			}
			if got.View().Hash() != s.View().Hash() || index != 7 {
				t.Error("the state differs after a snapshot")
			}
		})
	}
}

func TestASnapshotThatIsCutOffIsRefused(t *testing.T) {
	var b bytes.Buffer
	if err := writeSnapshot(&b, populated().View(), 7); err != nil {
		t.Fatal(err)
	}
	for n := range b.Len() {
		if _, _, err := readSnapshot(bytes.NewReader(b.Bytes()[:n])); err == nil {
			t.Errorf("%d of %d bytes were enough", n, b.Len())
		}
	}
}
