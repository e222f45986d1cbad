// Command assay judges code: as one process for development (dev), from the
// command line (judge), and as a client of a running server.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker.
var version = "unknown"

// The exit codes of every command.
const (
	exitOK        = 0 // done; for judge: accepted
	exitRejected  = 1 // judge: any other verdict; elsewhere: the command failed
	exitUsage     = 2 // the command line or a file that it names is wrong
	exitNotJudged = 3 // judge, bench: assay could not judge; elsewhere: the answer could not be written
)

// terminal is where a command reads and writes.
type terminal struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
}

func main() {
	// The first signal asks for an orderly end; a second one ends at once,
	// because NotifyContext is undone as soon as the first has arrived.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	t := terminal{os.Stdin, os.Stdout, os.Stderr, os.Environ()}
	os.Exit(run(ctx, t, os.Args[1:]))
}

// command is one verb of the command line. Its run returns an exit code.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, t terminal, args []string) int
}

// answer runs the command. An answer that did not arrive, as on a full disk,
// is none.
func (c command) answer(ctx context.Context, t terminal, args []string) int {
	out := &remembering{w: t.stdout}
	t.stdout = out
	code := c.run(ctx, t, args)
	if out.err == nil || code == exitUsage {
		return code
	}
	return cannotJudge(ctx, t, c.name, out.err)
}

// remembering is a writer that keeps its first error.
type remembering struct {
	w   io.Writer
	err error
}

func (r *remembering) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

func commands() []command {
	return []command{
		{"dev", "control plane and agent in one process", runDev},
		{"server", "one server of the control plane", runServer},
		{"agent", "one node, which runs submissions in boxes", runAgent},
		{"judge", "judge one file against a directory of tests", runJudge},
		{"bench", "put a load on a server and measure it", runBench},
		{"languages", "list the languages of a server", runLanguages},
		{"status", "show a server's state, its queue and its agents", runStatus},
		{"agents", "list agents, or drain one", runAgents},
		{"operator", "show and change the servers of a cluster", runOperator},
		{"tls", "make certificates for servers and agents", runTLS},
		{"box", "run one program in one box and show its outcome", runBox},
		{"version", "print the version", runVersion},
	}
}

func run(ctx context.Context, t terminal, args []string) int {
	if len(args) == 0 {
		usage(t.stderr)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(t.stdout)
		return exitOK
	case "--version", "-version":
		args[0] = "version"
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.answer(ctx, t, args[1:])
		}
	}
	fmt.Fprintf(t.stderr, "assay: there is no command %q; `assay help` lists them\n", args[0])
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprint(w, "assay judges code.\n\nusage: assay COMMAND [flags]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\n`assay COMMAND -h` explains a command.\n")
}

func runVersion(_ context.Context, t terminal, _ []string) int {
	fmt.Fprintln(t.stdout, "assay", version)
	return exitOK
}
