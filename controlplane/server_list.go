package controlplane

import (
	"fmt"
	"net"
	"strings"

	"assay/controlplane/replica"
)

// serverList is the setting raft.servers. It prints what it reads.
type serverList struct{ of *Cluster }

func (l serverList) String() string {
	if l.of == nil { // package flag asks a zero value for the default
		return ""
	}
	var all []string
	for _, s := range l.of.Servers {
		all = append(all, s.ID+"="+s.Address)
	}
	return strings.Join(all, ",")
}

// Set adds to the list. An empty text adds nothing: it stands for a cluster of one.
func (l serverList) Set(list string) error {
	if strings.TrimSpace(list) == "" {
		return nil
	}
	for one := range strings.SplitSeq(list, ",") {
		id, address, ok := strings.Cut(strings.TrimSpace(one), "=")
		if _, _, err := net.SplitHostPort(address); !ok || id == "" || err != nil {
			return fmt.Errorf("%q is not of the form ID=HOST:PORT", one)
		}
		l.of.Servers = append(l.of.Servers, replica.Peer{ID: id, Address: address, Voter: true})
	}
	return nil
}
