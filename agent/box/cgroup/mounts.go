package cgroup

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// hierarchy is a mounted cgroup hierarchy, and where in it this process is.
type hierarchy struct {
	controllers []string // version 1 only
	mount       string
	own         string // directory of this process's group
}

// system is what this machine has mounted.
type system struct {
	v1 []hierarchy
	v2 *hierarchy
}

// detect looks at what is mounted and where this process belongs.
func detect() (system, error) {
	mounts, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return system{}, err
	}
	defer mounts.Close()
	groups, err := os.Open("/proc/self/cgroup")
	if err != nil {
		return system{}, err
	}
	defer groups.Close()
	return parse(mounts, groups)
}

// parse reads proc(5) mountinfo and cgroup files.
func parse(mounts, groups io.Reader) (system, error) {
	paths, err := parseGroups(groups)
	if err != nil {
		return system{}, err
	}
	var s system
	lines := bufio.NewScanner(mounts)
	for lines.Scan() {
		before, after, _ := strings.Cut(lines.Text(), " - ")
		f, g := strings.Fields(before), strings.Fields(after)
		if len(f) < 6 || len(g) < 3 {
			continue
		}
		switch root, mount := f[3], f[4]; g[0] {
		case "cgroup2":
			s.v2 = &hierarchy{mount: mount, own: locate(mount, root, paths[""])}
		case "cgroup":
			s.addV1(mount, root, strings.Split(g[2], ","), paths)
		}
	}
	return s, lines.Err()
}

func (s *system) addV1(mount, root string, options []string, paths map[string]string) {
	h := hierarchy{mount: mount}
	for _, o := range options {
		if path, ok := paths[o]; ok && o != "" {
			h.controllers = append(h.controllers, o)
			h.own = locate(mount, root, path)
		}
	}
	if len(h.controllers) > 0 {
		s.v1 = append(s.v1, h)
	}
}

// parseGroups maps each controller, and "" for version 2, to this process's
// group.
func parseGroups(r io.Reader) (map[string]string, error) {
	paths := map[string]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.SplitN(lines.Text(), ":", 3)
		if len(f) != 3 {
			continue
		}
		for _, c := range strings.Split(f[1], ",") {
			paths[c] = f[2]
		}
	}
	return paths, lines.Err()
}

// locate finds the directory of a group below a mount that shows the hierarchy
// from root down. In a container the group can lie outside of what is mounted;
// then the top of the mount is the nearest there is.
func locate(mount, root, group string) string {
	rel, err := filepath.Rel(root, group)
	if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return mount
	}
	return filepath.Join(mount, rel)
}

// with finds the version 1 hierarchy of a controller.
func (s system) with(controller string) (hierarchy, bool) {
	i := slices.IndexFunc(s.v1, func(h hierarchy) bool { return slices.Contains(h.controllers, controller) })
	if i < 0 {
		return hierarchy{}, false
	}
	return s.v1[i], true
}
