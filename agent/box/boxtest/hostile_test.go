package boxtest

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/judge"
)

func TestEveryHostileProgramSaysWhatMustComeOfIt(t *testing.T) {
	tree, err := fs.Sub(hostile, "testdata/hostile")
	if err != nil {
		t.Fatal(err)
	}
	attacks, err := attacksIn(tree)
	if err != nil {
		t.Fatal(err)
	}
	if len(attacks) < 100 {
		t.Errorf("%d programs", len(attacks))
	}
	seen := map[string]bool{}
	for _, a := range attacks {
		seen[a.name[strings.LastIndex(a.name, "."):]] = true
	}
	for suffix := range tools {
		if !seen[suffix] {
			t.Errorf("none is in %s", suffix)
		}
	}
}

func TestASampleOfTheHostileProgramsHasEveryClassAndEveryLanguage(t *testing.T) {
	tree, err := fs.Sub(hostile, "testdata/hostile")
	if err != nil {
		t.Fatal(err)
	}
	attacks, err := attacksIn(tree)
	if err != nil {
		t.Fatal(err)
	}
	kinds := func(list []attack) map[string]bool {
		seen := map[string]bool{}
		for _, a := range list {
			seen[a.class()], seen[path.Ext(a.name)] = true, true
		}
		return seen
	}
	few := sample(attacks)
	if diff := cmp.Diff(kinds(attacks), kinds(few)); diff != "" {
		t.Error(diff)
	}
	if len(few) > 30 {
		t.Errorf("%d programs are many", len(few))
	}
}

// It also fills the directory of ForgeVariable.
func TestEveryHostileProgramCanBeMade(t *testing.T) {
	if os.Getenv(ForgeVariable) == "" {
		t.Skip("SKIPPED: drivers' tests make them; this fills the directory that ASSAY_TEST_FORGE names")
	}
	for _, w := range arsenal(t, every) {
		if len(w.files) == 0 {
			t.Errorf("%s is made of nothing", w.name)
		}
	}
}

func TestTheCommentOfAHostileProgramIsItsExpectation(t *testing.T) {
	a, err := parseAttack("class/name.c", "// Tries this;\n// must get that.\n// want: exit 3 \"a \\x00b\\n\"\n// want: limit cpu\n"+
		"// limits: cpu=200ms memory=32M processes=5\n// stdin: 2M\n// arch: amd64\n// flags: -a -b\n#include <x.h>\n// want: exit 9\n")
	if err != nil {
		t.Fatal(err)
	}
	if a.about != "Tries this; must get that. " || a.stdin != 2<<20 || a.arch != "amd64" || len(a.flags) != 2 || len(a.wants) != 2 {
		t.Errorf("%+v", a)
	}
	if l := a.limits; l.CPU != 200*time.Millisecond || l.MemoryKB != 32<<10 || l.Processes != 5 || l.Wall != usual.Wall {
		t.Errorf("%+v", l)
	}
	for _, source := range []string{
		"int main;", "// want: exit 0\n", "// Says nothing.\n", "// A.\n// want: exit x\n", "// A.\n// want: limit luck\n",
		"// A.\n// want: joy\n", "// A.\n// want: exit 0\n// limits: memory=lots\n", "// A.\n// want: exit 0\n// limits: luck=1M\n",
	} {
		if _, err := parseAttack("x.c", source); err == nil {
			t.Errorf("accepted: %q", source)
		}
	}
}

func TestAnAttackIsJudgedByItsEnds(t *testing.T) {
	text := "out\n"
	a := attack{wants: []end{{exit: 3, stdout: &text}, {signal: 9}, {limit: judge.LimitMemory}}}
	for _, tc := range []struct {
		name string
		ran  ran
		good bool
	}{
		{"as wanted", ran{Outcome: judge.Outcome{ExitCode: 3}, stdout: "out\n"}, true},
		{"other output", ran{Outcome: judge.Outcome{ExitCode: 3}, stdout: "out"}, false},
		{"other code", ran{Outcome: judge.Outcome{ExitCode: 0}, stdout: "out\n"}, false},
		{"a signal", ran{Outcome: judge.Outcome{Signal: 9}}, true},
		{"another signal", ran{Outcome: judge.Outcome{Signal: 11}}, false},
		{"a limit, whatever the signal", ran{Outcome: judge.Outcome{Signal: 9, Limit: judge.LimitMemory}}, true},
		{"another limit behind the wanted signal", ran{Outcome: judge.Outcome{Signal: 9, Limit: judge.LimitCPU}}, false},
	} {
		if wrong := a.judge(tc.ran); (wrong == "") != tc.good {
			t.Errorf("%s: %q", tc.name, wrong)
		}
	}
}

func TestASecretIsSeenInEitherStream(t *testing.T) {
	c := canaries{"canary-x": "a file"}
	for _, r := range []ran{{stdout: "--canary-x--"}, {stderr: "canary-x"}} {
		if len(c.seen(r)) != 1 {
			t.Errorf("%+v passes", r)
		}
	}
	if where := c.seen(ran{stdout: "canary-y"}); where != nil {
		t.Error(where)
	}
}

func TestWhatIsLeftIsCounted(t *testing.T) {
	before := census{Goroutines: 5, Descriptors: 10, Descendants: []string{"init: 5 descriptors"}}
	fewer := before
	fewer.Goroutines = 4
	if diff := before.growth(fewer); diff != "" {
		t.Error(diff)
	}
	for name, change := range map[string]func(*census){
		"goroutine":  func(c *census) { c.Goroutines++ },
		"descriptor": func(c *census) { c.Descriptors++ },
		"mount":      func(c *census) { c.Mounts++ },
		"object":     func(c *census) { c.Objects++ },
		"process":    func(c *census) { c.Processes++ },
		"descendant": func(c *census) { c.Descendants = []string{"init: 6 descriptors"} },
		"file":       func(c *census) { c.Files = []string{"/tmp/x"} },
	} {
		after := before
		change(&after)
		if before.growth(after) == "" {
			t.Errorf("another %s is not noticed", name)
		}
	}
}

func TestACensusSeesThisMachine(t *testing.T) {
	c := takeCensus(0)
	if c.Goroutines == 0 || c.Descriptors == 0 || c.Mounts == 0 || c.Processes == 0 {
		t.Errorf("%+v", c)
	}
}
