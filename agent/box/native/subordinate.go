package native

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// subordinates are the users and groups that the system lends to this process's
// user, who is not root, for user namespaces of its own: subuid(5).
type subordinates struct {
	uids, gids idRange
}

type idRange struct{ first, count int }

// lentIDs finds the subordinates of this process's user.
func lentIDs() (*subordinates, error) {
	me, err := user.Current()
	if err != nil {
		return nil, err
	}
	for _, program := range []string{"newuidmap", "newgidmap"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("native boxes without root take the program %s: install the package uidmap, or run the agent as root", program)
		}
	}
	var s subordinates
	if s.uids, err = lentIn("/etc/subuid", me); err != nil {
		return nil, err
	}
	s.gids, err = lentIn("/etc/subgid", me)
	return &s, err
}

// lentIn reads the first range of a user from a file.
func lentIn(name string, who *user.User) (idRange, error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return idRange{}, err
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSpace(line), ":")
		if len(f) != 3 || (f[0] != who.Username && f[0] != who.Uid) {
			continue
		}
		first, err1 := strconv.Atoi(f[1])
		count, err2 := strconv.Atoi(f[2])
		if err := errors.Join(err1, err2); err != nil {
			return idRange{}, fmt.Errorf("read %s: %w", name, err)
		}
		return idRange{first, count}, nil
	}
	return idRange{}, fmt.Errorf("%s lends nothing to %s, and native boxes without root take users of their own: "+
		"as root, usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s; or run the agent as root", name, who.Username, who.Username)
}

// share is the first range of users for one agent, and its size: the wanted one
// if so many are lent.
func (s *subordinates) share(wanted int) (first, count int) {
	return s.uids.first, min(wanted, s.uids.count, s.gids.count)
}

// admit tells the user namespace of an init who is who in it: root is this
// process's user, and the box's user one of the subordinates.
func (s *subordinates) admit(pid, uid int) error {
	gid := s.gids.first + uid - s.uids.first
	return errors.Join(
		mapIDs("newuidmap", pid, os.Geteuid(), uid, uid),
		mapIDs("newgidmap", pid, os.Getegid(), uid, gid),
	)
}

func mapIDs(program string, pid, root, inside, outside int) error {
	var complaint bytes.Buffer
	c := exec.Command(program, strconv.Itoa(pid), "0", strconv.Itoa(root), "1", strconv.Itoa(inside), strconv.Itoa(outside), "1")
	c.Stderr = &complaint
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, bytes.TrimSpace(complaint.Bytes()))
	}
	return nil
}

// initCapabilities are what an init that starts as nobody needs to make a box.
var initCapabilities = []uintptr{
	unix.CAP_DAC_OVERRIDE, unix.CAP_FOWNER, unix.CAP_KILL, unix.CAP_SETGID, unix.CAP_SETUID, unix.CAP_SETPCAP,
	unix.CAP_SYS_CHROOT, unix.CAP_SYS_ADMIN,
}

// userNamespaceRemedy tells what keeps unprivileged users from namespaces here.
func userNamespaceRemedy() string {
	for _, switches := range []struct{ name, bad, remedy string }{
		{"apparmor_restrict_unprivileged_userns", "1", "AppArmor keeps it from programs without a profile: give the agent's program one that says userns, or, as root, sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
		{"unprivileged_userns_clone", "0", "as root, sysctl kernel.unprivileged_userns_clone=1"},
	} {
		v, err := os.ReadFile("/proc/sys/kernel/" + switches.name)
		if err == nil && string(bytes.TrimSpace(v)) == switches.bad {
			return " (" + switches.remedy + ")"
		}
	}
	return " (the agent needs a user namespace: allow it, or run the agent as root)"
}
