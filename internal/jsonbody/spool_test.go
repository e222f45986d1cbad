package jsonbody

import (
	"bufio"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

// Callers tell a full disk from what is broken.
func TestAFullDiskUnderTheSpoolIsPassedOn(t *testing.T) {
	for name, size := range map[string]int{"while it is written": 200 << 10, "when it is flushed": 8 << 10} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip(err)
		}
		spool := &Spool{file: full, buf: bufio.NewWriterSize(full, 64<<10)}
		defer spool.Close()
		var v body
		err = New[body](Limits{}).Decode(strings.NewReader(`{"source":"`+strings.Repeat("x", size)+`"}`), spool, &v)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
