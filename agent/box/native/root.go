package native

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"assay/agent/box"
	"assay/agent/box/wire"
)

// baseDirs are the parts of the system that programs may read where they
// exist. Not among them: /usr/local and /usr/src, which hold what the host's
// people put there.
var baseDirs = []string{
	"/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/libexec", "/usr/include", "/usr/share",
	"/etc/alternatives", "/etc/ld.so.cache", "/etc/java-*",
}

// baseLinks are links into /usr on a system of today and directories on older
// ones.
var baseLinks = []string{"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}

// masks are the names in /proc that tell of the host or let programs work on it.
var masks = []string{
	"acpi", "asound", "bus", "cmdline", "config.gz", "consoles", "diskstats", "driver", "dynamic_debug", "fs", "interrupts",
	"iomem", "ioports", "irq", "kallsyms", "kcore", "key-users", "keys", "kmsg", "kpagecgroup", "kpagecount", "kpageflags",
	"latency_stats", "locks", "modules", "mtrr", "pagetypeinfo", "partitions", "pressure", "sched_debug", "schedstat", "scsi",
	"slabinfo", "softirqs", "swaps", "sysrq-trigger", "sysvipc", "timer_list", "tty", "vmallocinfo", "zoneinfo",
	"sys/dev", "sys/fs", "sys/user",
}

// layout finds out what the root of a box is made of on this host.
func layout(extra []box.Mount) (wire.Setup, error) {
	var s wire.Setup
	for _, pattern := range baseDirs {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			if info, err := os.Stat(name); err == nil {
				s.Root = append(s.Root, wire.Mount{Source: name, Target: name, Dir: info.IsDir()})
			}
		}
	}
	for _, name := range baseLinks {
		if target, err := os.Readlink(name); err == nil {
			s.Links = append(s.Links, wire.Link{Name: name, Target: target})
		} else if info, err := os.Stat(name); err == nil && info.IsDir() {
			s.Root = append(s.Root, wire.Mount{Source: name, Target: name, Dir: true})
		}
	}
	for _, m := range extra {
		info, err := os.Stat(m.Source)
		if err != nil {
			return s, fmt.Errorf("mount into boxes: %w", err)
		}
		s.Root = append(s.Root, wire.Mount{Source: m.Source, Target: m.Target, Dir: info.IsDir()})
	}
	s.Root = outerFirst(s.Root)
	s.Masks = masks
	s.Host = "box"
	return s, nil
}

// rlimits hold for each process by itself.
func rlimits(openFiles int) []wire.Rlimit {
	return []wire.Rlimit{
		{Resource: unix.RLIMIT_NOFILE, Value: uint64(openFiles)},
		// Not 0, which a handler of core dumps on the host would not care about:
		// 1 keeps the kernel from starting it. Files need a page: core(5).
		{Resource: unix.RLIMIT_CORE, Value: 1},
		{Resource: unix.RLIMIT_MEMLOCK, Value: 64 << 10},
		{Resource: unix.RLIMIT_MSGQUEUE, Value: 0},
		{Resource: unix.RLIMIT_SIGPENDING, Value: 1024},
		{Resource: unix.RLIMIT_NICE, Value: 0},
		{Resource: unix.RLIMIT_RTPRIO, Value: 0},
	}
}

// outerFirst sorts mounts so that none covers one made before it, and drops
// repeated targets: several toolchains may name the same directory.
func outerFirst(mounts []wire.Mount) []wire.Mount {
	slices.SortStableFunc(mounts, func(a, b wire.Mount) int { return strings.Compare(a.Target, b.Target) })
	return slices.CompactFunc(mounts, func(a, b wire.Mount) bool { return a.Target == b.Target })
}

// files are the files of the root that say who is who.
func files(uid int) []wire.File {
	return []wire.File{
		{Name: "/etc/passwd", Content: fmt.Sprintf("root:x:0:0:root:/:/bin/sh\nbox:x:%d:%d:box:/w:/bin/sh\n", uid, uid)},
		{Name: "/etc/group", Content: fmt.Sprintf("root:x:0:\nbox:x:%d:\n", uid)},
		{Name: "/etc/hosts", Content: "127.0.0.1 localhost\n::1 localhost\n"},
		{Name: "/etc/nsswitch.conf", Content: "passwd: files\ngroup: files\nhosts: files\n"},
	}
}
