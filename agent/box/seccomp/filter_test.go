package seccomp

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/unix"
)

// execute runs a filter the way the kernel does.
func execute(t testing.TB, code []Instruction, arch, number uint32, args [6]uint64) Action {
	t.Helper()
	data := make([]byte, 64)
	binary.LittleEndian.PutUint32(data[0:], number)
	binary.LittleEndian.PutUint32(data[4:], arch)
	for i, a := range args {
		binary.LittleEndian.PutUint64(data[16+8*i:], a)
	}
	var acc uint32
	jump := func(i Instruction, yes bool) int {
		if yes {
			return int(i.JT)
		}
		return int(i.JF)
	}
	for pc := 0; pc < len(code); pc++ {
		switch i := code[pc]; i.Code {
		case opLoad:
			acc = binary.LittleEndian.Uint32(data[i.K:])
		case opAnd:
			acc &= i.K
		case opJump:
			pc += int(i.K)
		case opJumpEqual:
			pc += jump(i, acc == i.K)
		case opJumpMore:
			pc += jump(i, acc >= i.K)
		case opJumpAny:
			pc += jump(i, acc&i.K != 0)
		case opReturn:
			return Action(i.K)
		default:
			t.Fatalf("instruction %d: unknown code %#x", pc, i.Code)
		}
	}
	t.Fatal("the filter ends without an answer")
	return 0
}

func TestTheFilterDecidesLikeThePolicyForEverySystemCall(t *testing.T) {
	p := Box()
	code := p.Compile()
	interesting := []uint64{0, 1, 2, 3, 7, 10, 16, unix.CLONE_NEWUSER, unix.CLONE_NEWNS | 17, unix.TIOCSTI, unix.TIOCSTI | 1<<32, 0xffffffff, 1 << 32, 1 << 63, ^uint64(0)}
	conditional := map[uint32]bool{}
	for _, r := range p.Rules {
		conditional[r.Number] = len(r.Checks) > 0
	}
	for number := range uint32(600) {
		if want, got := p.Decide(p.Arch, number, [6]uint64{}), execute(t, code, p.Arch, number, [6]uint64{}); got != want {
			t.Fatalf("call %d: filter says %#x, policy %#x", number, got, want)
		}
		if !conditional[number] {
			continue
		}
		for _, a := range interesting {
			for _, b := range interesting {
				args := [6]uint64{a, b, a ^ b, b, a, b}
				if want, got := p.Decide(p.Arch, number, args), execute(t, code, p.Arch, number, args); got != want {
					t.Fatalf("call %d %x: filter says %#x, policy %#x", number, args, got, want)
				}
			}
		}
	}
	for _, number := range []uint32{0x3fffffff, 0x40000000, 0x40000000 | unix.SYS_GETPID, 0x7fffffff, 0x80000000, 0xffffffff} {
		if want, got := p.Decide(p.Arch, number, [6]uint64{}), execute(t, code, p.Arch, number, [6]uint64{}); got != want || got == Allow {
			t.Errorf("call %#x: filter says %#x, policy %#x", number, got, want)
		}
	}
}

func FuzzTheFilterDecidesLikeThePolicy(f *testing.F) {
	p := Box()
	code := p.Compile()
	f.Add(p.Arch, uint32(unix.SYS_CLONE), uint64(unix.CLONE_NEWUSER), uint64(0), uint64(0))
	f.Add(p.Arch, uint32(unix.SYS_PRLIMIT64), uint64(0), uint64(unix.RLIMIT_STACK), uint64(1)<<40)
	f.Add(uint32(unix.AUDIT_ARCH_I386), uint32(20), uint64(0), uint64(0), uint64(0))
	f.Fuzz(func(t *testing.T, arch, number uint32, a, b, c uint64) {
		args := [6]uint64{a, b, c, a, b, c}
		if want, got := p.Decide(arch, number, args), execute(t, code, arch, number, args); got != want {
			t.Errorf("call %d %x: filter says %#x, policy %#x", number, args, got, want)
		}
	})
}

// Long rules between the halves of the search need jumps of more than a byte.
func TestAnyPolicyCompiles(t *testing.T) {
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		p := Policy{Arch: 1, Fallback: Errno(38), Foreign: Kill}
		for number := range uint32(200) {
			if rnd.IntN(3) == 0 {
				continue
			}
			r := Rule{Number: number, Default: Errno(uint16(rnd.IntN(3)))}
			for range rnd.IntN(6) {
				r.Checks = append(r.Checks, Check{
					Arg: rnd.IntN(6), High: rnd.IntN(2) == 0, Mask: 0xff, Equal: uint32(rnd.IntN(4)), Any: rnd.IntN(4) == 0, Action: Allow,
				})
			}
			p.Rules = append(p.Rules, r)
		}
		code := p.Compile()
		for range 5000 {
			number, args := uint32(rnd.IntN(210)), [6]uint64{}
			for i := range args {
				args[i] = uint64(rnd.IntN(4)) | uint64(rnd.IntN(4))<<32
			}
			if want, got := p.Decide(1, number, args), execute(t, code, 1, number, args); got != want {
				t.Fatalf("seed %d, call %d %x: filter says %#x, policy %#x", seed, number, args, got, want)
			}
		}
	}
}

func TestTheKernelTakesAFilterOfThisLength(t *testing.T) {
	const most = 4096 // BPF_MAXINSNS
	if n := len(Box().Compile()); n > most {
		t.Errorf("%d instructions", n)
	}
}

func TestFindingARuleTakesFewSteps(t *testing.T) {
	code := Box().Compile()
	deepest := 0
	for number := range uint32(500) {
		pc, steps := 4, 0 // behind the check of the architecture
		for code[pc].Code == opJumpMore || code[pc].Code == opJump {
			i := code[pc]
			switch {
			case i.Code == opJump:
				pc += int(i.K)
			case number >= i.K:
				pc += int(i.JT)
			default:
				pc += int(i.JF)
			}
			pc++
			steps++
		}
		deepest = max(deepest, steps)
	}
	if deepest > 16 {
		t.Errorf("up to %d comparisons", deepest)
	}
}

func ExampleEncode() {
	fmt.Printf("% x", Encode([]Instruction{{Code: opReturn, K: uint32(Allow)}}))
	// Output: 06 00 00 00 00 00 ff 7f
}
