package replica

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
)

var (
	// idForm is that of all names: short, printable, and without what separates
	// names in lists, tables and addresses.
	idForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:+#@/-]{0,127}$`)
	hostForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$`)
)

// CheckID says what is wrong with the id of a server. It is written down for
// ever, so it is checked before.
func CheckID(id string) error {
	if !idForm.MatchString(id) {
		return fmt.Errorf("%q is no name of a server: letters, digits and . _ : + # @ / -, at most 128, of which the first is a letter or a digit", id)
	}
	return nil
}

// CheckAddress says what is wrong with the address of a server, which others
// dial as it is written.
func CheckAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	n, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil || n == 0 || !isHost(host) {
		return fmt.Errorf("%q is not the HOST:PORT that other servers reach a server at", address)
	}
	return nil
}

func isHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsUnspecified()
	}
	return hostForm.MatchString(host)
}
