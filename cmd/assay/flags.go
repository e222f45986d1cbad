package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"assay/internal/config"
)

// flags are those of one command.
type flags struct {
	*flag.FlagSet
	t        terminal
	synopsis string
}

func newFlags(t terminal, name, synopsis string) flags {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.Usage = func() {} // parse and load say what is wrong, without the whole list
	return flags{fs, t, synopsis}
}

// parse reads flags and operands in any order, as people type them, and
// returns the operands. When ok is false the command ends with code.
func (f flags) parse(args []string) (operands []string, code int, ok bool) {
	f.SetOutput(io.Discard)
	for {
		if err := f.Parse(args); err != nil {
			return nil, f.refuse(err), false
		}
		if f.NArg() == 0 {
			return operands, exitOK, true
		}
		// "--" ends the flags: everything behind it is an operand.
		if consumed := len(args) - f.NArg(); consumed > 0 && args[consumed-1] == "--" {
			return append(operands, f.Args()...), exitOK, true
		}
		operands = append(operands, f.Arg(0))
		args = f.Args()[1:]
	}
}

// parseOnly is parse for a command that takes no operands.
func (f flags) parseOnly(args []string) (code int, ok bool) {
	operands, code, ok := f.parse(args)
	if ok && len(operands) > 0 {
		return badUsage(f.t, f.Name(), "it takes no operands, not %q", operands[0]), false
	}
	return code, ok
}

// load is parseOnly for a command whose settings may also come from files and
// the environment.
func (f flags) load(args []string) (code int, ok bool) {
	f.SetOutput(io.Discard)
	if err := config.Load(f.FlagSet, args, f.t.environ); err != nil {
		return f.refuse(err), false
	}
	if f.NArg() > 0 {
		return badUsage(f.t, f.Name(), "it takes no operands, not %q", f.Arg(0)), false
	}
	return exitOK, true
}

func (f flags) refuse(err error) (code int) {
	if errors.Is(err, flag.ErrHelp) {
		f.help()
		return exitOK
	}
	return badUsage(f.t, f.Name(), "%v", err)
}

// help explains the command.
func (f flags) help() {
	fmt.Fprintf(f.t.stdout, "usage: assay %s %s\n\n", f.Name(), f.synopsis)
	table := tabwriter.NewWriter(f.t.stdout, 0, 0, 2, ' ', 0)
	f.VisitAll(func(g *flag.Flag) {
		value, usage := flag.UnquoteUsage(g)
		switch g.DefValue {
		case "", "0", "0s", "false":
		default:
			usage += " (default " + g.DefValue + ")"
		}
		fmt.Fprintf(table, "  --%s\t%s\n", strings.TrimSpace(g.Name+" "+strings.ToUpper(value)), usage)
	})
	table.Flush()
}

// badUsage says what is wrong with a command line.
func badUsage(t terminal, command, format string, args ...any) int {
	text := strings.TrimSpace(fmt.Sprintf(format, args...))
	fmt.Fprintf(t.stderr, "assay %s: %s\n`assay %s -h` explains the command.\n", command, text, command)
	return exitUsage
}
