package controlplane

import (
	"log/slog"
	"path/filepath"

	"assay/controlplane/peer"
	"assay/controlplane/replica"
)

// Found is what the data directory of a server that does not run holds.
type Found struct {
	Server, Cluster string
	replica.Found
}

// Inspect tells how far the log in a data directory has come.
func Inspect(dir string, log *slog.Logger) (Found, error) {
	f, r, err := offline(dir, log)
	if err == nil {
		f.Found, err = r.Inspect()
	}
	return f, err
}

// Recover makes the log in a data directory that of a cluster of its server
// alone, reached at an address, after the majority of the old ones is lost for
// good. The others have to begin with empty data directories.
func Recover(dir, address string, log *slog.Logger) (Found, error) {
	f, r, err := offline(dir, log)
	if err == nil {
		f.Found, err = r.Recover(address)
	}
	return f, err
}

func offline(dir string, log *slog.Logger) (Found, *replica.Replica, error) {
	id, cluster, err := peer.Whose(dir)
	if err != nil {
		return Found{}, nil, err
	}
	return Found{Server: id, Cluster: cluster}, replica.New(replica.Config{NodeID: id, Dir: filepath.Join(dir, "raft")}, log, nil), nil
}
