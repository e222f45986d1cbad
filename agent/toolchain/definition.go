package toolchain

import (
	"maps"
	"regexp"
	"slices"
	"time"

	"assay/judge"
)

// Definition is one language as it is written in a file.
type Definition struct {
	ID         string            `hcl:"id,label"`
	Extends    string            `hcl:"extends,optional"` // id of the definition that says what this one does not
	Name       string            `hcl:"name,optional"`
	Aliases    []string          `hcl:"aliases,optional"` // not inherited
	SourceFile string            `hcl:"source_file,optional"`
	Extensions []string          `hcl:"extensions,optional"` // which files {sources} names
	Vars       map[string]string `hcl:"vars,optional"`
	Version    []string          `hcl:"version,optional"` // prints the version on its first line
	Warm       []string          `hcl:"warm,optional"`    // files a run reads: kept in the page cache
	Rare       bool              `hcl:"rare,optional"`    // seldom asked for: prepared after the others

	CPUFactor     float64 `hcl:"cpu_factor,optional"`
	MemoryFactor  float64 `hcl:"memory_factor,optional"`
	MemoryExtraMB int64   `hcl:"memory_extra_mb,optional"`

	Tools   []Tool   `hcl:"tool,block"`
	Compile *Compile `hcl:"compile,block"`
	Run     *Run     `hcl:"run,block"`
	Prepare *Prepare `hcl:"prepare,block"`
	Hello   *Hello   `hcl:"hello,block"`
}

// Tool is a program of a toolchain.
type Tool struct {
	Name       string   `hcl:"name,label"`
	Candidates []string `hcl:"candidates"`        // patterns, the first that matches wins, newest version first
	Home       int      `hcl:"home,optional"`     // how many folders above the real file the tool's home is
	Target     string   `hcl:"target,optional"`   // where boxes see the home; empty: at the same path
	Optional   bool     `hcl:"optional,optional"` // the language works without it
}

// Compile makes an artifact.
type Compile struct {
	Argv      []string          `hcl:"argv"`
	Env       map[string]string `hcl:"env,optional"`
	Output    string            `hcl:"output,optional"`
	Artifacts []string          `hcl:"artifacts"` // patterns of what is kept; a leading **/ means in any folder
	Limits    *CompileLimits    `hcl:"limits,block"`
}

// CompileLimits bound a compiler. Zero fields have generous defaults.
type CompileLimits struct {
	CPUMS     int64 `hcl:"cpu_ms,optional"`
	WallMS    int64 `hcl:"wall_ms,optional"`
	MemoryMB  int64 `hcl:"memory_mb,optional"`
	Processes int   `hcl:"processes,optional"`
	FileMB    int64 `hcl:"file_mb,optional"`
}

// Run runs an artifact, or the sources when there is no Compile. The program's
// own arguments follow Argv.
type Run struct {
	Argv           []string          `hcl:"argv"`
	Env            map[string]string `hcl:"env,optional"`
	ProcessesExtra int               `hcl:"processes_extra,optional"` // threads that the runtime needs for itself
	StackMaxMB     int64             `hcl:"stack_max_mb,optional"`    // the runtime refuses larger stacks
	MemoryEvidence []string          `hcl:"memory_evidence,optional"` // patterns on stderr that prove exhausted memory
}

// Prepare fills the language's cache directory. It runs outside boxes, on
// trusted input alone, in the directory {dest}, which boxes later see as
// {cache}.
type Prepare struct {
	Argv     []string `hcl:"argv"`
	Required bool     `hcl:"required,optional"` // the language does not work before
}

// Hello is the program that proves that a toolchain works.
type Hello struct {
	Source string `hcl:"source"`
	Stdout string `hcl:"stdout"`
}

// inherit takes from parent whatever d does not say itself.
func (d *Definition) inherit(parent *Definition) {
	own := *d
	*d = *parent
	d.ID, d.Extends, d.Aliases = own.ID, own.Extends, own.Aliases
	override(&d.Name, own.Name)
	override(&d.SourceFile, own.SourceFile)
	overrideList(&d.Extensions, own.Extensions)
	overrideList(&d.Version, own.Version)
	overrideList(&d.Warm, own.Warm)
	overrideList(&d.Tools, own.Tools)
	override(&d.Rare, own.Rare)
	override(&d.CPUFactor, own.CPUFactor)
	override(&d.MemoryFactor, own.MemoryFactor)
	override(&d.MemoryExtraMB, own.MemoryExtraMB)
	override(&d.Compile, own.Compile)
	override(&d.Run, own.Run)
	override(&d.Prepare, own.Prepare)
	override(&d.Hello, own.Hello)
	d.Vars = map[string]string{}
	maps.Copy(d.Vars, parent.Vars)
	maps.Copy(d.Vars, own.Vars)
}

func override[T comparable](to *T, own T) {
	var zero T
	if own != zero {
		*to = own
	}
}

func overrideList[T any](to *[]T, own []T) {
	if own != nil {
		*to = slices.Clone(own)
	}
}

// The limits of a compiler whose definition names none. Twice the CPU time is
// what a busy machine may take; one that sleeps holds its box no longer.
const (
	compileCPU       = 20 * time.Second
	compileWall      = 2 * compileCPU
	compileMemoryMB  = 1024
	compileProcesses = 64
	compileFileMB    = 64
	compileOutputKB  = 4096
)

func (c *Compile) limits() judge.Limits {
	l := c.Limits
	if l == nil {
		l = &CompileLimits{}
	}
	return judge.Limits{
		CPU:       or(time.Duration(l.CPUMS)*time.Millisecond, compileCPU),
		Wall:      or(time.Duration(l.WallMS)*time.Millisecond, compileWall),
		MemoryKB:  or(l.MemoryMB, compileMemoryMB) << 10,
		StackKB:   or(l.MemoryMB, compileMemoryMB) << 10,
		Processes: or(l.Processes, compileProcesses),
		OutputKB:  compileOutputKB,
		FileKB:    or(l.FileMB, compileFileMB) << 10,
	}
}

func or[T int | int64 | time.Duration | float64](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// evidence compiles the patterns of exhausted memory.
func (r *Run) evidence() ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, p := range r.MemoryEvidence {
		re, err := regexp.Compile(p)
		if err != nil {
			return nil, err
		}
		out = append(out, re)
	}
	return out, nil
}
