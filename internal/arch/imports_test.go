// Package arch holds the project's architecture as tests.
package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which packages of this module each package may import, tests
// aside. A name that ends in /... stands for a tree. A package that is not
// listed may not exist: a new one is a decision, and this is where it shows.
var allowed = map[string][]string{
	"judge": {},

	"proto/assay/v1": {},
	"proto/wire":     {},
	"proto/convert":  {"judge", "proto/assay/v1", "proto/wire"},

	"internal/config":          {},
	"internal/lifecycle":       {},
	"internal/devserver":       {"internal/process"},
	"internal/e2e":             {},
	"internal/jsonbody":        {"judge"},
	"internal/aio":             {},
	"internal/garbage":         {},
	"internal/natural":         {},
	"internal/process":         {},
	"internal/tlsconf":         {},
	"internal/tlsconf/tlstest": {"internal/tlsconf"},
	"internal/clustertest": {
		"judge", "client", "controlplane", "controlplane/replica", "controlplane/state", "agent/blobcache", "agent/runner", "agent/uplink",
	},

	"client": {"judge"},

	"controlplane/state":     {"judge"},
	"controlplane/replica":   {"judge", "proto/...", "internal/aio", "controlplane/state"},
	"controlplane/blob":      {"judge"},
	"controlplane/mesh":      {},
	"controlplane/depot":     {"judge", "controlplane/blob"},
	"controlplane/backup":    {"judge", "controlplane/blob"},
	"controlplane/peer":      {"judge", "proto/...", "controlplane/blob", "controlplane/replica", "controlplane/state"},
	"controlplane/queue":     {"judge"},
	"controlplane/progress":  {"judge"},
	"controlplane/tenant":    {},
	"controlplane/retention": {"judge", "proto/convert", "controlplane/blob", "controlplane/state"},
	"controlplane/intake": {
		"judge", "proto/convert", "controlplane/blob", "controlplane/replica", "controlplane/state",
		"controlplane/tenant",
	},
	"controlplane/fleet": {"judge", "proto/...", "controlplane/blob"},
	"controlplane/dispatch": {
		"judge", "proto/...", "controlplane/state", "controlplane/queue",
		"controlplane/fleet", "controlplane/progress",
	},
	"controlplane/dispatch/simulate": {
		"judge", "controlplane/state", "controlplane/queue", "controlplane/fleet", "controlplane/dispatch",
	},
	"controlplane/api": {
		"judge", "proto/convert", "client", "internal/jsonbody", "internal/natural", "controlplane/backup", "controlplane/state",
		"controlplane/replica", "controlplane/blob", "controlplane/progress", "controlplane/tenant",
		"controlplane/fleet", "controlplane/dispatch", "controlplane/intake", "controlplane/queue",
	},
	"controlplane": {"judge", "proto/...", "internal/lifecycle", "controlplane/..."},

	"agent/box":                {"judge", "agent/box/cores"},
	"agent/box/rawcall":        {},
	"agent/box/wire":           {},
	"agent/box/inside":         {"agent/box/wire"},
	"agent/box/talk":           {"agent/box", "agent/box/rawcall", "agent/box/wire"},
	"agent/box/watch":          {"judge", "agent/box", "agent/box/rawcall", "agent/box/talk", "agent/box/wire"},
	"agent/box/cores":          {"agent/box/rawcall"},
	"agent/box/boxtest":        {"judge", "agent/box"},
	"agent/box/cgroup":         {"agent/box/rawcall"},
	"agent/box/seccomp":        {},
	"agent/box/native":         {"judge", "agent/box", "agent/box/cgroup", "agent/box/cores", "agent/box/native/...", "agent/box/rawcall", "agent/box/seccomp", "agent/box/talk", "agent/box/watch", "agent/box/wire"},
	"agent/box/native/boxinit": {"agent/box/inside", "agent/box/wire"},
	"agent/box/session": {
		"judge", "agent/box", "agent/box/cgroup", "agent/box/cores", "agent/box/native", "agent/box/session/...", "agent/box/talk", "agent/box/watch", "agent/box/wire",
	},
	"agent/box/session/keeper": {"agent/box/inside", "agent/box/wire"},
	"agent/box/isolate": {
		"judge", "agent/box", "agent/box/cgroup", "agent/box/isolate/...", "agent/box/seccomp", "agent/box/session/...", "agent/box/talk", "agent/box/watch", "agent/box/wire",
	},
	"agent/box/isolate/shim": {},
	"agent/box/docker": {
		"judge", "agent/box", "agent/box/cgroup", "agent/box/seccomp", "agent/box/session/...", "agent/box/talk", "agent/box/watch", "agent/box/wire",
	},
	"agent/artifact":   {"judge", "agent/box"},
	"agent/toolchain":  {"judge", "agent/box", "internal/natural"},
	"agent/runner":     {"judge", "agent/box", "agent/toolchain", "agent/artifact"},
	"agent/blobcache":  {"judge", "proto/..."},
	"agent/uplink":     {"judge", "proto/...", "agent/runner"},
	"agent/speed":      {"judge", "agent/box", "agent/speed/spin"},
	"agent/speed/spin": {},
	"agent":            {"judge", "proto/...", "internal/lifecycle", "agent/..."},

	"cmd/assay": {
		"judge", "client", "internal/...", "controlplane", "controlplane/backup", "controlplane/tenant", "agent", "agent/uplink",
		"agent/box", "agent/box/native", "agent/box/isolate", "agent/box/docker",
	},
	"internal/serverproc": {"internal/process"},
	"internal/fakeagent":  {"judge", "agent/blobcache", "agent/runner", "agent/uplink"},

	"scripts/benchbox": {"judge", "agent/box", "agent/box/native"},
	"scripts/benchcontrol": {
		"judge", "client", "proto/convert", "controlplane/replica", "controlplane/state",
		"internal/fakeagent", "internal/garbage", "internal/process", "internal/serverproc",
	},
	"scripts/chaos":    {"client", "internal/fakeagent", "internal/process", "internal/serverproc"},
	"scripts/cgroup2":  {},
	"scripts/simulate": {"controlplane/dispatch/simulate"},
	"scripts/demo":     {"client", "internal/devserver"},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

const module = "assay/"

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		may, known := allowed[name]
		if !known {
			t.Errorf("%s is not in the table of packages", name)
			continue
		}
		for _, path := range p.Imports {
			imported, ours := strings.CutPrefix(path, module)
			if ours && !slices.ContainsFunc(may, func(pattern string) bool { return matches(pattern, imported) }) {
				t.Errorf("%s must not import %s", name, imported)
			}
		}
	}
}

func TestTheRulesOfJudgingNeedOnlyTheStandardLibrary(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath != module+"judge" {
			continue
		}
		for _, path := range p.Imports {
			if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
				t.Errorf("judge imports %s", path)
			}
		}
		return
	}
	t.Error("no package judge")
}

func matches(pattern, name string) bool {
	if tree, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == tree || strings.HasPrefix(name, tree+"/")
	}
	return name == pattern
}

// packages lists the module's packages that have Go files besides tests.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles", module+"...")
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(output))); ; {
		var p struct {
			pkg
			GoFiles []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 {
			all = append(all, p.pkg)
		}
	}
}
