package docker_test

import (
	"testing"

	"assay/agent/box"
)

// BenchmarkRun is one run of a program that does nothing much, from the request
// to the end of all its processes.
func BenchmarkRun(b *testing.B) {
	x, err := driver(b).Open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	for b.Loop() {
		if o, err := x.Run(b.Context(), box.Command{Argv: []string{"/bin/true"}}); err != nil || o.ExitCode != 0 {
			b.Fatal(o, err)
		}
	}
}

// BenchmarkOpenAndClose is what the background does for every box.
func BenchmarkOpenAndClose(b *testing.B) {
	d := driver(b)
	for b.Loop() {
		x, err := d.Open(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if err := x.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
