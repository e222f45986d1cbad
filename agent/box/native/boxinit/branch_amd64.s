#include "textflag.h"

// func branch(flags, stack uintptr, r *runner, main uintptr) (pid int)
//
// The call is by Go's internal convention, with the argument in AX: the usual
// way in from assembly goes through code that looks for a goroutine.
TEXT ·branch(SB), NOSPLIT|NOFRAME, $0-40
	MOVQ flags+0(FP), DI
	MOVQ stack+8(FP), SI
	MOVQ r+16(FP), R12
	MOVQ main+24(FP), R13
	XORL DX, DX
	XORL R10, R10
	XORL R8, R8
	MOVL $56, AX // clone
	SYSCALL
	TESTQ AX, AX
	JEQ  child
	MOVQ AX, pid+32(FP)
	RET

child:
	MOVQ R12, AX
	XORL R14, R14 // no goroutine
	XORPS X15, X15
	XORL BP, BP
	CALL R13
	INT  $3
