package boxtest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// waitForTurn keeps hostile programs to one test process at a time on this host
// until the test ends: each counts what the whole host holds, and has a server
// at the address that programs know.
func waitForTurn(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(os.TempDir(), "assay-hostile.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err == nil {
			return
		}
		if err != syscall.EINTR {
			t.Fatal("wait for other hostile programs on this host: ", err)
		}
	}
}
