package seccomp

// Action is what becomes of a system call: a return value of a filter.
type Action uint32

// The actions: SECCOMP_RET_*.
const (
	Allow Action = 0x7fff0000
	Kill  Action = 0x80000000 // the whole process
)

// Errno has the call fail without being made.
func Errno(n uint16) Action { return 0x00050000 | Action(n) }

// Policy says what becomes of every system call of an architecture.
type Policy struct {
	Arch     uint32 // AUDIT_ARCH_*
	Limit    uint32 // numbers from here on are of another ABI (x32); 0: there is none
	Rules    []Rule // at most one for a number
	Fallback Action // for numbers without a rule
	Foreign  Action // for calls by another architecture's entry
}

// Rule decides about one system call: the first check that matches, or else
// the default.
type Rule struct {
	Number  uint32
	Checks  []Check
	Default Action
}

// Check looks at one half of one argument, nearly always the lower: the kernel
// ignores the upper half of int and unsigned int arguments, and no flag that
// matters lies there.
type Check struct {
	Arg    int    // 0 to 5
	High   bool   // the upper half, for pointers
	Mask   uint32 // looked at after masking
	Equal  uint32 // Any is false: matches when the masked argument is this
	Any    bool   // matches when any bit of the mask is set
	Action Action
}

// Decide tells what becomes of a call. It is the meaning of the policy, which
// the filter has to reproduce.
func (p Policy) Decide(arch, number uint32, args [6]uint64) Action {
	if arch != p.Arch {
		return p.Foreign
	}
	if p.Limit != 0 && number >= p.Limit {
		return p.Fallback
	}
	for _, r := range p.Rules {
		if r.Number == number {
			return r.decide(args)
		}
	}
	return p.Fallback
}

func (r Rule) decide(args [6]uint64) Action {
	for _, c := range r.Checks {
		half := args[c.Arg]
		if c.High {
			half >>= 32
		}
		masked := uint32(half) & c.Mask
		if (c.Any && masked != 0) || (!c.Any && masked == c.Equal) {
			return c.Action
		}
	}
	return r.Default
}
