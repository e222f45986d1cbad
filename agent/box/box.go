package box

import (
	"context"
	"fmt"
	"io"
	"os"

	"assay/judge"
)

// Box is one sandbox slot. It is lent to one attempt at a time, and between
// two attempts it is Reset or closed, never handed on dirty. Its methods are
// not safe for concurrent use.
type Box interface {
	// Install puts files into the work directory, owned by the box and not
	// writable by programs. They stay until Reset. The contents are read from
	// offset 0 to their end; the files are not closed.
	Install(ctx context.Context, files []File) error

	// Run runs one program to its end. Whatever the program does, Run returns
	// an outcome; the error is a *Fault and says that the box failed, not the
	// program. When it returns, every process of the run is dead, and all that
	// the run left in the box besides installed files is gone, unless
	// Command.Keep asks for it.
	Run(ctx context.Context, c Command) (judge.Outcome, error)

	// Collect opens files that the last run left (Command.Keep), by exact
	// names relative to the work directory. The box opens them from inside:
	// only regular files with one link are handed out, up to the given size in
	// all. A missing name is reported as fs.ErrNotExist. The caller closes the
	// files.
	Collect(ctx context.Context, names []string, maxBytes int64) ([]Collected, error)

	// List names the regular files that the last run left, relative to the
	// work directory, sorted; at most max of them.
	List(ctx context.Context, max int) ([]string, error)

	// Reset makes the box as new, installed files included. A box whose Reset
	// fails must be closed.
	Reset(ctx context.Context) error

	// Close ends every process of the box and frees what it held.
	Close() error
}

// Command is one run of one program.
type Command struct {
	Argv   []string // Argv[0] is an absolute path, or relative to the work directory
	Env    []string // the whole environment
	Stdin  *os.File // nil: an empty input. Read from offset 0 if it is a regular file
	Stdout io.Writer
	Stderr io.Writer // nil writers discard. Both are called from one goroutine, in chunks, and must not block long
	Limits judge.Limits
	Keep   bool // keep what the run leaves in the work directory for Collect
}

// File is a file to install.
type File struct {
	Name    string // clean relative path below the work directory
	Content *os.File
	Exec    bool // executable by programs
}

// Collected is a file that a run left.
type Collected struct {
	Name    string
	Content *os.File
	Size    int64
	Exec    bool
}

// Fault is a failure of a box or of its machinery. It ends the attempt, not
// the submission, and says nothing about the program.
type Fault struct {
	Op  string // what was attempted
	Err error
}

// Error says what was attempted and what went wrong.
func (f *Fault) Error() string { return fmt.Sprintf("box: %s: %v", f.Op, f.Err) }

// Unwrap gives access to the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Driver makes boxes of one kind.
type Driver interface {
	// Open makes a clean box. Safe for concurrent use.
	Open(ctx context.Context) (Box, error)
}

// Mount is a host path that programs may read in every box, at the same path.
type Mount struct {
	Source string // on the host
	Target string // in the box
}
