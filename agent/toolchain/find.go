package toolchain

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/agent/box"
	"assay/internal/natural"
)

// found is a tool's real file.
type found struct {
	host string // path on the host
	seen string // path in boxes
	home string // folder of the installation in boxes
	root string // the same folder on the host, empty when it needs no mount
}

// find resolves the tools of a definition. The error names every candidate of
// the first tool that is missing.
func findTools(d *Definition) (map[string]found, error) {
	out := map[string]found{}
	for _, t := range d.Tools {
		f, ok := t.find()
		if ok {
			out[t.Name] = f
			continue
		}
		if !t.Optional {
			return nil, fmt.Errorf("%s not found: no executable at %s", t.Name, strings.Join(t.Candidates, ", "))
		}
	}
	return out, nil
}

// find takes the first executable among the candidates, newest version first,
// and follows its links to the real file.
func (t *Tool) find() (found, bool) {
	for _, pattern := range t.Candidates {
		paths, _ := filepath.Glob(pattern)
		slices.SortFunc(paths, func(a, b string) int { return natural.Compare(b, a) })
		for _, p := range paths {
			real, err := filepath.EvalSymlinks(p)
			if err == nil && executable(real) {
				return t.place(real), true
			}
		}
	}
	return found{}, false
}

// place says where boxes see a file of the host.
func (t *Tool) place(real string) found {
	f := found{host: real, seen: real}
	home := real
	for range max(t.Home, 1) {
		home = filepath.Dir(home)
	}
	f.home = home
	if t.Home == 0 || inEveryBox(home) {
		return f
	}
	f.root, f.home = home, cmp.Or(t.Target, home)
	f.seen = f.home + strings.TrimPrefix(real, home)
	return f
}

// inEveryBox reports whether boxes show a folder without being asked to.
func inEveryBox(dir string) bool {
	return dir == "/usr" || slices.ContainsFunc([]string{"/usr/bin", "/usr/lib", "/usr/libexec", "/usr/share"}, func(base string) bool {
		return dir == base || strings.HasPrefix(dir, base+"/")
	})
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// mounts lists what boxes must show so that the tools are there.
func mounts(tools map[string]found) []box.Mount {
	var out []box.Mount
	for _, f := range tools {
		if f.root != "" {
			out = append(out, box.Mount{Source: f.root, Target: f.home})
		}
	}
	return out
}
