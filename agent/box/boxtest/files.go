package boxtest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/agent/box"
)

// making is the act that leaves files of all kinds, kept.
func making() box.Command {
	c := act("make")
	c.Keep = true
	return c
}

// fetch collects one file and reads it.
func (s *subject) fetch(name string, most int64) (string, box.Collected, error) {
	s.Helper()
	list, err := s.box.Collect(s.Context(), []string{name}, most)
	if err != nil {
		return "", box.Collected{}, err
	}
	defer list[0].Content.Close()
	data, err := io.ReadAll(list[0].Content)
	if err != nil {
		s.Fatal(err)
	}
	return string(data), list[0], nil
}

var files = []promise{
	{"installed files can be read, and run when they are executable", func(s *subject) {
		s.install("data", "content")
		s.install("lib/deep/module", "deep content")
		s.prints("contentdeep content", shell("cat data lib/deep/module"))
		s.installFile("tool", s.program, true)
		c := act("exit", "7")
		c.Argv[0] = "./tool"
		if r := s.run(c); r.ExitCode != 7 {
			s.Errorf("%+v", r)
		}
		s.installFile("plain", s.program, false)
		c.Argv[0] = "./plain"
		if r := s.run(c); r.ExitCode != 126 {
			s.Errorf("%+v", r)
		}
	}},
	{"installing a name again replaces the file", func(s *subject) {
		s.install("data", "old and long")
		s.install("data", "new")
		s.prints("new", shell("cat data"))
	}},
	{"installed files are as large as they are", func(s *subject) {
		content := strings.Repeat("0123456789abcdef", 1<<17)
		s.install("large", content)
		c := shell("cat large")
		c.Limits.OutputKB = 4 << 10
		s.prints(content, c)
	}},
	{"an installed file cannot be changed, replaced or removed", func(s *subject) {
		s.install("data", "content")
		s.install("dir/data", "content")
		s.isQuiet(act("tamper", "data"))
		s.isQuiet(act("tamper", "hostile"))
		s.isQuiet(act("tamper", "dir/data"))
		s.isQuiet(act("tamper", "dir"))
		s.prints("contentcontent", shell("cat data dir/data"))
	}},
	{"a name outside the work directory is not installed", func(s *subject) {
		for _, name := range []string{"../tmp/x", "/tmp/x", "a/../../x", "", ".", "a//b", "a/./b"} {
			if s.box.Install(s.Context(), []box.File{{Name: name, Content: s.program}}) == nil {
				s.Errorf("installed %q", name)
			}
		}
	}},
	{"what a run leaves can be listed and collected", func(s *subject) {
		s.install("installed", "not made by a program")
		s.run(making())
		names, err := s.box.List(s.Context(), 100)
		if err != nil {
			s.Fatal(err)
		}
		// A second name for the installed file is refused on most hosts.
		names = slices.DeleteFunc(names, func(name string) bool { return name == "stolen" })
		if diff := cmp.Diff([]string{"again", "artifact", "out/data", "twice"}, names); diff != "" {
			s.Errorf("list (-want +got):\n%s", diff)
		}
		if names, err := s.box.List(s.Context(), 2); err != nil || len(names) != 2 {
			s.Errorf("at most two names: %q, %v", names, err)
		}
		data, c, err := s.fetch("artifact", 5)
		if err != nil || data != "made\n" || c.Size != 5 || !c.Exec || c.Name != "artifact" {
			s.Errorf("artifact: %q, %+v, %v", data, c, err)
		}
		data, c, err = s.fetch("out/data", 100)
		if err != nil || data != "data\n" || c.Exec {
			s.Errorf("out/data: %q, %+v, %v", data, c, err)
		}
	}},
	{"links, pipes and directories are not collected", func(s *subject) {
		s.install("installed", "secret enough")
		s.run(making())
		for _, name := range []string{"soft", "root", "root/etc/passwd", "fifo", "dir", "twice", "again", "stolen"} {
			if data, _, err := s.fetch(name, 1<<20); err == nil {
				s.Errorf("collected %s: %q", name, data)
			}
		}
	}},
	{"a missing file is said not to exist", func(s *subject) {
		s.run(making())
		for _, name := range []string{"missing", "out/missing", "missing/data", "artifact/data"} {
			if _, _, err := s.fetch(name, 1<<20); !errors.Is(err, fs.ErrNotExist) {
				s.Errorf("%s: %v", name, err)
			}
		}
	}},
	{"a name outside the work directory is not collected", func(s *subject) {
		s.run(making())
		for _, name := range []string{"../etc/passwd", "/etc/passwd", "", ".", "out/../../etc/passwd"} {
			if data, _, err := s.fetch(name, 1<<20); err == nil {
				s.Errorf("collected %q: %q", name, data)
			}
		}
	}},
	{"more bytes than asked for are not collected", func(s *subject) {
		s.run(making())
		if _, _, err := s.fetch("artifact", 4); err == nil {
			s.Error("collected 5 bytes of at most 4")
		}
		if _, err := s.box.Collect(s.Context(), []string{"artifact", "out/data"}, 9); err == nil {
			s.Error("collected 10 bytes of at most 9")
		}
	}},
	{"what is kept is gone with the next run", func(s *subject) {
		s.run(making())
		s.leavesNothing()
		if _, _, err := s.fetch("artifact", 100); !errors.Is(err, fs.ErrNotExist) {
			s.Errorf("got %v", err)
		}
	}},
	{"what is kept does not count against the next run", func(s *subject) {
		c := shell("head -c 30000000 /dev/zero > large")
		c.Keep = true
		s.run(c)
		s.prints("", small("exit", "0"))
	}},
	{"a collected file that is still open does not count against the next run", func(s *subject) {
		c := shell("head -c 30000000 /dev/zero > large")
		c.Keep = true
		s.run(c)
		list, err := s.box.Collect(s.Context(), []string{"large"}, 30_000_000)
		if err != nil {
			s.Fatal(err)
		}
		defer list[0].Content.Close()
		s.prints("", small("exit", "0"))
	}},
	{"a collected file can be installed in another box", func(s *subject) {
		s.run(making())
		list, err := s.box.Collect(s.Context(), []string{"artifact"}, 100)
		if err != nil {
			s.Fatal(err)
		}
		defer list[0].Content.Close()
		if err := s.box.Reset(s.Context()); err != nil {
			s.Fatal(err)
		}
		s.installFile("artifact", list[0].Content, false)
		s.prints("made\n", shell("cat artifact"))
	}},
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
