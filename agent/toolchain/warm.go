package toolchain

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// warmFiles are the files that a run reads besides the tools themselves.
func (t *Toolchain) warmFiles() []string {
	if t.tools == nil {
		return nil
	}
	v := t.base()
	t.hostView(v)
	var out []string
	for _, pattern := range v.expand(t.def.Warm) {
		paths, _ := filepath.Glob(pattern)
		out = append(out, paths...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// warm reads every file of the toolchain once, outside boxes. Otherwise the
// first run of a program would be charged for pages that later ones find in
// the page cache.
func (t *Toolchain) warm(ctx context.Context) {
	files := append(t.hostFiles(), t.warmFiles()...)
	buf := make([]byte, 1<<20)
	for _, name := range files {
		if ctx.Err() != nil {
			return
		}
		readAll(name, buf)
	}
}

// readAll reads a file for its effect on the page cache; a file that cannot
// be read stays cold.
func readAll(name string, buf []byte) {
	f, err := os.Open(name)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return
	}
	io.CopyBuffer(struct{ io.Writer }{io.Discard}, f, buf)
}
