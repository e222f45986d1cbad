package replica

import (
	"strings"
	"testing"
)

func TestTheIdOfAServerIsAName(t *testing.T) {
	for _, id := range []string{"n1", "N_1.example-a", "7", strings.Repeat("n", 128)} {
		if err := CheckID(id); err != nil {
			t.Error(err)
		}
	}
	for _, id := range []string{"", "n 9", "..", "-n", "n\x1b[2J", "n\n", "n1,n2", "n=1", "ñ", strings.Repeat("n", 129)} {
		if CheckID(id) == nil {
			t.Errorf("%q is accepted", id)
		}
	}
}

func TestTheAddressOfAServerCanBeDialled(t *testing.T) {
	for _, address := range []string{"10.0.0.1:2360", "n1:2360", "a_b.example.:65535", "[::1]:1", "[fe80::1%eth0]:2360"} {
		if err := CheckAddress(address); err != nil {
			t.Error(err)
		}
	}
	for _, address := range []string{"", "nonsense", "n1:", ":2360", "0.0.0.0:2360", "[::]:2360", "n1:0", "n1:65536", "n1:raft", "n 1:2360", "n\x1b1:2360", "http://n1:2360"} {
		if CheckAddress(address) == nil {
			t.Errorf("%q is accepted", address)
		}
	}
}
