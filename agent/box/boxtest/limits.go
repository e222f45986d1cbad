package boxtest

import (
	"strconv"
	"strings"
	"time"

	"assay/agent/box"
	"assay/judge"
)

// brief is an act with little CPU time.
func brief(args ...string) box.Command {
	c := act(args...)
	c.Limits.CPU = Paced(100 * time.Millisecond)
	return c
}

// soon is an act with little wall time, but enough that the 5 ms of CPU which a
// start can cost on a busy machine stay well below the twentieth of it that
// makes a program busy rather than idle.
func soon(args ...string) box.Command {
	c := act(args...)
	c.Limits.Wall = Paced(500 * time.Millisecond)
	return c
}

// small is an act with little memory.
func small(args ...string) box.Command {
	c := act(args...)
	c.Limits.MemoryKB = 32 << 10
	return c
}

var limits = []promise{
	{"an endless loop ends by its CPU time", func(s *subject) {
		c := brief("loop")
		if r := s.endsBy(judge.LimitCPU, c); r.CPU < c.Limits.CPU || r.CPU > 3*c.Limits.CPU {
			s.Errorf("used %v of %v", r.CPU, c.Limits.CPU)
		}
	}},
	{"the CPU time of threads, children and orphans is summed", func(s *subject) {
		for _, how := range []string{"threads", "children", "orphans"} {
			s.endsBy(judge.LimitCPU, brief(how, "4"))
		}
	}},
	{"a program that sleeps too long ends as idle", func(s *subject) {
		c := soon("sleep")
		if r := s.endsBy(judge.LimitIdle, c); r.Wall < c.Limits.Wall {
			s.Errorf("ended after %v of %v", r.Wall, c.Limits.Wall)
		}
	}},
	{"a program that stops itself ends as idle", func(s *subject) {
		s.endsBy(judge.LimitIdle, soon("raise", "19"))
	}},
	{"a busy program ends by its wall time", func(s *subject) {
		c := soon("loop")
		c.Limits.Wall = Paced(300 * time.Millisecond)
		s.endsBy(judge.LimitWall, c)
	}},
	{"memory is limited for allocations", func(s *subject) {
		c := small("malloc")
		if r := s.endsBy(judge.LimitMemory, c); r.MemoryKB > c.Limits.MemoryKB+1024 {
			s.Errorf("used %d KiB of %d", r.MemoryKB, c.Limits.MemoryKB)
		}
	}},
	{"memory is limited for children", func(s *subject) {
		s.endsBy(judge.LimitMemory, small("child-malloc"))
	}},
	{"files in memory count as memory", func(s *subject) {
		c := small("memfd", "65536")
		c.Limits.FileKB = 0 // it counts for files in memory, too
		s.endsBy(judge.LimitMemory, c)
		s.endsBy(judge.LimitMemory, small("fill", "1024"))
	}},
	{"a program whose data do not fit ends by its memory", func(s *subject) {
		source := s.TempDir() + "/huge.c"
		writeFile(s.T, source, "char data[64L << 30]; void _start(void) { for (long i = 0;; i += 4096) data[i] = 1; }")
		s.installFile("huge", compile(s.T, "-nostdlib", "-mcmodel=large", source), true)
		c := small()
		c.Argv = []string{"./huge"}
		s.endsBy(judge.LimitMemory, c)
	}},
	{"the stack is as deep as its limit and no deeper", func(s *subject) {
		c := act("stack", "60000")
		c.Limits.StackKB = 64 << 10
		s.prints("", c)
		c.Limits.StackKB = 8 << 10
		if r := s.run(c); r.Signal != 11 {
			s.Errorf("%+v", r)
		}
	}},
	{"output is cut at the first byte beyond the limit", func(s *subject) {
		for _, flood := range []string{"1", "12"} {
			r := s.endsBy(judge.LimitOutput, act("flood", flood))
			if got := len(r.stdout) + len(r.stderr); got != 1<<20 || r.OutputBytes != 1<<20+1 {
				s.Errorf("delivered %d bytes, counted %d", got, r.OutputBytes)
			}
		}
	}},
	{"output up to the limit is no flood", func(s *subject) {
		s.prints(strings.Repeat("p", 1<<20), act("print", strconv.Itoa(1<<20)))
		r := s.endsBy(judge.LimitOutput, act("print", strconv.Itoa(1<<20+1)))
		if len(r.stdout) != 1<<20 {
			s.Errorf("delivered %d bytes", len(r.stdout))
		}
	}},
	{"a fork bomb ends by a limit", func(s *subject) {
		if r := s.run(brief("forkbomb")); r.Limit == judge.NoLimit {
			s.Errorf("%+v", r)
		}
	}},
	{"a program that starts itself again and again ends by its CPU time", func(s *subject) {
		s.endsBy(judge.LimitCPU, brief("execbomb"))
	}},
	{"reading more files than fit into memory is allowed", func(s *subject) {
		c := shell("cat /usr/bin/[a-m]* 2>/dev/null | head -c 96000000 | wc -c")
		c.Limits.MemoryKB = 24 << 10
		c.Limits.CPU = Paced(30 * time.Second)
		r := s.endsBy(judge.NoLimit, c)
		if n, err := strconv.Atoi(strings.TrimSpace(r.stdout)); err != nil || n < 1<<20 {
			s.Errorf("%+v", r)
		}
	}},
	{"as many processes as allowed can live and no more", func(s *subject) {
		c := soon("forks", "7")
		c.Limits.Processes = 8
		c.Limits.Wall = Paced(time.Second)
		if r := s.endsBy(judge.LimitIdle, c); r.stdout != "all\n" {
			s.Errorf("%+v", r)
		}
		c.Argv[2] = "8"
		if r := s.endsBy(judge.LimitIdle, c); r.stdout != "7\n" {
			s.Errorf("%+v", r)
		}
	}},
	{"threads count as processes", func(s *subject) {
		c := act("threadbomb")
		c.Limits.Processes = 20
		s.prints("19\n", c)
	}},
	{"a file ends at its largest size", func(s *subject) {
		c := act("file", "2048")
		c.Limits.FileKB = 1024
		if r := s.run(c); r.Signal != 25 {
			s.Errorf("%+v, want SIGXFSZ", r)
		}
		c.Limits.FileKB = 4096
		s.prints("", c)
	}},
	{"a sparse file of a terabyte cannot be made", func(s *subject) {
		if r := s.run(act("sparse")); r.ExitCode != 1 {
			s.Errorf("%+v", r)
		}
	}},
	{"the directories of a box have one bounded size together", func(s *subject) {
		c := act("fill", "1024")
		c.Limits.CPU = Paced(30 * time.Second)
		if r := s.run(c); r.stdout != "no space\n" && r.stdout != "open: No space left on device\n" {
			s.Errorf("%+v", r)
		}
	}},
	{"the number of files is bounded", func(s *subject) {
		c := act("inodes")
		c.Limits.CPU = Paced(30 * time.Second)
		if r := s.run(c); r.stdout != "no space\n" {
			s.Errorf("%+v", r)
		}
	}},
	{"the number of open files is bounded", func(s *subject) {
		s.prints("bounded\n", act("descriptors"))
	}},
	{"a program cannot raise its limits", func(s *subject) {
		s.isQuiet(act("limits"))
	}},
}
