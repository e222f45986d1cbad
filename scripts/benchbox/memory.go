package main

import "strconv"

// Memory is what programs of known needs are said to have used.
type Memory struct {
	Runs      int   `json:"runs"`
	TouchedKB int   `json:"touched_kb"`
	Touched   Range `json:"said_of_touched_kb"`
	Idle      Range `json:"said_of_idle_kb"` // of a program that does nothing
}

// Range is from the least to the most.
type Range struct {
	Least int64 `json:"least"`
	Most  int64 `json:"most"`
}

func (m measurement) memory(r *Report) (err error) {
	if m.sizes.limits == 0 {
		return nil
	}
	const touched = 20 << 10
	r.Memory = Memory{Runs: m.sizes.limits, TouchedKB: touched}
	if r.Memory.Touched, err = m.said("./busy", "0", strconv.Itoa(touched)); err != nil {
		return err
	}
	r.Memory.Idle, err = m.said("./true")
	return err
}

// said is what is said of a program that always needs the same.
func (m measurement) said(argv ...string) (r Range, err error) {
	for i := range m.sizes.limits {
		o, err := m.sandboxes[0].(*sandbox).execute(argv...)
		if err != nil {
			return r, err
		}
		if i == 0 {
			r = Range{o.MemoryKB, o.MemoryKB}
		}
		r = Range{min(r.Least, o.MemoryKB), max(r.Most, o.MemoryKB)}
	}
	return r, nil
}
