package wire

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	setup = Setup{
		Root: []Mount{{"/usr/bin", "/usr/bin", true}, {"/etc/x", "/etc/y", false}}, Links: []Link{{"/bin", "usr/bin"}},
		Files: []File{{"/etc/passwd", "root\n"}}, Scratch: "size=1k", Masks: []string{"kcore", ""}, Filter: []byte{0, 1, 255},
		Host: "box", Rlimits: []Rlimit{{7, 512}, {4, 0}}, UID: 60000, Stage: "/stage", Unprivileged: true,
	}
	run = Run{
		Serial: 1 << 63, Argv: []string{"./a", "", "\x00\xff"}, Env: []string{"A=1"}, UID: 60000,
		Stack: ^uint64(0), FileSize: 1, HasStdin: true, Keep: true, Memory: 300,
	}
	ended  = Ended{Reply{5, "remove"}, 2, 0x8b, 1 << 40, -1, 77, true, 4096}
	opened = Opened{Reply{}, 1 << 50, true}
	names  = Names{Reply{}, []string{"a", "b/c"}, true}
)

// same checks that a message comes back as it went, and that no part of it
// passes for the whole.
func same[T any](t *testing.T, want T, message []byte, decode func([]byte) (T, bool)) {
	t.Helper()
	got, ok := decode(message)
	if !ok {
		t.Fatalf("%T cannot be read", want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%T (-want +got):\n%s", want, diff)
	}
	for n := range message {
		if _, ok := decode(message[:n]); ok {
			t.Errorf("%T passes with %d of %d bytes", want, n, len(message))
		}
	}
	if _, ok := decode(append(message, 0)); ok {
		t.Errorf("%T passes with a byte too many", want)
	}
}

func TestEveryMessageComesBackAsItWent(t *testing.T) {
	same(t, setup, setup.Encode(), DecodeSetup)
	same(t, run, run.Encode(), DecodeRun)
	same(t, Prepare{1 << 40, ^uint64(0)}, Prepare{1 << 40, ^uint64(0)}.Encode(), DecodePrepare)
	same(t, Install{"a/b", true}, Install{"a/b", true}.Encode(), DecodeInstall)
	same(t, Collect{"x"}, Collect{"x"}.Encode(), DecodeCollect)
	same(t, List{7}, List{7}.Encode(), DecodeList)
	same(t, Kill{300}, Kill{300}.Encode(), DecodeKill)
	same(t, Reply{1, "op"}, Reply{1, "op"}.Encode(), DecodeReply)
	same(t, ended, ended.Encode(), DecodeEnded)
	same(t, opened, opened.Encode(), DecodeOpened)
	same(t, names, names.Encode(), DecodeNames)
}

func TestARequestTellsItsKind(t *testing.T) {
	for kind, message := range map[Kind][]byte{
		KindSetup: setup.Encode(), KindRun: run.Encode(), KindInstall: Install{}.Encode(), KindPrepare: Prepare{}.Encode(),
		KindCollect: Collect{}.Encode(), KindList: List{}.Encode(), KindSweep: EncodeSweep(), KindReset: EncodeReset(), 0: nil,
	} {
		if got := KindOf(message); got != kind {
			t.Errorf("%c is taken for %c", kind, got)
		}
	}
}

// Whatever arrives, reading it ends, and what was read can be sent again.
func FuzzAnyBytesCanBeRead(f *testing.F) {
	for _, m := range [][]byte{setup.Encode(), run.Encode(), ended.Encode(), names.Encode(), nil, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}} {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, ok := DecodeRun(b); ok {
			again, ok := DecodeRun(r.Encode())
			if !ok || !reflect.DeepEqual(r, again) {
				t.Errorf("%+v became %+v", r, again)
			}
		}
		if s, ok := DecodeSetup(b); ok {
			again, ok := DecodeSetup(s.Encode())
			if !ok || !reflect.DeepEqual(s, again) {
				t.Errorf("%+v became %+v", s, again)
			}
		}
		DecodeEnded(b)
		DecodeNames(b)
		DecodeOpened(b)
		DecodeInstall(b)
		DecodeList(b)
		DecodeReply(b)
		DecodeKill(b)
	})
}
