package toolchain

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"assay/agent/box"
	"assay/judge"
)

// Config says where toolchains come from.
type Config struct {
	Plugins string // folder of further definitions; may be empty
	Cache   string // folder for what is prepared once and kept
	CPUs    int    // processors that a runtime in a box is told it has
}

// Flags declares the settings of toolchains.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.StringVar(&c.Plugins, "toolchain.plugins", "", "folder of further language definitions (*.hcl), which override the built-in ones by id")
	fs.IntVar(&c.CPUs, "toolchain.cpus", 1, "processors that a runtime in a box is told it has")
}

// Set is every language that this node knows, available or not.
type Set struct {
	cfg    Config
	log    *slog.Logger
	all    []*Toolchain
	byName map[string]*Toolchain
}

// Discover loads the definitions and finds the real files of their tools. It
// runs none of them. A language whose tools are missing stays in the set, with
// the reason.
func Discover(cfg Config, log *slog.Logger) (*Set, error) {
	defs, err := load(cfg.Plugins)
	if err != nil {
		return nil, fmt.Errorf("load languages: %w", err)
	}
	cfg.CPUs = max(cfg.CPUs, 1)
	cfg.Cache, err = filepath.Abs(cfg.Cache)
	if err != nil {
		return nil, fmt.Errorf("locate toolchain cache: %w", err)
	}
	if err := os.MkdirAll(cfg.Cache, 0o755); err != nil {
		return nil, fmt.Errorf("make toolchain cache: %w", err)
	}
	s := &Set{cfg: cfg, log: log.With("component", "toolchain"), byName: map[string]*Toolchain{}}
	for _, d := range defs {
		t, err := discover(d, cfg)
		if err != nil {
			return nil, fmt.Errorf("language %s: %w", d.ID, err)
		}
		s.all = append(s.all, t)
	}
	s.index()
	return s, nil
}

func discover(d *Definition, cfg Config) (*Toolchain, error) {
	t := &Toolchain{def: d, cacheOf: cfg.Cache, cpus: cfg.CPUs}
	t.status.Store(&status{reason: notProbed})
	var err error
	if t.evidence, err = d.Run.evidence(); err != nil {
		return nil, err
	}
	if t.tools, err = findTools(d); err != nil {
		t.status.Store(&status{reason: err.Error()})
	}
	t.digest = digest(d, append(t.hostFiles(), t.warmFiles()...))
	if d.Prepare != nil {
		t.adopt()
	}
	return t, nil
}

// index makes every id and alias findable. Ids win over aliases, and later
// definitions win over earlier ones.
func (s *Set) index() {
	for _, t := range s.all {
		for _, alias := range t.def.Aliases {
			s.byName[alias] = t
		}
	}
	for _, t := range s.all {
		s.byName[t.def.ID] = t
	}
}

// Lookup finds a language by its id or one of its aliases.
func (s *Set) Lookup(name string) (*Toolchain, bool) {
	t, ok := s.byName[name]
	return t, ok
}

// All lists every language in the order of the definitions.
func (s *Set) All() []*Toolchain { return slices.Clone(s.all) }

// Languages lists every language as it is published.
func (s *Set) Languages() []judge.Language {
	out := make([]judge.Language, 0, len(s.all))
	for _, t := range s.all {
		out = append(out, t.Language())
	}
	return out
}

// Mounts lists what boxes must show, in addition to the system's own folders,
// so that every language that was discovered works. Known before any box is.
func (s *Set) Mounts() []box.Mount {
	byTarget := map[string]box.Mount{cacheDir: {Source: s.cfg.Cache, Target: cacheDir}}
	for _, t := range s.all {
		for _, m := range mounts(t.tools) {
			byTarget[m.Target] = m
		}
	}
	targets := slices.Sorted(maps.Keys(byTarget))
	out := make([]box.Mount, 0, len(targets))
	for _, target := range targets {
		out = append(out, byTarget[target])
	}
	return out
}

// hostFiles are the real files of the tools, sorted.
func (t *Toolchain) hostFiles() []string {
	var out []string
	for _, f := range t.tools {
		out = append(out, f.host)
	}
	slices.Sort(out)
	return out
}

// digest names a definition and the files behind it. Size and time of change
// stand for a file's content: reading gigabytes at every start would be worse
// than missing a forged date.
func digest(d *Definition, files []string) judge.Digest {
	h := sha256.New()
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // a definition is plain data
	}
	h.Write(text)
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			fmt.Fprintf(h, "%s\x00%d\x00%d\n", f, info.Size(), info.ModTime().UnixNano())
		}
	}
	return judge.Digest("sha256:" + hex.EncodeToString(h.Sum(nil)))
}
