package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// disk is what the disk can do when nothing else asks it.
type disk struct {
	PerSecond float64       `json:"fdatasync_per_second"`
	P99       time.Duration `json:"fdatasync_p99_ns"`
}

// measureDisk appends to a file and makes each piece durable, one after the
// other, as a log does that packs nothing.
func measureDisk(dir string) (d disk, err error) {
	const writes, bytes = 1000, 4 << 10
	f, err := os.Create(filepath.Join(dir, "disk"))
	if err != nil {
		return d, err
	}
	defer f.Close()
	note("disk: %d appends", writes)
	piece := make([]byte, bytes)
	var latencies []time.Duration
	start := time.Now()
	for range writes {
		one := time.Now()
		if _, err := f.Write(piece); err != nil {
			return d, err
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			return d, fmt.Errorf("make %s durable: %w", f.Name(), err)
		}
		latencies = append(latencies, time.Since(one))
	}
	d.PerSecond = writes / time.Since(start).Seconds()
	d.P99 = percentile(latencies, 0.99)
	return d, nil
}
