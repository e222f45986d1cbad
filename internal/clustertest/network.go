package clustertest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
)

// pipeBytes is how much is on its way on one connection at most.
const pipeBytes = 256 << 10

// Network connects nodes by name. An address is NODE:PORT. Safe for
// concurrent use.
type Network struct {
	mu        sync.Mutex // guards the rest
	listeners map[string]*listener
	side      map[string]int // nodes reach those on their own side; 0 by default
	conns     map[*conn]struct{}
}

func newNetwork() *Network {
	return &Network{listeners: map[string]*listener{}, side: map[string]int{}, conns: map[*conn]struct{}{}}
}

// conn is one end that was dialled, and knows between whom it is.
type conn struct {
	net.Conn
	network  *Network
	from, to string
}

// Close ends the connection.
func (c *conn) Close() error {
	c.network.mu.Lock()
	delete(c.network.conns, c)
	c.network.mu.Unlock()
	return c.Conn.Close()
}

// listen gives an address to whoever listens there now.
func (n *Network) listen(address string) net.Listener {
	l := newListener(address)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.listeners[address] = l
	return l
}

var errCut = errors.New("the network is cut")

// dialer is a node's way to others.
func (n *Network) dialer(from string) func(ctx context.Context, address string) (net.Conn, error) {
	return func(ctx context.Context, address string) (net.Conn, error) {
		to, _, _ := strings.Cut(address, ":")
		n.mu.Lock()
		l, cut := n.listeners[address], n.side[from] != n.side[to]
		n.mu.Unlock()
		if cut || l == nil {
			return nil, fmt.Errorf("dial %s from %s: %w", address, from, errCut)
		}
		raw, err := l.dial(ctx)
		if err != nil {
			return nil, err
		}
		return n.keep(&conn{raw, n, from, to})
	}
}

// keep remembers a connection so that it can be cut.
func (n *Network) keep(c *conn) (net.Conn, error) {
	n.mu.Lock()
	cut := n.side[c.from] != n.side[c.to]
	if !cut {
		n.conns[c] = struct{}{}
	}
	n.mu.Unlock()
	if cut {
		c.Conn.Close()
		return nil, errCut
	}
	return c, nil
}

// Partition takes nodes out of the reach of all others. They reach one another.
func (n *Network) Partition(nodes ...string) {
	n.mu.Lock()
	clear(n.side)
	for _, node := range nodes {
		n.side[node] = 1
	}
	var cut []*conn
	for c := range n.conns {
		if n.side[c.from] != n.side[c.to] {
			cut = append(cut, c)
		}
	}
	n.mu.Unlock()
	for _, c := range cut {
		c.Close()
	}
}

// Heal lets everybody reach everybody.
func (n *Network) Heal() { n.Partition() }
