package peer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestADataDirectoryIsOpenedByItsOwnServerOnly(t *testing.T) {
	dir := t.TempDir()
	open := func(id, cluster string) error { return NewIdentity(dir, id, cluster, "n1:1", 2, nil).Open() }
	if err := open("n1", "ours"); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		`belongs to the server "n1", not to "n2"`:        open("n2", "ours"),
		`belongs to the cluster "ours", not to "theirs"`: open("n1", "theirs"),
		`belongs to a server of a cluster`:               Unowned(dir),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := open("n1", "ours"); err != nil {
		t.Errorf("its own: %v", err)
	}
	if id, cluster, err := Whose(dir); id != "n1" || cluster != "ours" || err != nil {
		t.Errorf("%s of %s, %v", id, cluster, err)
	}
	if err := os.WriteFile(filepath.Join(dir, identityFile), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open("n1", "ours"); err == nil {
		t.Error("a directory whose owner cannot be read was opened")
	}
}

func TestAStateThatDifferedIsNotUsedAgain(t *testing.T) {
	dir := t.TempDir()
	i := NewIdentity(dir, "n1", "c", "n1:1", 2, nil)
	if err := i.Open(); err != nil {
		t.Fatal(err)
	}
	if err := i.Diverged(); err != nil {
		t.Fatal(err)
	}
	if err := NewIdentity(dir, "n1", "c", "n1:1", 2, nil).Open(); err == nil || !strings.Contains(err.Error(), "differed from that of the other servers") {
		t.Error(err)
	}
}

func TestALogWithoutAnOwnerIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "raft"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := NewIdentity(dir, "n1", "c", "n1:1", 2, nil).Open(); err == nil || !strings.Contains(err.Error(), "holds a log but no server.json") {
		t.Error(err)
	}
}
