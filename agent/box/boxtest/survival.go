package boxtest

import (
	"time"

	"assay/judge"
)

var survival = []promise{
	{"no process outlives its run", func(s *subject) {
		s.run(act("daemon"))
		s.leavesNothing()
		s.prints("1\n", shell("set -- /proc/[0-9]*; echo $#"))
	}},
	{"a process that holds stdout does not prolong the run", func(s *subject) {
		s.prints("done\n", act("holder"))
	}},
	{"no file outlives its run", func(s *subject) {
		s.run(act("litter"))
		s.leavesNothing()
		c := act("litter")
		c.Keep = true
		s.run(c)
		s.leavesNothing()
	}},
	{"a tree of any depth is removed", func(s *subject) {
		c := act("abyss")
		c.Limits.CPU = Paced(30 * time.Second)
		if r := s.run(c); r.ExitCode != 0 || len(r.stdout) < 4 {
			s.Fatalf("the tree is not deep: %+v", r)
		}
		s.leavesNothing()
	}},
	{"a box is whole after every limit", func(s *subject) {
		for range 3 {
			s.endsBy(judge.LimitMemory, small("fill", "1024"))
			s.endsBy(judge.LimitMemory, small("malloc"))
			s.endsBy(judge.LimitOutput, act("flood", "12"))
			s.endsBy(judge.LimitIdle, soon("sleep"))
			s.run(brief("forkbomb"))
			s.run(act("signals"))
			s.leavesNothing()
		}
	}},
	{"reset removes installed files", func(s *subject) {
		s.install("data", "content")
		s.install("dir/data", "content")
		if err := s.box.Reset(s.Context()); err != nil {
			s.Fatal(err)
		}
		s.prints("", shell("ls -A /w"))
	}},
}
