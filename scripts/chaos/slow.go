package main

import (
	"net"
	"sync"
	"time"
)

// slow makes what a part sends to others of the cluster arrive late. Undo ends
// it.
func (p *part) slow(by time.Duration, hosts []*part) (undo func() error, err error) {
	netem := []string{"dev", "eth0", "root", "netem", "delay", by.String(), (by / 4).String()}
	if p.do(append([]string{"tc", "qdisc", "add"}, netem...)...) == nil {
		return func() error { return p.do("tc", "qdisc", "del", "dev", "eth0", "root") }, nil
	}
	return p.detour(by, hosts)
}

// detour is for kernels without netem: connections that the part opens to the
// others go through a proxy that holds back what it carries. Those that are open
// are broken off, so that they are made anew.
func (p *part) detour(by time.Duration, hosts []*part) (undo func() error, err error) {
	var proxies []*proxy
	undo = func() error {
		err := p.do("iptables", "-w", "-t", "nat", "-F")
		for _, x := range proxies {
			x.close()
		}
		return err
	}
	for _, h := range hosts {
		x, err := newProxy(net.JoinHostPort(h.ip, raftPort), by)
		if err != nil {
			return undo, err
		}
		proxies = append(proxies, x)
		if err := p.do("iptables", "-w", "-t", "nat", "-A", "OUTPUT", "-d", h.ip, "-p", "tcp", "--dport", raftPort,
			"-j", "DNAT", "--to-destination", x.address()); err != nil {
			return undo, err
		}
		if err := p.reset(h); err != nil {
			return undo, err
		}
	}
	return undo, nil
}

// reset breaks off the connections between two parts.
func (p *part) reset(h *part) error {
	rule := []string{"INPUT", "-s", h.ip, "-p", "tcp", "--sport", raftPort, "-j", "REJECT", "--reject-with", "tcp-reset"}
	if err := p.do(append([]string{"iptables", "-w", "-I"}, rule...)...); err != nil {
		return err
	}
	time.Sleep(300 * time.Millisecond) // beats come by more often
	return p.do(append([]string{"iptables", "-w", "-D"}, rule...)...)
}

// proxy passes connections on, late.
type proxy struct {
	l     net.Listener
	to    string
	delay time.Duration

	mu   sync.Mutex // guards open
	open map[net.Conn]bool
}

func newProxy(to string, delay time.Duration) (*proxy, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(bridgeIP, "0"))
	if err != nil {
		return nil, err
	}
	x := &proxy{l: l, to: to, delay: delay, open: map[net.Conn]bool{}}
	go x.serve()
	return x, nil
}

func (x *proxy) address() string { return x.l.Addr().String() }

func (x *proxy) serve() {
	for {
		from, err := x.l.Accept()
		if err != nil {
			return // closed
		}
		to, err := net.DialTimeout("tcp", x.to, 5*time.Second)
		if err != nil {
			from.Close()
			continue
		}
		x.keep(from, to)
		go x.carry(from, to)
		go x.carry(to, from)
	}
}

func (x *proxy) keep(all ...net.Conn) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range all {
		x.open[c] = true
	}
}

// late is bytes with the time at which they may go on.
type late struct {
	due  time.Time
	data []byte
}

// carry holds every byte back for the same time.
func (x *proxy) carry(from, to net.Conn) {
	under := make(chan late, 4096) // what is on its way
	go func() {
		defer to.Close()
		for l := range under {
			time.Sleep(time.Until(l.due))
			if _, err := to.Write(l.data); err != nil {
				from.Close()
			}
		}
	}()
	defer close(under)
	for {
		data := make([]byte, 16<<10)
		n, err := from.Read(data)
		if n > 0 {
			under <- late{time.Now().Add(x.delay), data[:n]}
		}
		if err != nil {
			return
		}
	}
}

// close breaks off everything that it carries.
func (x *proxy) close() {
	x.l.Close()
	x.mu.Lock()
	defer x.mu.Unlock()
	for c := range x.open {
		c.Close()
	}
}
