package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// progress counts on one line of a terminal; elsewhere it is silent. Safe for
// concurrent use.
type progress struct {
	w     io.Writer // nil: silent
	total int

	mu   sync.Mutex // guards done
	done int
}

func newProgress(w io.Writer, total int) *progress {
	if f, ok := w.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		w = nil
	}
	return &progress{w: w, total: total}
}

func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if p.w != nil {
		fmt.Fprintf(p.w, "\r%d of %d", p.done, p.total)
	}
}

// end clears the line.
func (p *progress) end() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
