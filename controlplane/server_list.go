package controlplane

import (
	"errors"
	"fmt"
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
		if !ok {
			return fmt.Errorf("%q is not of the form ID=HOST:PORT", one)
		}
		if err := CheckServer(id, address); err != nil {
			return fmt.Errorf("%q is not of the form ID=HOST:PORT: %w", one, err)
		}
		l.of.Servers = append(l.of.Servers, replica.Peer{ID: id, Address: address, Voter: true})
	}
	return nil
}

// CheckServer says what is wrong with the id and the raft address of a server.
func CheckServer(id, address string) error {
	return errors.Join(replica.CheckID(id), replica.CheckAddress(address))
}

// CheckAddress says what is wrong with an address that others dial.
func CheckAddress(address string) error { return replica.CheckAddress(address) }
