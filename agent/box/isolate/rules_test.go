package isolate

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/agent/box"
	"assay/agent/box/cgroup"
	"assay/agent/box/isolate/shim"
	"assay/judge"
)

func TestTheCommandLineOfARunSaysEverythingThatIsolateWouldGuessWrong(t *testing.T) {
	got := runArgs(7, "/var/local/lib/isolate/7", rules{tops: []string{"box", "dev", "tmp", "usr", "w"}, masks: []mask{{"sys/fs", true}, {"kcore", false}}}, 512, box.Command{
		Argv: []string{"./a", ""}, Env: []string{"EMPTY="},
		Limits: judge.Limits{Wall: 1500 * time.Millisecond, MemoryKB: 65536, StackKB: 8192, FileKB: 1024, Processes: 3},
	})
	want := []string{
		"--cg", "--box-id=7", "--silent", "--meta=/var/local/lib/isolate/7/assay-meta",
		"--no-default-dirs", "--dir=proc=proc:fs",
		"--dir=box=./assay-stage/box", "--dir=dev=./assay-stage/dev:dev", "--dir=tmp=./assay-stage/tmp:rw",
		"--dir=usr=./assay-stage/usr", "--dir=w=./assay-stage/w:rw", "--dir=proc/sys/fs=./assay-none", "--dir=proc/kcore=./assay-stage/box/nothing",
		"--cg-mem=65536", "--open-files=512", "--core=1", "--processes", "--stack=8192", "--fsize=1024", "--wall-time=11.500",
		"--chdir=/w", "--env=ASSAY_BOX_SHIM=3", "--env=GOMAXPROCS=1", "--run", "--",
		"/box/shim", "1", "EMPTY=", "./a", "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What isolate would do if it were not told otherwise, by release.
func TestTrapsOfTheCommandLineAreAvoided(t *testing.T) {
	args := runArgs(7, "/b/7", rules{tops: []string{"dev", "tmp", "usr", "w"}}, 512, box.Command{
		Argv: []string{"./a"}, Env: []string{"PATH=/usr/bin", "EMPTY="}, Limits: judge.Limits{Wall: time.Second, CPU: time.Second},
	})
	end := slices.Index(args, "--")
	isolates, programs := args[:end], args[end+1:]
	has := func(prefix string) bool {
		return slices.ContainsFunc(isolates, func(a string) bool { return strings.HasPrefix(a, prefix) })
	}
	for trap, avoided := range map[string]bool{
		"the environment has no PATH":                                     slices.Contains(programs, "PATH=/usr/bin") && !has("--full-env"),
		"variables that are empty are dropped":                            slices.Contains(programs, "EMPTY="),
		"a program may have one process":                                  slices.Contains(isolates, "--processes"),
		"a program may have 64 open files":                                has("--open-files=512"),
		"--extra-time is a figure of CPU time, and no addition to it":     !has("--extra-time") && !has("--time"),
		"limits are looked at ten times a second":                         has("--wall-time=11."),
		"a memory limit that is not given is that of the run before":      has("--cg-mem="),
		"the host's /dev is shown, with all that is mounted there":        slices.Contains(isolates, "--no-default-dirs") && has("--dir=dev=./"),
		"links in isolate's own directory vanish, and files change hands": !strings.Contains(strings.Join(isolates, " "), "./box"),
		"messages of isolate stand among the program's":                   has("--silent"),
		"descriptors of the agent are kept open":                          !has("--inherit-fds"),
		"the network is the host's":                                       !has("--share-net"),
	} {
		if !avoided {
			t.Errorf("%s: %q", trap, args)
		}
	}
}

// 2.x tells of kills and peaks since the box was made.
func TestWhatAnEarlierRunLeftInTheMetaFileIsNoEvidence(t *testing.T) {
	m, err := parseMeta("cg-oom-killed:1\ncg-mem:262144\nexitsig:9\nstatus:SG\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(meta{status: "SG", signal: 9, complete: true}, m, cmp.AllowUnexported(meta{})); diff != "" {
		t.Error(diff)
	}
}

func TestALimitIsAlwaysGivenSinceAnOldOneWouldStand(t *testing.T) {
	args := limitArgs(64, judge.Limits{})
	if !slices.Contains(args, "--cg-mem=2147483647") || !slices.Contains(args, "--fsize=0") || !slices.Contains(args, "--stack=0") {
		t.Errorf("%q", args)
	}
	if slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--wall-time") }) {
		t.Errorf("a wall time without a limit: %q", args)
	}
	if n := memoryKB(judge.Limits{MemoryKB: math.MaxInt64}); n != noLimit {
		t.Errorf("a limit of %d is more than isolate can hold", n)
	}
	if n := memoryKB(judge.Limits{MemoryKB: 1}); n != leastMemoryKB {
		t.Errorf("the shim gets %d KiB", n)
	}
}

// Meta files as both releases write them.
func TestAMetaFileTellsHowTheRunEnded(t *testing.T) {
	const usage = "time:0.002\ntime-wall:0.024\nmax-rss:2128\ncsw-voluntary:5\ncsw-forced:127\ncg-mem:492\n"
	exited := func(code int) syscall.WaitStatus { return syscall.WaitStatus(code << 8) }
	for name, c := range map[string]struct {
		text   string
		status int // of isolate
		want   syscall.WaitStatus
	}{
		"all went well":      {usage + "exitcode:0\n", 0, exited(0)},
		"an exit code":       {usage + "exitcode:42\nstatus:RE\nmessage:Exited with error status 42\n", 1, exited(42)},
		"an exit code of 2":  {usage + "exitcode:2\nstatus:RE\nmessage:Exited with error status 2\n", 1, exited(2)},
		"a signal":           {usage + "exitsig:11\nstatus:SG\nmessage:Caught fatal signal 11\n", 1, syscall.WaitStatus(syscall.SIGSEGV)},
		"out of memory":      {usage + "cg-oom-killed:1\nexitsig:9\nstatus:SG\nmessage:Caught fatal signal 9\n", 1, syscall.WaitStatus(syscall.SIGKILL)},
		"isolate's own time": {"status:TO\nmessage:Time limit exceeded (wall clock)\nkilled:1\n" + usage, 1, syscall.WaitStatus(syscall.SIGKILL)},
		"time seen too late": {usage + "status:TO\nmessage:Time limit exceeded\n", 1, syscall.WaitStatus(syscall.SIGKILL)},
		"a key of tomorrow":  {usage + "cg-pressure:1:2\nexitcode:0\n", 0, exited(0)},
	} {
		m, err := parseMeta(c.text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := m.waitStatus(exited(c.status))
		if err != nil || got != c.want {
			t.Errorf("%s: %#x, %v, want %#x", name, got, err, c.want)
		}
	}
}

func TestFailuresOfIsolateAreNeverTheProgramsOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		status int
	}{
		"exit 2":                  {"status:XX\nmessage:Cannot create control group\n", 2},
		"exit 2 without a word":   {"", 2},
		"a failure with exit 1":   {"status:XX\nmessage:x\n", 1},
		"no end":                  {"time:0.001\n", 0},
		"an empty file":           {"", 1},
		"an end, but busy (2.x)":  {"exitcode:0\n", 2},
		"killed keeper, no words": {"killed:1\n", 1},
	} {
		m, err := parseMeta(c.text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := m.waitStatus(syscall.WaitStatus(c.status << 8)); err == nil {
			t.Errorf("%s: taken for %#x", name, got)
		}
	}
	for _, text := range []string{"nonsense\n", "exitcode:\n", "exitcode:x\n", "exitsig:9x\n"} {
		if m, err := parseMeta(text); err == nil {
			t.Errorf("%q: taken for %+v", text, m)
		}
	}
}

func FuzzAnyMetaFileCanBeRead(f *testing.F) {
	f.Add("time:0.001\nexitcode:0\n", 0)
	f.Add("status:XX\nmessage:a:b\n", 2)
	f.Fuzz(func(t *testing.T, text string, code int) {
		m, err := parseMeta(text)
		if err != nil {
			return
		}
		if status, err := m.waitStatus(syscall.WaitStatus((code & 3) << 8)); err == nil && code&3 >= 2 {
			t.Errorf("isolate failed, and the program ended with %#x", status)
		}
	})
}

func TestBothLinesOfReleasesAreKnownByTheirVersion(t *testing.T) {
	for text, want := range map[string]version{
		"The process isolator 1.10.1\n(c) 2012--2023 ...\n": {1, 10},
		"The process isolator 2.6\n(c) 2012--2026 ...\n":    {2, 6},
		"The process isolator 2.0":                          {2, 0},
	} {
		got, err := parseVersion([]byte(text))
		if err != nil || got != want || got.usable() != nil {
			t.Errorf("%q: %v, %v, %v", text, got, err, got.usable())
		}
	}
	if (version{1, 8}).usable() == nil {
		t.Error("1.8 has no --no-default-dirs, and is taken")
	}
	if _, err := parseVersion([]byte("isolate: command not found")); err == nil {
		t.Error("something else is taken for isolate")
	}
}

// files are what a configuration refers to.
func files(content map[string]string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if text, ok := content[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
}

func TestTheSettingsOfBothLinesAreUnderstood(t *testing.T) {
	one, err := parseSettings(strings.NewReader("# boxes\nbox_root = /var/local/lib/isolate\ncg_root = /sys/fs/cgroup\n\ncg_parent=judge\nfirst_uid = 60000\nfirst_gid = 60000\nnum_boxes = 1000\nbox0.cpus = 4-7\n"), files(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(settings{"/var/local/lib/isolate", "/sys/fs/cgroup", "judge", 60000, 1000, false}, one, cmp.AllowUnexported(settings{})); diff != "" {
		t.Error(diff)
	}
	wantV1 := cgroup.Place{V1: map[string]string{
		"memory": "/sys/fs/cgroup/memory/judge/box-7", "cpuacct": "/sys/fs/cgroup/cpuacct/judge/box-7", "cpuset": "/sys/fs/cgroup/cpuset/judge/box-7",
	}, Vacant: true}
	if diff := cmp.Diff(wantV1, one.place(1, 7)); diff != "" {
		t.Error(diff)
	}
	two, err := parseSettings(strings.NewReader("box_root = /var/local/lib/isolate\nlock_root = /run/isolate/locks\ncg_root = auto:/run/isolate/cgroup\nsubid_user = isolate\n"), files(map[string]string{
		"/run/isolate/cgroup": "/sys/fs/cgroup/isolate.slice/isolate.service\n", "/etc/subuid": "anna:1:2\nisolate:200000:65536\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if two.firstUID != 200000 || two.boxes != 65536 {
		t.Errorf("%+v", two)
	}
	if got := two.place(2, 7); got.V2 != "/sys/fs/cgroup/isolate.slice/isolate.service/box-7" || got.V1 != nil {
		t.Errorf("%+v", got)
	}
}

func TestSettingsThatCannotBeUsedAreToldWithTheRemedy(t *testing.T) {
	for text, word := range map[string]string{
		"":                                       "missing",
		"box_root = /b\ncg_root = auto:/run/x\n": "service isolate",
		"box_root = /b\ncg_root = /c\n":          "first_uid",
		"syscall_flags = all\n":                  "syscall_flags",
		"box_root = /b\ncg_root = /c\nsubid_user = who\n": "subuid",
	} {
		_, err := parseSettings(strings.NewReader(text), files(map[string]string{"/etc/subuid": ""}))
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := readSettings("/usr/bin/isolate", "/no/such/file"); err == nil || !strings.Contains(err.Error(), "isolate.settings") {
		t.Error(err)
	}
}

func TestControlGroupsOfTheWrongVersionAreToldWithTheRemedy(t *testing.T) {
	old, new := version{1, 10}, version{2, 6}
	one, two := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		one + "/memory/judge/tasks": "", one + "/cpuacct/judge/tasks": "", two + "/cgroup.subtree_control": "cpuset memory\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := (settings{cgRoot: one, cgParent: "judge"}).usable(old); err != nil {
		t.Error(err)
	}
	if err := (settings{cgRoot: two}).usable(new); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		settings
		version
		word string
	}{
		{settings{cgRoot: two}, old, "install isolate 2.x"},
		{settings{cgRoot: one}, old, "install isolate 2.x"},
		{settings{cgRoot: one}, new, "install isolate 1.10"},
		{settings{cgRoot: "/no/such"}, new, "start isolate.service"},
	} {
		if err := c.settings.usable(c.version); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%v with %v: %v", c.version, c.settings, err)
		}
	}
}

// From 2.4 on, unless it is told otherwise.
func TestWhetherProgramsMayLockFilesIsKnown(t *testing.T) {
	for mask, want := range map[string]bool{"": false, "0": true, "65535": false, "11": true, "4": false} {
		if got, err := lockable(mask); err != nil || got != want {
			t.Errorf("%q: %v, %v", mask, got, err)
		}
	}
	if (version{2, 3}).filters() || (version{1, 10}).filters() || !(version{2, 4}).filters() {
		t.Error("2.4 is the first release with a filter")
	}
}

func TestTheSettingsAreLookedForWhereTheProgramIsInstalled(t *testing.T) {
	for program, want := range map[string]string{
		"/usr/bin/isolate": "/etc/isolate", "/usr/local/bin/isolate": "/usr/local/etc/isolate", "/opt/isolate/bin/isolate": "/opt/isolate/etc/isolate",
	} {
		if got := usualSettings(program)[0]; got != want {
			t.Errorf("%s: first at %s, want %s", program, got, want)
		}
	}
}

func TestABoxIdIsLentOnceAtATime(t *testing.T) {
	pool := &ids{first: 1_000_000 + os.Getpid()%1_000_000*4, count: 2}
	a, markA, err := pool.acquire()
	if err != nil {
		t.Fatal(err)
	}
	defer markA.Close()
	b, markB, err := pool.acquire()
	if err != nil || a == b {
		t.Fatalf("%d and %d, %v", a, b, err)
	}
	other := &ids{first: pool.first, count: 2} // another agent's
	if id, _, err := other.acquire(); err == nil {
		t.Errorf("%d is lent twice", id)
	}
	_ = markB.Close()
	again, markB, err := other.acquire()
	if err != nil || again != b {
		t.Errorf("%d, %v, want %d", again, err, b)
	}
	_ = markB.Close()
}

func TestTheMemoryThatAProgramAsksForIsReadFromItsSegments(t *testing.T) {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer self.Close()
	info, err := self.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if n := segments(self); n < 1<<20 || n > 10*uint64(info.Size()) {
		t.Errorf("%d for a file of %d bytes", n, info.Size())
	}
	for _, text := range []string{"", "#!/bin/sh\n", "\x7fELF\x02", "\x7fELF\x02" + strings.Repeat("\xff", 100)} {
		if n := segments(strings.NewReader(text)); n != 0 {
			t.Errorf("%q: %d", text, n)
		}
	}
}

func FuzzSegmentsOfAnything(f *testing.F) {
	f.Add("\x7fELF\x02" + strings.Repeat("\x01", 200))
	f.Fuzz(func(t *testing.T, text string) { segments(strings.NewReader(text)) })
}

func TestAProgramsNeedIsFoundByItsPlaceInTheWorkDirectory(t *testing.T) {
	s := &slot{need: map[string]uint64{"dir/a": 7}}
	for name, want := range map[string]uint64{"./dir/a": 7, "dir/../dir/a": 7, "/w/dir/a": 7, "/usr/bin/a": 0, "/wdir/a": 0, "a": 0} {
		if got := s.needs(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

// fakeIsolate is a program that answers like one release of isolate, and keeps
// a record of what it was told.
func fakeIsolate(t *testing.T, script string) (program, record string) {
	t.Helper()
	dir := t.TempDir()
	program, record = filepath.Join(dir, "isolate"), filepath.Join(dir, "record")
	text := "#!/bin/sh\necho \"$@\" >> " + record + "\n" + script
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return program, record
}

func TestWhatIsolateComplainsOfIsPassedOn(t *testing.T) {
	program, _ := fakeIsolate(t, `case "$*" in *--init*) echo "Box already exists, run isolate --cleanup first" >&2; exit 2;; esac`)
	d := &Driver{program: program}
	err := d.isolate(t.Context(), manage(3, "--init"))
	if err == nil || !strings.Contains(err.Error(), "Box already exists") || !strings.Contains(err.Error(), "--box-id=3") {
		t.Error(err)
	}
}

func TestALeftBoxIsCleanedUpBeforeItIsMadeAgain(t *testing.T) {
	program, record := fakeIsolate(t, "exit 0")
	root := t.TempDir()
	d := &Driver{program: program, settings: settings{boxRoot: root, cgRoot: t.TempDir()}, version: version{1, 10}}
	if err := errors.Join(os.Mkdir(filepath.Join(root, "3"), 0o755), d.clean(t.Context(), 3), d.clean(t.Context(), 4)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(record)
	if err != nil || string(text) != "--cg --box-id=3 --cleanup\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAnIsolateThatIsTooOldOrMissingStopsTheStart(t *testing.T) {
	old, _ := fakeIsolate(t, `echo "The process isolator 1.8.1"`)
	for program, word := range map[string]string{old: "too old", "/no/such/isolate": "isolate.program", "/bin/false": "version"} {
		if _, _, err := find(t.Context(), program); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", program, err)
		}
	}
	new, _ := fakeIsolate(t, `echo "The process isolator 2.6"`)
	if _, v, err := find(t.Context(), new); err != nil || v != (version{2, 6}) {
		t.Errorf("%v, %v", v, err)
	}
}

func TestTheStageHoldsNothingThatIsolateCannotBind(t *testing.T) {
	s, r, err := stage(Config{}.or())
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Links) > 0 {
		t.Errorf("links: %v", s.Links)
	}
	for _, top := range []string{"w", "tmp", "dev", "etc", "usr", shim.Dir[1:]} {
		if !slices.Contains(r.tops, top) {
			t.Errorf("/%s is not shown", top)
		}
	}
	if _, _, err := stage(Config{Mounts: []box.Mount{{Source: "/usr", Target: "/proc/x"}}}.or()); err == nil {
		t.Error("a mount below /proc is taken")
	}
}
