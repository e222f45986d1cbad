#include "textflag.h"

// func branch(flags, stack uintptr, r *runner, main uintptr) (pid int)
//
// The call is by Go's internal convention, with the argument in R0: the usual
// way in from assembly goes through code that looks for a goroutine.
TEXT ·branch(SB), NOSPLIT|NOFRAME, $0-40
	MOVD flags+0(FP), R0
	MOVD stack+8(FP), R1
	MOVD r+16(FP), R10
	MOVD main+24(FP), R11
	MOVD $0, R2
	MOVD $0, R3
	MOVD $0, R4
	MOVD $220, R8 // clone
	SVC
	CBZ  R0, child
	MOVD R0, pid+32(FP)
	RET

child:
	MOVD R10, R0
	MOVD $0, g // no goroutine
	BL   (R11)
	BRK
