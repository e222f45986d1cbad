package keeper

import (
	"runtime"
	"sync"
	"syscall"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// It must run here: main would be too late, after every package has been
// initialised.
func init() {
	if how, marked := syscall.Getenv(wire.KeeperMarker); marked && syscall.Getpid() == 1 {
		serve(how)
		syscall.Exit(0)
	}
}

// serve is the life of the init: it ends when the agent hangs up, and every
// process of the box with it.
func serve(how string) {
	inside.CloseOnExec()
	request, kill, err := links(how)
	if err != nil {
		return
	}
	agent := inside.NewConn(request)
	setup, fds, ok := agent.ReceiveSetup()
	inside.CloseAll(fds)
	if !ok {
		return
	}
	b := &box{agent: agent, oom: -1}
	if err := b.prepare(setup); err != nil {
		agent.Send(inside.ReplyTo(err).Encode(), -1)
		return
	}
	go b.fork(setup)
	inside.Listen(kill, b.doom)
}

// prepare does what has to be done once.
func (b *box) prepare(s wire.Setup) error {
	inside.DefaultSignals()
	syscall.Umask(0o022)
	if s.Stage != "" {
		if err := syscall.Sethostname([]byte(s.Host)); err != nil {
			return inside.Failed("set host name", err)
		}
		if err := stageRoot(s); err != nil {
			return err
		}
	} else {
		makeThreads()
		oom, err := syscall.Open("/proc/self/oom_score_adj", syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return inside.Failed("open oom_score_adj", err)
		}
		b.oom = oom
	}
	return b.openRoot(s.Stage)
}

// spareThreads is how many threads may come to be needed at one time.
const spareThreads = 8

// makeThreads has the run time make the threads that it could ask for later.
// They count among the processes of the container, so their number must stay
// what it is.
func makeThreads() {
	var started, release sync.WaitGroup
	release.Add(1)
	started.Add(spareThreads)
	for range spareThreads {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			started.Done()
			release.Wait()
		}()
	}
	started.Wait()
	release.Done()
}

// fork is the forker: it confines itself for good and then answers requests.
func (b *box) fork(s wire.Setup) {
	runtime.LockOSThread()
	err := b.confine(s)
	b.agent.Send(inside.ReplyTo(err).Encode(), -1)
	if err == nil {
		b.requests = make(chan func())
		b.done = make(chan struct{})
		go b.janitor()
		b.answer()
	}
	syscall.Exit(0)
}
