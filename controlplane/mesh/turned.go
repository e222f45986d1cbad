package mesh

import (
	"log/slog"
	"net"
	"sync"
	"time"
)

// Of each host there is a line in so long, and so many hosts are known at one
// time; all others share a place.
const (
	TellEvery = 10 * time.Second
	mostHosts = 256
)

// TurnedAway logs connections that are not admitted, but not all of them:
// whoever has the wrong certificate, or the wrong port, tries without end. Safe
// for concurrent use.
type TurnedAway struct {
	log *slog.Logger

	mu    sync.Mutex // guards hosts
	hosts map[string]*told
}

// told is what was last said of a host.
type told struct {
	at   time.Time
	left int // connections since then, of which nothing was said
}

// NewTurnedAway has logged nothing yet.
func NewTurnedAway(log *slog.Logger) *TurnedAway {
	return &TurnedAway{log: log, hosts: map[string]*told{}}
}

// Tell logs that a connection was turned away, and why, unless one of the same
// host was logged just now.
func (t *TurnedAway) Tell(from net.Addr, why error) {
	if left, due := t.due(hostOf(from)); due {
		t.log.Warn("connection turned away", "from", from.String(), "err", why, "left_out", left)
	}
}

// due reports whether there is to be a line of a host, and of how many
// connections there was none since the last.
func (t *TurnedAway) due(host string) (left int, due bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, now := t.place(host), time.Now()
	if now.Sub(last.at) < TellEvery {
		last.left++
		return 0, false
	}
	left, last.at, last.left = last.left, now, 0
	return left, true
}

// place needs mu.
func (t *TurnedAway) place(host string) *told {
	if t.hosts[host] == nil && len(t.hosts) >= mostHosts {
		t.forget()
	}
	if t.hosts[host] == nil && len(t.hosts) >= mostHosts {
		host = ""
	}
	if t.hosts[host] == nil {
		t.hosts[host] = &told{}
	}
	return t.hosts[host]
}

// forget needs mu. It drops the hosts that may have a line at once anyway.
func (t *TurnedAway) forget() {
	for host, last := range t.hosts {
		if time.Since(last.at) >= TellEvery {
			delete(t.hosts, host)
		}
	}
}

// hostOf leaves out the port, which differs with every connection.
func hostOf(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}
