package docker

import (
	"errors"
	"fmt"
	"net"
	"sync"

	"golang.org/x/sys/unix"
)

// uids lends each box a user of its own. What marks one as taken is a name in
// the kernel that ends with the agent.
type uids struct {
	first, count int

	mu   sync.Mutex
	next int
}

// errTaken is returned for a user that a box has.
var errTaken = errors.New("user is taken")

func claim(uid int) (net.Listener, error) {
	l, err := net.Listen("unix", fmt.Sprintf("@assay-docker-%d", uid))
	if errors.Is(err, unix.EADDRINUSE) {
		return nil, errTaken
	}
	return l, err
}

func (u *uids) acquire() (int, net.Listener, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for range u.count {
		uid := u.first + u.next%u.count
		u.next++
		l, err := claim(uid)
		if !errors.Is(err, errTaken) {
			return uid, l, err
		}
	}
	return 0, nil, fmt.Errorf("all %d users from %d on are in use: widen docker.uids", u.count, u.first)
}
