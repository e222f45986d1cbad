package boxtest

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// herald tells when something is written to it.
type herald struct {
	told chan struct{}
	tell func()
}

func newHerald() herald {
	told := make(chan struct{})
	return herald{told, sync.OnceFunc(func() { close(told) })}
}

func (h herald) Write(p []byte) (int, error) {
	h.tell()
	return len(p), nil
}

var isolation = []promise{
	{"a program is nobody of the host, with no capabilities and no groups", func(s *subject) {
		r := s.run(shell("id -u; id -G | wc -w; grep -E '^(Cap|NoNewPrivs|Groups)' /proc/self/status | tr -d '\\t '"))
		lines := strings.Split(r.stdout, "\n")
		if len(lines) < 9 || lines[0] == "0" || lines[1] != "1" {
			s.Fatalf("%+v", r)
		}
		for _, line := range lines[2:8] {
			if name, value, _ := strings.Cut(line, ":"); name != "NoNewPrivs" && strings.Trim(value, "0") != "" {
				s.Errorf("%s is %s", name, value)
			}
		}
		if !strings.Contains(r.stdout, "NoNewPrivs:1") {
			s.Error("a program may gain privileges")
		}
		s.isQuiet(act("setuid"))
	}},
	{"dangerous system calls are refused", eachIsRefused},
	{"32-bit system calls are not made", func(s *subject) {
		if r := s.run(act("i386")); r.stdout != "" {
			s.Error(r.stdout)
		}
	}},
	{"there is no network", func(s *subject) {
		s.isQuiet(act("network"))
		s.prints("lo\n", shell("sed 1,2d /proc/net/dev | cut -d: -f1 | tr -d ' '"))
	}},
	{"abstract sockets of the host cannot be reached", func(s *subject) {
		l, err := net.Listen("unix", "@assay-boxtest")
		if err != nil {
			s.Fatal(err)
		}
		defer l.Close()
		s.prints("0\n", shell("grep -c assay-boxtest /proc/net/unix || true"))
	}},
	{"boxes do not reach each other", func(s *subject) {
		other := open(s.T, s.driver, s.program)
		ctx, stop := context.WithCancel(context.Background())
		ready, done := newHerald(), make(chan struct{})
		go func() {
			defer close(done)
			c := act("serve")
			c.Stdout = ready
			if _, err := other.box.Run(ctx, c); !errors.Is(err, context.Canceled) {
				s.Errorf("the program next door did not wait: %v", err)
			}
			ready.tell()
		}()
		<-ready.told
		s.isQuiet(act("knock"))
		stop()
		<-done
	}},
	{"files of the host are not there", func(s *subject) {
		secret := filepath.Join(s.TempDir(), "secret")
		writeFile(s.T, secret, "secret")
		for _, name := range []string{
			secret, "/root", "/home", "/etc/shadow", "/etc/ssh", "/etc/hostname", "/var", "/run", "/sys", "/boot", "/mnt", "/usr/local/bin",
			"/proc/1", "/dev/sda", "/dev/vda", "/dev/kmsg", "/dev/mem", "/dev/tty", "/dev/ptmx", "/dev/fuse", "/dev/kvm", "/old_root",
		} {
			s.isQuiet(act("exists", name))
		}
	}},
	{"passwd knows root and the box", func(s *subject) {
		r := s.run(shell("cut -d: -f1 /etc/passwd"))
		if r.stdout != "root\nbox\n" {
			s.Errorf("%q", r.stdout)
		}
	}},
	{"what /proc tells of the host is masked", func(s *subject) {
		s.prints("", shell("cd /proc; cat kcore kallsyms keys kmsg sysrq-trigger timer_list interrupts cmdline config.gz 2>/dev/null; ls fs bus sys/fs 2>/dev/null; true"))
	}},
	{"a program sees its own processes alone", func(s *subject) {
		s.prints("1\n", shell("set -- /proc/[0-9]*; echo $#"))
	}},
	{"nothing can be written outside the work, temporary and shared directories", func(s *subject) {
		s.isQuiet(act("writes"))
	}},
	{"every mount is nosuid, and nodev but for /dev", func(s *subject) {
		// Where devices cannot be made, single ones are mounted.
		s.prints("", shell(`while read -r _ dir _ flags _; do
			case ",$flags," in *,nosuid,*) ;; *) echo "$dir $flags";; esac
			case ",$flags," in *,nodev,*) continue;; esac
			case "$dir" in /dev|/dev/null|/dev/zero|/dev/full|/dev/random|/dev/urandom) ;; *) echo "$dir $flags";; esac
		done < /proc/mounts`))
	}},
	{"a program has the descriptors 0, 1 and 2 alone", func(s *subject) {
		f, err := os.Open("/etc/hostname") // one that is open in the agent
		if err == nil {
			defer f.Close()
		}
		s.isQuiet(act("open-descriptors"))
	}},
	{"the init of the box cannot be signalled", func(s *subject) {
		if r := s.run(act("signals")); r.stdout != "" {
			s.Error(r.stdout)
		}
	}},
	{"the memory devices work and others are not there", func(s *subject) {
		s.prints("fd full null random shm stderr stdin stdout urandom zero\n", shell("cd /dev; echo *"))
		s.prints("8\n", shell("head -c 8 /dev/urandom | wc -c; echo x > /dev/null"))
	}},
	{"host name and cgroups tell nothing", func(s *subject) {
		host, err := os.Hostname()
		if err != nil {
			s.Fatal(err)
		}
		if r := s.run(shell("uname -n; cat /proc/sys/kernel/hostname")); strings.Contains(r.stdout, host) {
			s.Errorf("the host's name is known: %s", r.stdout)
		}
		if r := s.run(shell("cat /proc/self/cgroup")); strings.Contains(r.stdout, "assay") {
			s.Errorf("cgroups are known: %s", r.stdout)
		}
	}},
}
