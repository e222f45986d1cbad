package seccomp

import (
	"encoding/binary"
	"slices"
)

// Instruction is a struct sock_filter: classic BPF.
type Instruction struct {
	Code   uint16
	JT, JF uint8
	K      uint32
}

// The few instructions that a filter is made of.
const (
	opLoad      = 0x20 // A = word at offset K of struct seccomp_data
	opAnd       = 0x54 // A &= K
	opJump      = 0x05 // skip K instructions
	opJumpEqual = 0x15 // A == K ?
	opJumpMore  = 0x35 // A >= K ?
	opJumpAny   = 0x45 // A & K ?
	opReturn    = 0x06
)

// Offsets in struct seccomp_data, little endian.
const (
	offsetNumber = 0
	offsetArch   = 4
	offsetArgs   = 16
)

// Compile makes the filter of a policy. It finds a system call's rule by
// binary search: about ten instructions, 40 ns.
func (p Policy) Compile() []Instruction {
	code := []Instruction{
		{Code: opLoad, K: offsetArch},
		{Code: opJumpEqual, K: p.Arch, JT: 1},
		ret(p.Foreign),
		{Code: opLoad, K: offsetNumber},
	}
	if p.Limit != 0 {
		code = append(code, Instruction{Code: opJumpMore, K: p.Limit, JF: 1}, ret(p.Fallback))
	}
	return append(code, search(p.spans())...)
}

// span is a run of system calls, from a number up to the next span, that all
// meet the same end.
type span struct {
	from uint32
	rule Rule
}

// spans cuts the number line where decisions change.
func (p Policy) spans() []span {
	rules := slices.Clone(p.Rules)
	slices.SortFunc(rules, func(a, b Rule) int { return int(a.Number) - int(b.Number) })
	var list []span
	next := uint32(0) // the first number not yet covered
	add := func(from uint32, r Rule) {
		if n := len(list); n > 0 && len(r.Checks) == 0 && len(list[n-1].rule.Checks) == 0 && list[n-1].rule.Default == r.Default {
			return
		}
		list = append(list, span{from, r})
	}
	for _, r := range rules {
		if r.Number > next {
			add(next, Rule{Default: p.Fallback})
		}
		add(r.Number, r)
		next = r.Number + 1
	}
	add(next, Rule{Default: p.Fallback})
	return list
}

// search compiles a binary search for the span of the number that is loaded.
func search(spans []span) []Instruction {
	if len(spans) == 1 {
		return spans[0].rule.compile()
	}
	middle := len(spans) / 2
	low, high := search(spans[:middle]), search(spans[middle:])
	return append(append(branch(spans[middle].from, len(low)), low...), high...)
}

// branch skips the low half for numbers from the given one on. A conditional
// jump reaches 255 instructions, a plain one any number.
func branch(number uint32, low int) []Instruction {
	if low <= 255 {
		return []Instruction{{Code: opJumpMore, K: number, JT: uint8(low)}}
	}
	return []Instruction{
		{Code: opJumpMore, K: number, JF: 1},
		{Code: opJump, K: uint32(low)},
	}
}

func (r Rule) compile() []Instruction {
	var code []Instruction
	for _, c := range r.Checks {
		code = append(code, c.compile()...)
	}
	return append(code, ret(r.Default))
}

func (c Check) compile() []Instruction {
	load := Instruction{Code: opLoad, K: uint32(offsetArgs + 8*c.Arg)}
	if c.High {
		load.K += 4
	}
	if c.Any {
		return []Instruction{load, {Code: opJumpAny, K: c.Mask, JF: 1}, ret(c.Action)}
	}
	return []Instruction{load, {Code: opAnd, K: c.Mask}, {Code: opJumpEqual, K: c.Equal, JF: 1}, ret(c.Action)}
}

func ret(a Action) Instruction { return Instruction{Code: opReturn, K: uint32(a)} }

// Encode lays a filter out as the kernel reads it.
func Encode(code []Instruction) []byte {
	b := make([]byte, 0, 8*len(code))
	for _, i := range code {
		b = binary.LittleEndian.AppendUint16(b, i.Code)
		b = append(b, i.JT, i.JF)
		b = binary.LittleEndian.AppendUint32(b, i.K)
	}
	return b
}
