package peer

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"assay/controlplane/replica"
	pb "assay/proto/assay/v1"
)

// identityFile lies in a data directory and says whose it is.
const identityFile = "server.json"

// Identity is whose data directory this is, and how far it has come. It is on
// disk. Safe for concurrent use.
type Identity struct {
	dir     string
	address string
	level   int               // highest feature level that it knows
	servers map[string]string // the static list, id to address

	mu sync.Mutex // guards on
	on onDisk
}

type onDisk struct {
	ID        string `json:"id"`
	Cluster   string `json:"cluster"`
	Directory string `json:"directory"` // random, made with the directory
	// Founders are the data directories with which the cluster was formed, by
	// id, once it is settled that it will be; or, in a server that joined, only
	// that it has been let in.
	Founders map[string]string `json:"founders,omitempty"`
	Joined   bool              `json:"joined,omitempty"`
	// Started: the log has something in it that was acknowledged.
	Started bool `json:"started,omitempty"`
	// Diverged: the state here was not what the majority had.
	Diverged bool `json:"diverged,omitempty"`
}

// NewIdentity reads nothing yet. Servers is the static list.
func NewIdentity(dir, id, cluster, address string, level int, servers []replica.Peer) *Identity {
	i := &Identity{dir: dir, address: address, level: level, servers: map[string]string{}, on: onDisk{ID: id, Cluster: cluster}}
	for _, s := range servers {
		i.servers[s.ID] = s.Address
	}
	return i
}

// Open reads whose the data directory is, or makes it this server's. That of
// another server or of another cluster is refused.
func (i *Identity) Open() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if err := os.MkdirAll(i.dir, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	data, err := os.ReadFile(i.path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Join(i.dir, "raft")); err == nil {
			return fmt.Errorf("data directory %s holds a log but no %s: it is that of `assay dev`, or a part of another one; name another directory", i.dir, identityFile)
		}
		i.on.Directory = rand.Text()
		return i.write()
	case err != nil:
		return fmt.Errorf("read identity: %w", err)
	}
	var on onDisk
	if err := json.Unmarshal(data, &on); err != nil {
		return fmt.Errorf("read identity %s: %w", i.path(), err)
	}
	switch {
	case on.Cluster != i.on.Cluster:
		return fmt.Errorf("data directory %s belongs to the cluster %q, not to %q", i.dir, on.Cluster, i.on.Cluster)
	case on.ID != i.on.ID:
		return fmt.Errorf("data directory %s belongs to the server %q, not to %q: name the right one, or start with an empty one", i.dir, on.ID, i.on.ID)
	case on.Diverged:
		return fmt.Errorf("the state in the data directory %s differed from that of the other servers: keep it aside for whoever looks into that, and start with an empty one, so that this server joins as a new one", i.dir)
	}
	i.on = on
	return nil
}

func (i *Identity) path() string { return filepath.Join(i.dir, identityFile) }

// write needs mu. The file is there as a whole or as it was.
func (i *Identity) write() error {
	data, err := json.MarshalIndent(i.on, "", "  ")
	if err != nil {
		return err
	}
	if err := replaceFile(i.path(), append(data, '\n')); err != nil {
		return fmt.Errorf("write identity: %w", err)
	}
	return nil
}

func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// change writes a change down before anybody sees it.
func (i *Identity) change(f func(*onDisk)) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	old := i.on
	f(&i.on)
	err := i.write()
	if err != nil {
		i.on = old
	}
	return err
}

// Started notes that this server takes part in a cluster.
func (i *Identity) Started() error {
	if i.get().Started {
		return nil
	}
	return i.change(func(on *onDisk) { on.Started = true })
}

// Diverged notes that what lies here must not be used again.
func (i *Identity) Diverged() error { return i.change(func(on *onDisk) { on.Diverged = true }) }

func (i *Identity) get() onDisk {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.on
}

func (i *Identity) describe(d *pb.Description) {
	on := i.get()
	d.Id, d.Directory, d.Founders = on.ID, on.Directory, maps.Clone(on.Founders)
	d.Formed = on.Founders != nil || on.Joined
	d.Servers, d.Level = i.servers, uint32(i.level)
}

// Whose reads which server a data directory belongs to, and of which cluster.
func Whose(dir string) (id, cluster string, err error) {
	data, err := os.ReadFile(filepath.Join(dir, identityFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", fmt.Errorf("%s is not the data directory of a server: %w", dir, err)
	} else if err != nil {
		return "", "", fmt.Errorf("read identity: %w", err)
	}
	var on onDisk
	if err := json.Unmarshal(data, &on); err != nil {
		return "", "", fmt.Errorf("read identity %s: %w", filepath.Join(dir, identityFile), err)
	}
	return on.ID, on.Cluster, nil
}

// Unowned makes sure that a data directory is not that of a server that has
// others.
func Unowned(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, identityFile)); err == nil {
		return fmt.Errorf("data directory %s belongs to a server of a cluster, as its %s says: name another directory", dir, identityFile)
	}
	return nil
}
