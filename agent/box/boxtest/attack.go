package boxtest

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"assay/judge"
)

// attack is a hostile program: a file of testdata/hostile, in a folder named
// for the class of attack that it belongs to. The comment at its top tells what
// it tries and what must come of it, in prose and then in lines of the form
//
//	want: exit 0 "contained\n"    the end that it must come to, and, if given,
//	want: signal 25               exactly this on stdout; several lines are
//	want: limit memory            alternatives
//	limits: cpu=200ms memory=32M  what it gets instead of the usual limits
//	stdin: 8M                     so many bytes of input; default none
//	flags: -nostdlib              for the compiler
//	arch: amd64                   the only architecture that it is for
type attack struct {
	name   string // class/file
	about  string
	wants  []end
	limits judge.Limits
	stdin  int64
	flags  []string
	arch   string
}

// end is how a run may end.
type end struct {
	exit   int
	signal int
	limit  judge.Limit
	stdout *string // nil: whatever it was
}

// usual are the limits of an attack that says nothing about them.
var usual = judge.Limits{
	CPU: 2 * time.Second, Wall: 10 * time.Second, MemoryKB: 256 << 10, StackKB: 8 << 10,
	Processes: 64, OutputKB: 1 << 10, FileKB: 32 << 10,
}

// parseAttack reads the comment at the top of a program.
func parseAttack(name, source string) (attack, error) {
	a := attack{name: name, limits: usual}
	for line := range strings.Lines(source) {
		text, isComment := comment(line)
		if !isComment {
			break
		}
		key, value, _ := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		var err error
		switch key {
		case "want":
			var e end
			e, err = parseEnd(value)
			a.wants = append(a.wants, e)
		case "limits":
			err = parseLimits(value, &a.limits)
		case "stdin":
			a.stdin, err = parseSize(value)
		case "flags":
			a.flags = strings.Fields(value)
		case "arch":
			a.arch = value
		default:
			a.about += text + " "
		}
		if err != nil {
			return a, fmt.Errorf("%s: %s: %w", name, text, err)
		}
	}
	if len(a.wants) == 0 || a.about == "" {
		return a, fmt.Errorf("%s: does not say what it tries and what must come of it", name)
	}
	return a, nil
}

// comment is the text of a line that is a comment.
func comment(line string) (string, bool) {
	line = strings.TrimSpace(line)
	for _, mark := range []string{"//", "#"} {
		if text, ok := strings.CutPrefix(line, mark); ok && !strings.HasPrefix(line, "#include") {
			return strings.TrimSpace(text), true
		}
	}
	return "", false
}

func parseEnd(text string) (e end, err error) {
	if head, quoted, ok := strings.Cut(text, `"`); ok {
		out, err := strconv.Unquote(`"` + quoted)
		if err != nil {
			return e, err
		}
		text, e.stdout = strings.TrimSpace(head), &out
	}
	kind, value, _ := strings.Cut(text, " ")
	switch kind {
	case "exit":
		e.exit, err = strconv.Atoi(value)
	case "signal":
		e.signal, err = strconv.Atoi(value)
	case "limit":
		var ok bool
		if e.limit, ok = limitNames[value]; !ok {
			err = fmt.Errorf("no limit %q", value)
		}
	default:
		err = fmt.Errorf("no end %q", kind)
	}
	return e, err
}

var limitNames = map[string]judge.Limit{
	"cpu": judge.LimitCPU, "wall": judge.LimitWall, "idle": judge.LimitIdle,
	"memory": judge.LimitMemory, "output": judge.LimitOutput,
}

func parseLimits(text string, l *judge.Limits) error {
	for _, field := range strings.Fields(text) {
		key, value, _ := strings.Cut(field, "=")
		var err error
		switch key {
		case "cpu":
			l.CPU, err = time.ParseDuration(value)
		case "wall":
			l.Wall, err = time.ParseDuration(value)
		case "processes":
			l.Processes, err = strconv.Atoi(value)
		default:
			var bytes int64
			bytes, err = parseSize(value)
			into := map[string]*int64{"memory": &l.MemoryKB, "stack": &l.StackKB, "output": &l.OutputKB, "file": &l.FileKB}[key]
			if into == nil {
				return fmt.Errorf("no limit %q", key)
			}
			*into = bytes >> 10
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parseSize reads a number of mebibytes: 32M.
func parseSize(text string) (int64, error) {
	mb, err := strconv.ParseInt(strings.TrimSuffix(text, "M"), 10, 32)
	return mb << 20, err
}

// class is the folder of an attack.
func (a attack) class() string { return path.Dir(a.name) }

// judge says what is wrong with how an attack ended; "" when nothing is.
func (a attack) judge(r ran) string {
	for _, e := range a.wants {
		if e.met(r) {
			return ""
		}
	}
	return fmt.Sprintf("it ended by %v\nstdout: %.600q\nstderr: %.600q", endOf(r), r.stdout, r.stderr)
}

func (e end) met(r ran) bool {
	return e.limit == r.Limit &&
		(e.limit != judge.NoLimit || (e.signal == r.Signal && (e.signal != 0 || e.exit == r.ExitCode))) &&
		(e.stdout == nil || *e.stdout == r.stdout)
}

func endOf(r ran) string {
	switch {
	case r.Limit != judge.NoLimit:
		return "limit " + string(r.Limit)
	case r.Signal != 0:
		return fmt.Sprint("signal ", r.Signal)
	}
	return fmt.Sprint("exit ", r.ExitCode)
}
