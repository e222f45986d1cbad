package native

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// users lends each box a user id of its own. Ids are lent in turn, so that one
// is not used again soon.
type users struct {
	mu    sync.Mutex
	first int
	count int
	next  int
	taken map[int]bool // by boxes, and by the host
	claim net.Listener // marks the range as ours
}

// maxRanges is how many agents of one host find a range of users of their own.
const maxRanges = 16

// claimUsers takes a range of ids that no other agent of this host has: from
// the configured one on, the first that is free. What marks it is a name in
// the kernel that ends with the process.
func claimUsers(c Config, lent *subordinates) (*users, error) {
	taken, err := hostUsers()
	if err != nil {
		return nil, err
	}
	ranges := maxRanges
	if lent != nil {
		ranges = min(lent.uids.count, lent.gids.count) / c.UIDs
	}
	for i := range ranges {
		u := &users{first: c.FirstUID + i*c.UIDs, count: c.UIDs, taken: taken}
		u.claim, err = net.Listen("unix", fmt.Sprintf("@assay-users-%d", u.first))
		if err == nil {
			return u, nil
		}
		if !errors.Is(err, unix.EADDRINUSE) {
			return nil, fmt.Errorf("claim users: %w", err)
		}
	}
	return nil, fmt.Errorf("%d ranges of %d users from %d on are taken by other agents", ranges, c.UIDs, c.FirstUID)
}

// hostUsers are the ids that boxes must not use.
func hostUsers() (map[int]bool, error) {
	b, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return nil, err
	}
	taken := map[int]bool{}
	for line := range strings.Lines(string(b)) {
		if f := strings.Split(line, ":"); len(f) > 2 {
			if uid, err := strconv.Atoi(f[2]); err == nil {
				taken[uid] = true
			}
		}
	}
	return taken, nil
}

// acquire lends an id. It has to be released.
func (u *users) acquire() (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for range u.count {
		uid := u.first + u.next%u.count
		u.next++
		if !u.taken[uid] {
			u.taken[uid] = true
			return uid, nil
		}
	}
	return 0, fmt.Errorf("all %d users from %d on are in use", u.count, u.first)
}

func (u *users) release(uid int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.taken, uid)
}

// close gives the range back.
func (u *users) close() { _ = u.claim.Close() }
