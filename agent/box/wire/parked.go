package wire

// Parked is one run of one program, for a child that waits for it. The
// descriptors of stdout, stderr and, if HasStdin, stdin come with it. The child
// reads it without a run time beneath: therefore it is a row of 64-bit numbers,
// little endian, and then strings that end with a zero byte.
type Parked struct {
	Memory   uint64 // memory limit in bytes, to tell a program too large to start
	HasStdin bool
	Keep     bool
	Argv     []string
	Env      []string
}

// The numbers at the beginning of Parked, by position.
const (
	RunFlags = iota // RunHasStdin, RunKeep
	RunMemory
	RunArgs // how many of the strings are arguments; the rest is the environment
	RunStrings
	RunNumbers
)

// Flags of Parked.
const (
	RunHasStdin = 1 << iota
	RunKeep
)

// Append appends the message that asks for this to b; false when there is a
// string that cannot be passed to any program, because it has a zero byte
// inside.
func (p Parked) Append(b []byte) ([]byte, bool) {
	numbers := [RunNumbers]uint64{RunMemory: p.Memory, RunArgs: uint64(len(p.Argv)), RunStrings: uint64(len(p.Argv) + len(p.Env))}
	if p.HasStdin {
		numbers[RunFlags] |= RunHasStdin
	}
	if p.Keep {
		numbers[RunFlags] |= RunKeep
	}
	for _, v := range numbers {
		for shift := 0; shift < 64; shift += 8 {
			b = append(b, byte(v>>shift))
		}
	}
	for _, list := range [][]string{p.Argv, p.Env} {
		for _, s := range list {
			for i := range len(s) {
				if s[i] == 0 {
					return nil, false
				}
			}
			b = append(append(b, s...), 0)
		}
	}
	return b, true
}
