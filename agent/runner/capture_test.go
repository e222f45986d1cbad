package runner

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

// write writes data in pieces of the given size.
func write(c *capture, data []byte, piece int) {
	for len(data) > 0 {
		n := min(max(piece, 1), len(data))
		c.Write(data[:n])
		data = data[n:]
	}
}

func TestACaptureKeepsWhatFits(t *testing.T) {
	c := newCapture(8, nil)
	write(c, []byte("12345678"), 3)
	if got := string(c.kept()); got != "12345678" || c.dropped() != 0 {
		t.Errorf("kept %q, dropped %d", got, c.dropped())
	}
}

func TestACaptureKeepsHeadAndTailOfWhatDoesNotFit(t *testing.T) {
	c := newCapture(8, nil)
	write(c, []byte("12345678abcdefgh"), 5)
	if got, want := string(c.kept()), "1234\n[… 8 bytes left out …]\nefgh"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
}

func TestACaptureOfNothingKeepsNothing(t *testing.T) {
	c := newCapture(0, nil)
	write(c, []byte("12345678"), 3)
	if len(c.head)+len(c.tail) != 0 {
		t.Errorf("kept %q and %q", c.head, c.tail)
	}
}

func FuzzCaptureIsAPrefixAndASuffix(f *testing.F) {
	f.Add([]byte("hello, world"), 3, int64(6))
	f.Add(bytes.Repeat([]byte("0123456789"), 20), 7, int64(64))
	f.Add([]byte{}, 1, int64(2))
	f.Fuzz(func(t *testing.T, data []byte, piece int, limit int64) {
		limit = min(max(limit, 0), 1<<10)
		spooled, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		all := newCapture(limit, func() (*os.File, error) { return spooled, nil })
		defer all.close()
		c := newCapture(limit, nil)
		write(c, data, piece)
		write(all, data, piece)
		kept := string(c.kept())
		if c.dropped() == 0 && kept != string(data) {
			t.Errorf("kept %q of %q though nothing was dropped", kept, data)
		}
		head, tail := data[:len(c.head)], data[int64(len(data))-int64(len(c.tail)):]
		if !strings.HasPrefix(kept, string(head)) || !strings.HasSuffix(kept, string(tail)) {
			t.Errorf("kept %q of %q", kept, data)
		}
		if all.file != nil {
			whole, err := os.ReadFile(spooled.Name())
			if err != nil || !bytes.Equal(whole, data) {
				t.Errorf("spooled %q of %q, %v", whole, data, err)
			}
		} else if all.dropped() != 0 {
			t.Errorf("%s were neither kept nor spooled", fmt.Sprint(all.dropped()))
		}
	})
}
