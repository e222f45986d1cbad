package talk

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/wire"
)

// talkTo gives a client and the other end of its link.
func talkTo(t *testing.T, grace time.Duration) (*Client, *Link) {
	t.Helper()
	l, end, err := NewLink()
	if err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Dup(int(end.Fd()))
	if err := errors.Join(err, end.Close()); err != nil {
		t.Fatal(err)
	}
	peer := Adopt(fd)
	t.Cleanup(l.Close)
	t.Cleanup(peer.Close)
	c := NewClient(l, grace)
	return &c, peer
}

func tell(t *testing.T, peer *Link, msg []byte, fds ...int) {
	t.Helper()
	if err := peer.Send(msg, fds...); err != nil {
		t.Fatal(err)
	}
}

func TestWhatProcessOneDoesWrongIsAFaultAndTheBoxIsAskedNoMore(t *testing.T) {
	for name, tc := range map[string]struct {
		answer func(peer *Link)
		want   string
	}{
		"hangs up":  {func(peer *Link) { _ = unix.Shutdown(peer.fd, unix.SHUT_RDWR) }, "gone"},
		"silent":    {func(*Link) {}, "does not answer"},
		"nonsense":  {func(peer *Link) { tell(t, peer, []byte{1, 2, 3}) }, "nonsense"},
		"a failure": {func(peer *Link) { tell(t, peer, wire.Reply{Errno: int(unix.EIO), Op: "sweep"}.Encode()) }, "sweep: input/output error"},
	} {
		c, peer := talkTo(t, time.Millisecond)
		tc.answer(peer)
		err := c.Reset(t.Context())
		var fault *box.Fault
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.Install(t.Context(), nil); !errors.As(err, &fault) || !strings.Contains(err.Error(), "box is broken") {
			t.Errorf("%s: the box goes on: %v", name, err)
		}
	}
}

func TestWhatIsKeptIsRemovedBeforeTheNextRun(t *testing.T) {
	c, peer := talkTo(t, time.Minute)
	if err := c.Begin(true); err != nil {
		t.Fatal(err)
	}
	tell(t, peer, wire.Reply{}.Encode())
	if err := c.Begin(false); err != nil {
		t.Fatal(err)
	}
	msg, _, err := peer.receive()
	if err != nil || wire.KindOf(msg) != wire.KindSweep {
		t.Errorf("asked for %q, %v", msg, err)
	}
	if err := c.Begin(false); err != nil { // nobody answers, so nobody may be asked
		t.Fatal(err)
	}
}

func TestACollectedFileIsACopyThatNobodyCanChange(t *testing.T) {
	c, peer := talkTo(t, time.Minute)
	left, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer left.Close()
	_, err = left.WriteString("content")
	if err != nil {
		t.Fatal(err)
	}
	tell(t, peer, wire.Opened{Size: 7, Exec: true}.Encode(), int(left.Fd()))
	list, err := c.Collect(t.Context(), []string{"a"}, 7)
	if err != nil {
		t.Fatal(err)
	}
	defer list[0].Content.Close()
	if _, err := left.WriteAt([]byte("changed"), 0); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 10)
	if n, _ := list[0].Content.Read(got); string(got[:n]) != "content" || !list[0].Exec {
		t.Errorf("%q, %+v", got[:n], list[0])
	}
	if _, err := list[0].Content.WriteAt([]byte("x"), 0); err == nil {
		t.Error("the copy can be written to")
	}
}

func TestAFileThatCannotBeCollectedLeavesTheBoxWhole(t *testing.T) {
	c, peer := talkTo(t, time.Minute)
	for _, tc := range []struct {
		opened wire.Opened
		want   error
	}{
		{wire.Opened{Reply: wire.Reply{Errno: int(unix.ENOENT)}}, fs.ErrNotExist},
		{wire.Opened{Reply: wire.Reply{Errno: int(unix.ENOTDIR)}}, fs.ErrNotExist},
		{wire.Opened{Reply: wire.Reply{Errno: int(unix.ELOOP)}}, ErrIrregular},
	} {
		tell(t, peer, tc.opened.Encode())
		if _, err := c.Collect(t.Context(), []string{"a"}, 100); !errors.Is(err, tc.want) {
			t.Errorf("%+v: %v", tc.opened, err)
		}
	}
	tell(t, peer, wire.Opened{Size: 101}.Encode(), int(os.Stdin.Fd()))
	if _, err := c.Collect(t.Context(), []string{"a"}, 100); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a large file: %v", err)
	}
	if _, err := c.Collect(t.Context(), []string{"../a"}, 100); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a name that leads out: %v", err)
	}
	if err := c.Usable("go on"); err != nil {
		t.Error(err)
	}
}
