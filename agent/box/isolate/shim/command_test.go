package shim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatTheShimIsToRunComesBackAsItWent(t *testing.T) {
	for _, c := range []struct{ argv, env []string }{
		{[]string{"./a"}, []string{}},
		{[]string{"/bin/sh", "-c", "", "a b\n", "\xff=$HOME"}, []string{"A=1", "EMPTY=", "B=x y\n", "odd"}},
		{[]string{"12", "3"}, []string{"12"}},
	} {
		cmdline := strings.Join(Args(c.argv, c.env), "\x00") + "\x00"
		argv, env, ok := parse(split([]byte(cmdline)))
		if !ok {
			t.Fatalf("%q cannot be read", cmdline)
		}
		if diff := cmp.Diff([][]string{c.argv, c.env}, [][]string{argv, env}); diff != "" {
			t.Error(diff)
		}
	}
}

func TestADamagedCommandLineRunsNothing(t *testing.T) {
	for _, args := range [][]string{
		nil,
		{Program},
		{Program, "0"},
		{Program, "1", "A=1"},
		{Program, "x", "./a"},
		{Program, "-1", "./a"},
		{Program, "99999999999999999999", "./a"},
		{Program, "", "./a"},
	} {
		if argv, _, ok := parse(args); ok {
			t.Errorf("%q runs %q", args, argv)
		}
	}
}

func FuzzAnyCommandLineCanBeRead(f *testing.F) {
	f.Add([]byte("/box/shim\x001\x00A=1\x00./a\x00b\x00"))
	f.Add([]byte("\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, cmdline []byte) {
		if argv, _, ok := parse(split(cmdline)); ok && len(argv) == 0 {
			t.Error("a program without a name")
		}
	})
}
