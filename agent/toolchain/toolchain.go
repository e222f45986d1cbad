package toolchain

import (
	"os"
	"path"
	"regexp"
	"slices"
	"sync/atomic"

	"assay/agent/box"
	"assay/judge"
)

const (
	workDir  = "/w"             // where programs run in a box
	cacheDir = "/opt/toolchain" // where boxes see what was prepared
)

// Toolchain is one language of this node. Its methods are safe for concurrent
// use.
type Toolchain struct {
	def      *Definition
	tools    map[string]found
	digest   judge.Digest
	cacheOf  string // folder of every language's prepared files, on the host
	cpus     int
	evidence []*regexp.Regexp

	prepared atomic.Bool // the cache directory is there
	inUse    *os.File    // which it holds
	status   atomic.Pointer[status]
}

// status is what probing found out.
type status struct {
	version string
	reason  string // why the language is not available; empty when it is
}

// Reasons of languages that were not refuted but not proved either.
const (
	notProbed   = "not probed yet"
	notPrepared = "being prepared"
)

// ID is the canonical id of the language.
func (t *Toolchain) ID() string { return t.def.ID }

// Digest names the definition together with the real files behind it.
func (t *Toolchain) Digest() judge.Digest { return t.digest }

// Available reports whether the hello program has been judged right.
func (t *Toolchain) Available() bool { return t.status.Load().reason == "" }

// Reason says why the language is not available; empty when it is.
func (t *Toolchain) Reason() string { return t.status.Load().reason }

// Compiles reports whether there is anything to build before a run.
func (t *Toolchain) Compiles() bool { return t.def.Compile != nil }

// SourceFile is the name that a single source is given.
func (t *Toolchain) SourceFile() string { return t.def.SourceFile }

// Language is the toolchain as it is published.
func (t *Toolchain) Language() judge.Language {
	st := t.status.Load()
	l := judge.Language{
		ID: t.def.ID, Name: t.def.Name, Version: st.version, Aliases: t.def.Aliases,
		Run: t.def.Run.Argv, SourceFile: t.def.SourceFile,
		Available: st.reason == "", Reason: st.reason, Preparing: st.reason == notPrepared,
		Toolchain: t.digest,
		CPUFactor: or(t.def.CPUFactor, 1), MemoryFactor: or(t.def.MemoryFactor, 1),
		MemoryExtraKB: t.def.MemoryExtraMB << 10,
	}
	if t.Compiles() {
		l.Compile = t.def.Compile.Argv
	}
	return l
}

// Limits are the limits of a submission as this language's factors change
// them. They are what verdicts are held against; what the runtime needs for
// itself is not in them yet.
func (t *Toolchain) Limits(l judge.Limits) judge.Limits {
	return l.Scale(t.def.CPUFactor, t.def.MemoryFactor, 0)
}

// CompileCommand is how p is compiled in a box that holds its files.
func (t *Toolchain) CompileCommand(p judge.Program) box.Command {
	c := t.def.Compile
	v := t.base().limited(c.limits(), 0).program(p.Entry)
	v.text["output"] = c.Output
	v.lists["{options}"] = p.Options
	v.lists["{sources}"] = t.sources(p)
	return box.Command{Argv: v.expand(c.Argv), Env: v.env(c.Env), Limits: c.limits(), Keep: true}
}

// RunCommand is how the artifact, or the sources of a language that does not
// compile, are run within limits that have been through Limits. What the
// runtime needs for itself is added to what the box allows.
func (t *Toolchain) RunCommand(entry string, args []string, l judge.Limits) box.Command {
	r := t.def.Run
	v := t.base().limited(l, r.StackMaxMB<<10).program(entry)
	v.text["output"] = t.output()
	l.MemoryKB += t.def.MemoryExtraMB << 10
	l.Processes += r.ProcessesExtra
	return box.Command{Argv: append(v.expand(r.Argv), args...), Env: v.env(r.Env), Limits: l}
}

// OutOfMemory reports whether what a failed run printed proves that it ran out
// of memory.
func (t *Toolchain) OutOfMemory(stderr []byte) bool {
	return slices.ContainsFunc(t.evidence, func(re *regexp.Regexp) bool { return re.Match(stderr) })
}

func (t *Toolchain) output() string {
	if t.def.Compile == nil {
		return ""
	}
	return t.def.Compile.Output
}

// sources are the files that the compiler is given: the entry first, then
// every other file with one of the language's extensions.
func (t *Toolchain) sources(p judge.Program) []string {
	out := []string{argument(p.Entry)}
	for _, f := range p.Files {
		if f.Name != p.Entry && slices.Contains(t.def.Extensions, path.Ext(f.Name)) {
			out = append(out, argument(f.Name))
		}
	}
	return out
}
