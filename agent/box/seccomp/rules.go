package seccomp

import (
	"slices"

	"golang.org/x/sys/unix"
)

// What programs get to see instead of a call.
var (
	unknown   = Errno(uint16(unix.ENOSYS))
	forbidden = Errno(uint16(unix.EPERM))
	noFamily  = Errno(uint16(unix.EAFNOSUPPORT))
	noMemory  = Errno(uint16(unix.ENOMEM))
)

const whole = ^uint32(0)

// namespaces are the flags of clone and unshare that make a namespace.
const namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET

// conditional are the calls that depend on their arguments, on every
// architecture.
func conditional() []Rule {
	local := []Check{{Arg: 0, Mask: whole, Equal: unix.AF_UNIX, Action: Allow}}
	return []Rule{
		{Number: unix.SYS_CLONE, Checks: []Check{{Arg: 0, Mask: namespaces, Any: true, Action: forbidden}}, Default: Allow},
		{Number: unix.SYS_SOCKET, Checks: local, Default: noFamily},
		{Number: unix.SYS_SOCKETPAIR, Checks: local, Default: noFamily},
		// Huge pages are the host's to give, and no memory limit counts them.
		{Number: unix.SYS_MMAP, Checks: []Check{{Arg: 3, Mask: unix.MAP_HUGETLB, Any: true, Action: noMemory}}, Default: Allow},
		{Number: unix.SYS_MEMFD_CREATE, Checks: []Check{{Arg: 1, Mask: unix.MFD_HUGETLB, Any: true, Action: noMemory}}, Default: Allow},
		{Number: unix.SYS_SETSOCKOPT, Checks: matching(2, socketPrograms, forbidden), Default: Allow},
		{Number: unix.SYS_PERSONALITY, Checks: []Check{
			{Arg: 0, Mask: whole, Equal: 0, Action: Allow},
			{Arg: 0, Mask: whole, Equal: 0xffffffff, Action: Allow}, // a query
		}, Default: forbidden},
		{Number: unix.SYS_IOCTL, Checks: []Check{
			{Arg: 1, Mask: whole, Equal: unix.TIOCSTI, Action: forbidden},
			{Arg: 1, Mask: whole, Equal: tiocLinux, Action: forbidden},
			{Arg: 1, Mask: whole, Equal: unix.TIOCSETD, Action: forbidden}, // line disciplines load modules
		}, Default: Allow},
		{Number: unix.SYS_PRCTL, Checks: matching(0, prctlOptions, Allow), Default: Errno(uint16(unix.EINVAL))},
		{Number: unix.SYS_PRLIMIT64, Checks: ownLimits(), Default: Allow},
		{Number: unix.SYS_SETRLIMIT, Checks: matching(0, fixedLimits, forbidden), Default: Allow},
		onlyOnSelf(unix.SYS_SCHED_SETAFFINITY, 0),
		onlyOnSelf(unix.SYS_SCHED_SETPARAM, 0),
		onlyOnSelf(unix.SYS_SCHED_SETSCHEDULER, 0),
		onlyOnSelf(unix.SYS_SCHED_SETATTR, 0),
		onlyOnSelf(unix.SYS_SETPRIORITY, 1),
		onlyOnSelf(unix.SYS_IOPRIO_SET, 1),
	}
}

// rlimitKinds is RLIM_NLIMITS.
const rlimitKinds = 16

// tiocLinux is TIOCLINUX, the other way to type on somebody's terminal.
const tiocLinux = 0x541c

// prctlOptions are what a program may change or learn about itself.
var prctlOptions = []uint32{
	unix.PR_SET_PDEATHSIG, unix.PR_GET_PDEATHSIG, unix.PR_GET_DUMPABLE, unix.PR_SET_DUMPABLE,
	unix.PR_GET_KEEPCAPS, unix.PR_SET_KEEPCAPS, unix.PR_SET_NAME, unix.PR_GET_NAME, unix.PR_GET_SECCOMP,
	unix.PR_CAPBSET_READ, unix.PR_GET_TSC, unix.PR_GET_SECUREBITS, unix.PR_SET_TIMERSLACK, unix.PR_GET_TIMERSLACK,
	unix.PR_SET_CHILD_SUBREAPER, unix.PR_GET_CHILD_SUBREAPER, unix.PR_SET_NO_NEW_PRIVS, unix.PR_GET_NO_NEW_PRIVS,
	unix.PR_GET_TID_ADDRESS, unix.PR_SET_THP_DISABLE, unix.PR_GET_THP_DISABLE, unix.PR_CAP_AMBIENT,
	unix.PR_GET_SPECULATION_CTRL, unix.PR_SET_VMA, unix.PR_GET_AUXV,
}

// fixedLimits are those that a program cannot change in either direction. The
// box varies the first two from run to run: they are soft limits, because it
// has to be able to raise them again. The last one keeps the kernel from
// handing crashes to the host's handler of core dumps, and a lower value than
// the box's would not: core(5).
var fixedLimits = []uint32{unix.RLIMIT_STACK, unix.RLIMIT_FSIZE, unix.RLIMIT_CORE}

// socketPrograms are the options that attach a program to a socket, which the
// kernel then compiles and runs: SO_ATTACH_FILTER, SO_ATTACH_BPF and those for
// groups of sockets.
var socketPrograms = []uint32{
	unix.SO_ATTACH_FILTER, unix.SO_ATTACH_BPF, unix.SO_ATTACH_REUSEPORT_CBPF, unix.SO_ATTACH_REUSEPORT_EBPF,
}

// ownLimits lets a program ask for its own limits and change all but the fixed
// ones.
func ownLimits() []Check {
	checks := []Check{{Arg: 0, Mask: whole, Any: true, Action: forbidden}} // somebody else's
	for r := range uint32(rlimitKinds) {
		if !slices.Contains(fixedLimits, r) {
			checks = append(checks, Check{Arg: 1, Mask: whole, Equal: r, Action: Allow})
		}
	}
	return append(checks, // no new value: only a question
		Check{Arg: 2, Mask: whole, Any: true, Action: forbidden},
		Check{Arg: 2, High: true, Mask: whole, Any: true, Action: forbidden})
}

// matching meets each of some values of an argument with one action.
func matching(arg int, values []uint32, action Action) (checks []Check) {
	for _, v := range values {
		checks = append(checks, Check{Arg: arg, Mask: whole, Equal: v, Action: action})
	}
	return checks
}

// onlyOnSelf allows a call when the id it is about is 0, which is the caller.
func onlyOnSelf(number uint32, arg int) Rule {
	return Rule{Number: number, Checks: []Check{{Arg: arg, Mask: whole, Equal: 0, Action: Allow}}, Default: forbidden}
}

func each(numbers []uint32, a Action) (rules []Rule) {
	for _, n := range numbers {
		rules = append(rules, Rule{Number: n, Default: a})
	}
	return rules
}

// Box is the policy of a box for the architecture that this was compiled for.
func Box() Policy {
	rules := conditional()
	rules = append(rules, each(allowed, Allow)...)
	rules = append(rules, each(allowedHere, Allow)...)
	rules = append(rules, each(dangerous, forbidden)...)
	rules = append(rules, each(dangerousHere, forbidden)...)
	return Policy{Arch: archHere, Limit: limitHere, Rules: rules, Fallback: unknown, Foreign: Kill}
}
