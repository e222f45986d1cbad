package shim

// Where the shim finds itself and its filter in a box, and what lies beside them.
const (
	Dir     = "/box"
	Program = Dir + "/shim"
	Filter  = Dir + "/filter"
	Nothing = Dir + "/nothing" // an empty file to cover others with
)

// Marker is the environment variable that makes an executable start as the
// shim. Its value is the number of processes that the program may have, 0 for
// any.
const Marker = "ASSAY_BOX_SHIM"

// Args are the arguments that have the shim run a program with exactly this
// environment. They travel as arguments because isolate drops empty variables
// and adds one of its own.
func Args(argv, env []string) []string {
	args := append([]string{Program, decimal(len(env))}, env...)
	return append(args, argv...)
}

// parse undoes Args.
func parse(args []string) (argv, env []string, ok bool) {
	if len(args) < 2 {
		return nil, nil, false
	}
	n, ok := number(args[1])
	if !ok || n > len(args)-3 {
		return nil, nil, false
	}
	return args[2+n:], args[2 : 2+n], true
}

// split cuts what /proc/self/cmdline holds into arguments.
func split(cmdline []byte) (args []string) {
	start := 0
	for i, c := range cmdline {
		if c == 0 {
			args = append(args, string(cmdline[start:i]))
			start = i + 1
		}
	}
	return args
}

func decimal(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return decimal(n/10) + string(rune('0'+n%10))
}

func number(s string) (n int, ok bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}
