package isolate

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"time"

	"assay/agent/box"
	"assay/agent/box/isolate/shim"
	"assay/agent/box/wire"
	"assay/judge"
)

// What a box's own directory holds besides isolate's things: the keeper's
// stage, a directory that nobody may look into, and the file where isolate tells how a run ended.
const (
	stageName = "assay-stage"
	noneName  = "assay-none"
	metaName  = "assay-meta"
)

// manage is the command line of isolate for what is not a run.
func manage(id int, what string) []string {
	return []string{"--cg", "--box-id=" + strconv.Itoa(id), what}
}

// rules is what the boxes of a driver show.
type rules struct {
	tops  []string // directories at the top of the stage
	masks []mask
}

// runArgs is the command line of a run.
func runArgs(id int, dir string, r rules, openFiles int, c box.Command) []string {
	args := []string{
		"--cg", "--box-id=" + strconv.Itoa(id), "--silent",
		"--meta=" + filepath.Join(dir, metaName),
		"--no-default-dirs",
		"--dir=proc=proc:fs",
	}
	for _, top := range r.tops {
		args = append(args, dirRule(top))
	}
	for _, m := range r.masks {
		args = append(args, m.rule())
	}
	args = append(args, limitArgs(openFiles, c.Limits)...)
	args = append(args,
		"--chdir="+wire.WorkDir,
		"--env="+shim.Marker+"="+strconv.Itoa(max(c.Limits.Processes, 0)),
		"--env=GOMAXPROCS=1",
		"--run", "--")
	return append(args, shim.Args(c.Argv, c.Env)...)
}

// mask is a name in /proc that is covered.
type mask struct {
	name string
	dir  bool
}

// rule covers a directory with a closed one, a file with an empty one. That this works for files as well is
// not in isolate's manual: rules pass on to mount what they are given.
func (m mask) rule() string {
	if m.dir {
		return "--dir=proc/" + m.name + "=./" + noneName
	}
	return "--dir=proc/" + m.name + "=./" + stageName + shim.Nothing
}

// dirRule binds a directory of the stage into the box. Rules take paths below
// the box's directory when they start with a dot.
func dirRule(top string) string {
	rule := "--dir=" + top + "=./" + stageName + "/" + top
	switch "/" + top {
	case wire.WorkDir, wire.TempDir:
		return rule + ":rw"
	case "/dev":
		return rule + ":dev"
	}
	return rule
}

// noLimit in KiB. A limit that is not given is that of the run before, in 1.x,
// so there is always one. isolate keeps it in an int.
const noLimit = math.MaxInt32

// leastMemoryKB is what a lower memory limit counts as. The shim runs under it,
// and a start that fails for lack of memory shows in too many ways.
const leastMemoryKB = 12 << 10

// backstop is how much later than the agent isolate notices that time is up.
const backstop = 10 * time.Second

func limitArgs(openFiles int, l judge.Limits) []string {
	args := []string{
		"--cg-mem=" + strconv.FormatInt(memoryKB(l), 10),
		"--open-files=" + strconv.Itoa(openFiles),
		"--core=1",    // in KiB; the shim makes bytes of it
		"--processes", // the shim limits them, when its own threads have gone
		"--stack=" + kb(l.StackKB),
		"--fsize=" + kb(l.FileKB),
	}
	if l.Wall > 0 {
		args = append(args, fmt.Sprintf("--wall-time=%.3f", (l.Wall+backstop).Seconds()))
	}
	return args
}

// memoryKB is the memory limit that isolate is given.
func memoryKB(l judge.Limits) int64 {
	if l.MemoryKB <= 0 {
		return noLimit
	}
	return min(max(l.MemoryKB, leastMemoryKB), noLimit)
}

// kb is a limit in KiB that isolate takes 0 for none.
func kb(n int64) string { return strconv.FormatInt(min(max(n, 0), noLimit), 10) }
