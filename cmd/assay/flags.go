package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"
)

// newFlags makes the flags of a command, which explain it when asked.
func newFlags(t terminal, name, synopsis string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(t.stderr)
	fs.Usage = func() {
		fmt.Fprintf(fs.Output(), "usage: assay %s %s\n\n", name, synopsis)
		fs.PrintDefaults()
	}
	return fs
}

// parse reads flags and operands in any order, as people type them, and
// returns the operands. When ok is false the command ends with code.
func parse(fs *flag.FlagSet, args []string) (operands []string, code int, ok bool) {
	for {
		switch err := fs.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			return nil, exitOK, false
		case err != nil: // the flag set has said what
			return nil, exitUsage, false
		}
		if fs.NArg() == 0 {
			return operands, exitOK, true
		}
		// "--" ends the flags: everything behind it is an operand.
		if consumed := len(args) - fs.NArg(); consumed > 0 && args[consumed-1] == "--" {
			return append(operands, fs.Args()...), exitOK, true
		}
		operands = append(operands, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// badUsage says what is wrong with a command line.
func badUsage(t terminal, command, format string, args ...any) int {
	text := strings.TrimSpace(fmt.Sprintf(format, args...))
	fmt.Fprintf(t.stderr, "assay %s: %s\n`assay %s -h` explains the command.\n", command, text, command)
	return exitUsage
}
