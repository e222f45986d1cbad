package boxtest

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// canaries are secrets of the host: no program in a box must ever print one.
type canaries map[string]string // where it is, by what it says

// plantCanaries puts secrets where a program might reach: files that everybody
// may read, the agent's environment, a descriptor that boxes inherit unless
// somebody takes care, and servers on this machine.
func plantCanaries(t *testing.T) canaries {
	t.Helper()
	c := canaries{}
	dirs := []string{os.TempDir(), "/var/tmp", "/dev/shm", "/usr/local"}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, home)
	}
	if work, err := os.Getwd(); err == nil {
		dirs = append(dirs, work)
	}
	for _, dir := range dirs {
		c.plantFile(t, dir)
	}
	t.Setenv("ASSAY_CANARY", c.secret("the agent's environment"))
	c.plantDescriptor(t)
	c.plantServer(t, "tcp", "127.0.0.1:0")
	c.plantServer(t, "unix", "@assay-canary")
	return c
}

func (c canaries) secret(where string) string {
	text := "canary-" + rand.Text()
	c[text] = where
	return text
}

func (c canaries) plantFile(t *testing.T, dir string) {
	t.Helper()
	f, err := os.CreateTemp(dir, "assay-canary-*")
	if err != nil {
		t.Logf("no canary in %s: %v", dir, err)
		return
	}
	t.Cleanup(func() { _ = os.Remove(f.Name()) })
	defer f.Close()
	if _, err := fmt.Fprintln(f, c.secret(f.Name())); err != nil {
		t.Fatal(err)
	}
	if err := f.Chmod(0o644); err != nil {
		t.Fatal(err)
	}
}

// plantDescriptor opens a file as careless code does: it stays open in every
// process that this one starts.
func (c canaries) plantDescriptor(t *testing.T) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "inherited")
	if err := os.WriteFile(name, []byte(c.secret("an inherited descriptor")), 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Open(name, syscall.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
}

// plantServer tells a secret to everybody who connects.
func (c canaries) plantServer(t *testing.T, network, address string) {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	secret := c.secret(network + " " + l.Addr().String())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprintln(conn, secret)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		t.Setenv("ASSAY_CANARY_PORT", fmt.Sprint(a.Port))
	}
}

// seen tells which canaries a program has printed.
func (c canaries) seen(r ran) (where []string) {
	for text, place := range c {
		if strings.Contains(r.stdout, text) || strings.Contains(r.stderr, text) {
			where = append(where, place)
		}
	}
	return where
}
