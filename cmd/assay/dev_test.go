package main

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
)

// ends runs a command that must end by itself and returns its exit code and
// what it wrote to stderr.
func ends(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var stderr strings.Builder
	code := run(t.Context(), terminal{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr}, args)
	return code, stderr.String()
}

func TestATakenPortIsNamedWithItsSetting(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	code, stderr := ends(t, "dev", "--http", addr, "--data-dir", t.TempDir())
	if code != exitRejected || !strings.Contains(stderr, addr+" (setting http) is taken") {
		t.Errorf("exit code %d, stderr: %s", code, stderr)
	}
}

func TestADataDirectoryBelongsToOneProcess(t *testing.T) {
	dir := t.TempDir()
	unlock, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	code, stderr := ends(t, "dev", "--http", "127.0.0.1:0", "--data-dir", dir)
	if code != exitRejected || !strings.Contains(stderr, dir+" belongs to another assay process") || !strings.Contains(stderr, "--data-dir") {
		t.Errorf("exit code %d, stderr: %s", code, stderr)
	}
}

func TestWhatAnInterruptEndedSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(context.DeadlineExceeded)
	var stderr strings.Builder
	code := run(ctx, terminal{stdout: io.Discard, stderr: &stderr}, []string{"status"})
	if want := "assay status: " + context.DeadlineExceeded.Error() + "\n"; code != exitRejected || stderr.String() != want {
		t.Errorf("exit code %d, stderr %q, want %q", code, &stderr, want)
	}
}
