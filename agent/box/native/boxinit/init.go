package boxinit

import (
	"syscall"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// This is the one init function with an effect in the whole program. It must
// run here: main would be too late, after every package has been initialised.
func init() {
	if _, marked := syscall.Getenv(wire.InitMarker); marked && syscall.Getpid() == 1 {
		serve()
		syscall.Exit(0)
	}
}

// serve is the life of the init: it ends when the agent hangs up, and every
// process of the box with it.
func serve() {
	inside.CloseOnExec()
	agent := inside.NewConn(wire.RequestFD)
	setup, cgroups, ok := agent.ReceiveSetup()
	if !ok {
		return
	}
	if setup.Unprivileged {
		if err := becomeRoot(); err != nil {
			agent.Send(inside.ReplyTo(err).Encode(), -1)
			return
		}
	}
	b := &box{agent: agent, ends: inside.NewConn(wire.RunFD), died: make(chan struct{})}
	if err := b.prepare(setup); err != nil {
		agent.Send(inside.ReplyTo(err).Encode(), -1)
		return
	}
	var err error
	if b.runner, err = newRunner(setup, cgroups); err != nil {
		agent.Send(inside.ReplyTo(err).Encode(), -1)
		return
	}
	go b.start(setup, cgroups)
	inside.Listen(wire.KillFD, b.doom)
}

// prepare does what has to be done once and with full privileges.
func (b *box) prepare(s wire.Setup) error {
	inside.DefaultSignals()
	syscall.Umask(0o022)
	if err := syscall.Sethostname([]byte(s.Host)); err != nil {
		return inside.Failed("set host name", err)
	}
	if err := b.buildRoot(s); err != nil {
		return err
	}
	return b.openRoot()
}
