package peer

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	pb "assay/proto/assay/v1"
)

// missing says which server does not answer, and why: before all one whose
// certificate or ours is the reason, since that does not pass by itself.
func (f *Former) missing(silent map[string]error) error {
	var first error
	for _, s := range f.servers {
		why := silent[s.ID]
		if why == nil {
			continue
		}
		err := fmt.Errorf("server %s (%s) does not answer yet: %w", s.ID, s.Address, why)
		if ofTLS(why) {
			return err
		}
		first = cmp.Or(first, err)
	}
	return first
}

func (f *Former) otherList(id string, d *pb.Description) error {
	return fmt.Errorf("server %s was given another list of servers: %s, not %s; raft.servers must be the same everywhere", id, list(d.GetServers()), list(f.identity.servers))
}

// list is servers as raft.servers has them, in the order of their ids.
func list(servers map[string]string) string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(servers)) {
		all = append(all, id+"="+servers[id])
	}
	return strings.Join(all, ",")
}

// weight is how loudly to say why there is no cluster yet: that some server is
// not there is as it should be at first, and a certificate never is.
func weight(why error) slog.Level {
	if ofTLS(why) {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// ofTLS reports whether one side did not want the other's certificate, or does
// not speak TLS.
func ofTLS(err error) bool {
	_, here := errors.AsType[*tls.CertificateVerificationError](err)
	_, there := errors.AsType[tls.AlertError](err)
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	return here || there || plain
}
