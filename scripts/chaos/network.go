package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"assay/internal/process"
)

// network is a bridge with a namespace for each part at its ports. Clients stay
// with the bridge itself.
type network struct{ parts map[string]*part }

// part is one namespace. A process that does nothing keeps it alive.
type part struct {
	name, ip string
	holder   *process.Process
}

const bridgeIP = "10.77.0.1"

func newNetwork() (*network, error) {
	for _, args := range []string{"link set lo up", "link add br0 type bridge", "addr add " + bridgeIP + "/24 dev br0", "link set br0 up"} {
		if err := tool("ip", strings.Fields(args)...); err != nil {
			return nil, err
		}
	}
	return &network{parts: map[string]*part{}}, nil
}

// add makes a namespace with an address at the bridge.
func (n *network) add(name string) (*part, error) {
	holder, err := process.Start("unshare", "--net", "sleep", "infinity")
	if err != nil {
		return nil, err
	}
	p := &part{name: name, ip: fmt.Sprint("10.77.0.", 11+len(n.parts)), holder: holder}
	n.parts[name] = p
	if err := p.own(); err != nil {
		return nil, err
	}
	pid, port := fmt.Sprint(holder.PID()), "to-"+name
	if err := tool("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", pid); err != nil {
		return nil, err
	}
	if err := tool("ip", "link", "set", port, "master", "br0", "up"); err != nil {
		return nil, err
	}
	for _, args := range []string{"ip link set lo up", "ip addr add " + p.ip + "/24 dev eth0", "ip link set eth0 up"} {
		if err := p.do(strings.Fields(args)...); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// own waits until the holder has a network of its own.
func (p *part) own() error {
	ours, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return err
	}
	for range 500 {
		theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", p.holder.PID()))
		if err == nil && theirs != ours {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("no network namespace for %s: %s", p.name, p.holder.Log())
}

// enter is what makes a program run there.
func (p *part) enter() []string {
	return []string{"nsenter", fmt.Sprintf("--net=/proc/%d/ns/net", p.holder.PID()), "--"}
}

func (p *part) do(args ...string) error {
	args = append(p.enter(), args...)
	return tool(args[0], args[1:]...)
}

// cut drops everything between a part and those parts, in both directions.
func (p *part) cut(others ...*part) error {
	for _, o := range others {
		if err := p.rule("-s", o.ip, "-j", "DROP"); err != nil {
			return err
		}
		if err := o.rule("-s", p.ip, "-j", "DROP"); err != nil {
			return err
		}
	}
	return nil
}

// lose drops one packet in so many of those that come in.
func (p *part) lose(probability float64) error {
	return p.rule("-m", "statistic", "--mode", "random", "--probability", fmt.Sprint(probability), "-j", "DROP")
}

func (p *part) rule(args ...string) error {
	return p.do(append([]string{"iptables", "-w", "-I", "INPUT"}, args...)...)
}

// heal takes back all that was done to the network.
func (n *network) heal() error {
	for _, p := range n.parts {
		if err := p.do("iptables", "-w", "-F"); err != nil {
			return err
		}
		if err := p.do("iptables", "-w", "-t", "nat", "-F"); err != nil {
			return err
		}
	}
	return nil
}
