package spin

import "syscall"

// Marker in the environment makes the executable the calibration program. It
// exits with 0, or with 1 when the processor does not compute right.
const Marker = "ASSAY_CALIBRATE"

// It must run here: main would be too late, after every package has been
// initialised.
func init() {
	if _, marked := syscall.Getenv(Marker); marked {
		if Work(Rounds) != sum {
			syscall.Exit(1)
		}
		syscall.Exit(0)
	}
}

const (
	// Rounds of Work are what is measured. To change them, or Work, makes the
	// figures of all nodes incomparable with those of before.
	Rounds = 240

	size = 1 << 15 // of the table, in words of 4 bytes: more than a first cache, less than a second one
	sum  = 0xb277d1e3
)

// Work does what programs do: it computes, branches by what it computed, and
// waits for memory whose address was computed. The result depends on all of
// it.
func Work(rounds int) uint32 {
	table := make([]uint32, size)
	x := uint32(2463534242)
	for i := range table {
		x = next(x)
		table[i] = x
	}
	for range rounds {
		for range size {
			x = next(x)
			at := &table[x%size]
			if *at&1 == 0 {
				x += *at
			} else {
				*at = x ^ *at/3
			}
		}
	}
	return x
}

// next is a step of a xorshift generator.
func next(x uint32) uint32 {
	x ^= x << 13
	x ^= x >> 17
	x ^= x << 5
	return x
}
