package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"assay/client"
	"assay/internal/devserver"
)

// binary is the assay program under test, built once.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	if testing.Short() || os.Geteuid() != 0 {
		return m.Run() // every test skips
	}
	dir, err := os.MkdirTemp("", "assay-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "assay")
	build := exec.Command("go", "build", "-o", binary, "assay/cmd/assay")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build assay:", err)
		return 1
	}
	return m.Run()
}

// needBoxes skips a test where boxes cannot be made.
func needBoxes(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: -short leaves out real processes")
	}
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: real boxes need root")
	}
}

// start runs assay dev on dir until the test ends, and then stops it in order:
// nothing may write to dir while that is removed.
func start(t *testing.T, dir string, args ...string) (*devserver.Server, *client.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	server, err := devserver.Start(ctx, binary, dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end(t, server)
		if t.Failed() {
			t.Logf("end of the server's log:\n%s", server.Log())
		}
	})
	return server, client.New(server.URL)
}

// end stops a server that the test has left running.
func end(t *testing.T, server *devserver.Server) {
	select {
	case <-server.Exited():
		return
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := server.Stop(ctx); err != nil {
		t.Error(err)
	}
}
