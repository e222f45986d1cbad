package main

import (
	"strconv"
	"sync"
	"time"
)

// Fidelity is how much the measured processor time of the same work varies.
type Fidelity struct {
	Loops     int     `json:"loops"`
	AloneMS   float64 `json:"alone_ms"`
	AloneSD   float64 `json:"alone_sd"` // share of the mean
	CrowdedMS float64 `json:"crowded_ms"`
	CrowdedSD float64 `json:"crowded_sd"`
}

func (m measurement) fidelity(r *Report) error {
	n := m.sizes.loops
	if n == 0 {
		return nil
	}
	count, err := m.calibrate()
	if err != nil {
		return err
	}
	alone, err := loops(m.sandboxes[0], count, n)
	if err != nil {
		return err
	}
	crowded, err := m.crowded(count, n)
	if err != nil {
		return err
	}
	r.Fidelity = Fidelity{n, median(alone), deviation(alone), median(crowded), deviation(crowded)}
	return nil
}

// calibrate finds a count of iterations that takes about 100 ms.
func (m measurement) calibrate() (string, error) {
	const probe = 20_000_000
	times, err := loops(m.sandboxes[0], strconv.Itoa(probe), 5)
	if err != nil {
		return "", err
	}
	return strconv.Itoa(int(probe * 100 / median(times))), nil
}

// loops runs the loop n times and gives its processor times in milliseconds.
func loops(r runner, count string, n int) (times []float64, err error) {
	for range n {
		o, err := r.(*sandbox).execute("./busy", count)
		if err != nil {
			return nil, err
		}
		times = append(times, float64(o.CPU)/float64(time.Millisecond))
	}
	return times, nil
}

// crowded is loops on one box while all others are busy with the same.
func (m measurement) crowded(count string, n int) ([]float64, error) {
	done := make(chan struct{})
	errs := make([]error, len(m.sandboxes))
	var others sync.WaitGroup
	for i, r := range m.sandboxes[1:] {
		others.Go(func() {
			for errs[i] == nil {
				select {
				case <-done:
					return
				default:
					_, errs[i] = loops(r, count, 1)
				}
			}
		})
	}
	times, err := loops(m.sandboxes[0], count, n)
	close(done)
	others.Wait()
	for _, e := range errs {
		if err == nil {
			err = e
		}
	}
	return times, err
}
