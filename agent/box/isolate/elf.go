package isolate

import (
	"encoding/binary"
	"io"
)

// segments sums up the memory that an ELF executable asks for; 0 for any other
// file. A program whose segments alone exceed the memory limit is killed while
// it is loaded, and there is no other evidence of that.
func segments(f io.ReaderAt) (total uint64) {
	var h [64]byte
	if _, err := f.ReadAt(h[:], 0); err != nil || string(h[:5]) != "\x7fELF\x02" {
		return 0
	}
	order := binary.LittleEndian
	offset, size, count := order.Uint64(h[32:]), uint64(order.Uint16(h[54:])), uint64(order.Uint16(h[56:]))
	for i := range count {
		var p [56]byte
		if _, err := f.ReadAt(p[:], int64(offset+i*size)); err != nil {
			return 0
		}
		const load = 1
		if order.Uint32(p[:]) == load {
			total += min(order.Uint64(p[40:]), 1<<48)
		}
	}
	return total
}
