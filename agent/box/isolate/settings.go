package isolate

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"assay/agent/box/cgroup"
)

// settings are those of isolate's own configuration that matter here.
type settings struct {
	boxRoot  string
	cgRoot   string // version 1: where the hierarchies are mounted; version 2: the group that boxes' groups are made in
	cgParent string // version 1 only
	firstUID int
	boxes    int
	locks    bool // isolate lets programs lock files
}

// usualSettings is where an isolate at this path is likely to look: the name
// is compiled in, and derived from where it is installed.
func usualSettings(program string) []string {
	prefix := filepath.Dir(filepath.Dir(program))
	if prefix == "/usr" {
		prefix = "/"
	}
	return []string{filepath.Join(prefix, "etc/isolate"), "/usr/local/etc/isolate", "/etc/isolate"}
}

// readSettings reads the configuration of the isolate at a path. Without a
// name it is looked for.
func readSettings(program, name string) (settings, error) {
	names := usualSettings(program)
	if name != "" {
		names = []string{name}
	}
	for _, name := range names {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return settings{}, err
		}
		defer f.Close()
		s, err := parseSettings(f, os.ReadFile)
		if err != nil {
			return s, fmt.Errorf("read %s: %w", name, err)
		}
		return s, nil
	}
	return settings{}, fmt.Errorf("isolate's configuration is not at %s: name it with isolate.settings", strings.Join(names, " or "))
}

// parseSettings understands what all releases have in common: lines of
// "key = value". What it refers to is read with read.
func parseSettings(r io.Reader, read func(string) ([]byte, error)) (s settings, err error) {
	values := map[string]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		if key, value, found := strings.Cut(lines.Text(), "="); found {
			values[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	if err := lines.Err(); err != nil {
		return settings{}, err
	}
	s = settings{boxRoot: values["box_root"], cgRoot: values["cg_root"], cgParent: values["cg_parent"]}
	if file, auto := strings.CutPrefix(s.cgRoot, "auto:"); auto {
		b, err := read(file)
		if err != nil {
			return s, fmt.Errorf("find the control group of boxes: %w (start the service isolate, whose daemon makes it)", err)
		}
		s.cgRoot, _, _ = strings.Cut(string(b), "\n")
	}
	if s.locks, err = lockable(values["syscall_flags"]); err != nil {
		return s, err
	}
	if s.boxRoot == "" || s.cgRoot == "" {
		return s, errors.New("box_root or cg_root is missing")
	}
	return s, s.users(values, read)
}

// lockable reads a mask of what 2.x refuses by a filter of its own, which is
// everything unless it is told otherwise.
func lockable(mask string) (bool, error) {
	if mask == "" {
		return false, nil
	}
	const locks = 4
	n, err := strconv.Atoi(mask)
	if err != nil {
		return false, fmt.Errorf("syscall_flags: %w", err)
	}
	return n&locks == 0, nil
}

// users finds out as whom boxes run.
func (s *settings) users(values map[string]string, read func(string) ([]byte, error)) (err error) {
	if user := values["subid_user"]; user != "" {
		if s.firstUID, s.boxes, err = subordinates(user, read); err != nil {
			return err
		}
	} else if s.firstUID, err = strconv.Atoi(values["first_uid"]); err != nil {
		return fmt.Errorf("first_uid: %w", err)
	}
	if n := values["num_boxes"]; n != "" {
		if s.boxes, err = strconv.Atoi(n); err != nil {
			return fmt.Errorf("num_boxes: %w", err)
		}
	}
	return nil
}

// subordinates looks a user up in subuid(5).
func subordinates(user string, read func(string) ([]byte, error)) (first, count int, err error) {
	b, err := read("/etc/subuid")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSpace(line), ":")
		if len(f) != 3 || f[0] != user {
			continue
		}
		first, err1 := strconv.Atoi(f[1])
		count, err2 := strconv.Atoi(f[2])
		return first, count, errors.Join(err1, err2)
	}
	return 0, 0, fmt.Errorf("user %s has no line in /etc/subuid", user)
}

// usable says why a release cannot keep count of boxes with the control groups
// that are here. It would say so itself, but not what to do.
func (s settings) usable(v version) error {
	if v.major >= 2 {
		handed, err := os.ReadFile(filepath.Join(s.cgRoot, "cgroup.subtree_control"))
		if err == nil && slices.Contains(strings.Fields(string(handed)), "memory") {
			return nil
		}
		return fmt.Errorf("isolate %v makes its control groups in %s, which is no group of version 2 that hands the controller memory down: "+
			"start isolate.service, or make it so; on a host with version 1, install isolate 1.10", v, s.cgRoot)
	}
	for _, controller := range []string{"memory", "cpuacct"} {
		dir := filepath.Join(s.cgRoot, controller)
		if _, err := os.Stat(filepath.Join(dir, s.cgParent, "tasks")); err != nil {
			return fmt.Errorf("isolate %v takes version 1 of control groups, and there is none at %s: install isolate 2.x on a host with version 2, or mount version 1 there", v, filepath.Join(dir, s.cgParent))
		}
	}
	return nil
}

// place is where isolate puts the processes of a box.
func (s settings) place(major, id int) cgroup.Place {
	name := fmt.Sprintf("box-%d", id)
	if major >= 2 {
		return cgroup.Place{V2: filepath.Join(s.cgRoot, name), Vacant: true}
	}
	p := cgroup.Place{V1: map[string]string{}, Vacant: true}
	for _, controller := range []string{"memory", "cpuacct", "cpuset"} {
		p.V1[controller] = filepath.Join(s.cgRoot, controller, s.cgParent, name)
	}
	return p
}
