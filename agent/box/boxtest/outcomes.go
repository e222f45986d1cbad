package boxtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"assay/agent/box"
	"assay/judge"
)

var outcomes = []promise{
	{"an exit code is reported", func(s *subject) {
		for _, code := range []int{0, 1, 42, 139, 255} {
			if r := s.run(act("exit", fmt.Sprint(code))); r.ExitCode != code || r.Signal != 0 || r.Limit != judge.NoLimit {
				s.Errorf("exit %d: %+v", code, r)
			}
		}
	}},
	{"a signal is reported and is no limit", func(s *subject) {
		for _, signal := range []int{6, 8, 9, 11, 13, 15, 24, 25, 31} {
			if r := s.run(act("raise", fmt.Sprint(signal))); r.Signal != signal || r.Limit != judge.NoLimit {
				s.Errorf("signal %d: %+v", signal, r)
			}
		}
	}},
	{"stdout and stderr are kept apart", func(s *subject) {
		r := s.prints("to stdout\n", act("both"))
		if r.stderr != "to stderr\n" || r.OutputBytes != 20 {
			s.Errorf("%+v", r)
		}
	}},
	{"stdin is the given file from its beginning", func(s *subject) {
		input := strings.Repeat("line of input\n", 100_000)
		c := act("cat")
		c.Limits.OutputKB = 4 << 10
		c.Stdin = s.file(input) // its offset is at its end
		s.prints(input, c)
		s.prints(input, c)
	}},
	{"stdin can be a pipe", func(s *subject) {
		r, w, err := os.Pipe()
		if err != nil {
			s.Fatal(err)
		}
		defer r.Close()
		fmt.Fprint(w, "through a pipe")
		w.Close()
		c := act("cat")
		c.Stdin = r
		s.prints("through a pipe", c)
	}},
	{"without stdin a program reads nothing", func(s *subject) {
		s.prints("", act("cat"))
	}},
	{"a program need not read its input", func(s *subject) {
		c := act("exit", "0")
		c.Stdin = s.file(strings.Repeat("unread\n", 1<<17))
		s.prints("", c)
	}},
	{"output arrives byte for byte", func(s *subject) {
		s.prints("a\x00\xff\xfe\r\n\x00", shell(`printf 'a\000\377\376\r\n\000'`))
	}},
	{"a program that closes its streams still ends by itself", func(s *subject) {
		s.prints("", shell("exec <&- >&- 2>&-; exit 0"))
	}},
	{"arguments and environment arrive as given and nothing else does", func(s *subject) {
		c := act("self", "", "a b", "$HOME `id` *", "\xff\x01\n")
		c.Env = []string{"A=1", "EMPTY=", "B=x y\n"}
		s.prints(strings.Join(append(c.Argv, c.Env...), "\x00")+"\x00", c)
	}},
	{"a program that is not there ends like in a shell", func(s *subject) {
		c := act()
		c.Argv = []string{"/no/such/program"}
		if r := s.run(c); r.ExitCode != 127 || r.Limit != judge.NoLimit || !strings.Contains(r.stderr, "/no/such/program") {
			s.Errorf("%+v", r)
		}
	}},
	{"a file that is no program ends like in a shell", func(s *subject) {
		s.install("text", "neither ELF nor a script")
		for _, name := range []string{"./text", "/usr"} {
			c := act()
			c.Argv = []string{name}
			if r := s.run(c); r.ExitCode != 126 || r.stderr == "" {
				s.Errorf("%s: %+v", name, r)
			}
		}
	}},
	{"CPU time, wall time and memory are measured", func(s *subject) {
		r := s.run(shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; head -c 20000000 /dev/zero > f"))
		if r.CPU <= 0 || r.Wall <= 0 || r.MemoryKB < 19_000 || r.MemoryKB > 60_000 {
			s.Errorf("%+v", r)
		}
	}},
	{"memory that is touched is reported, the same every time", func(s *subject) {
		first := s.run(act("touch", "50")).MemoryKB
		if first < 50<<10 || first > 60<<10 {
			s.Errorf("50 MiB are reported as %d KiB", first)
		}
		if again := s.run(act("touch", "50")).MemoryKB; again < first*9/10 || again > first*11/10 {
			s.Errorf("%d KiB, then %d KiB", first, again)
		}
	}},
	{"memory of one run does not count for the next", func(s *subject) {
		before := s.run(act("exit", "0")).MemoryKB
		s.endsBy(judge.LimitMemory, act("malloc"))
		if r := s.run(act("exit", "0")); r.MemoryKB > max(before+1<<10, 8<<10) {
			s.Errorf("%+v, %d KiB before", r, before)
		}
	}},
	{"cancelling ends the run and is a fault", func(s *subject) {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		_, err := s.try(ctx, act("sleep"))
		var fault *box.Fault
		if !errors.As(err, &fault) || !errors.Is(err, context.DeadlineExceeded) {
			s.Errorf("got %v, want a fault because of the deadline", err)
		}
		s.run(act("exit", "0"))
	}},
}
