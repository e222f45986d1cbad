package native_test

import (
	"bytes"
	"testing"

	"assay/agent/box"
	"assay/agent/box/native"
	"assay/judge"
)

// A limit of 0 would let the kernel start the host's handler of core dumps, as
// root and outside of the box.
func TestACrashIsNotHandedToTheHost(t *testing.T) {
	b, err := driver(t, native.Config{}).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var out bytes.Buffer
	o, err := b.Run(t.Context(), box.Command{
		Argv: []string{"/bin/sed", "-n", "s/^Max core file size *//p", "/proc/self/limits"}, Stdout: &out,
		Limits: judge.Limits{Processes: 10, MemoryKB: 64 << 10},
	})
	if err != nil || o.ExitCode != 0 {
		t.Fatalf("%+v, %v", o, err)
	}
	if fields := bytes.Fields(out.Bytes()); len(fields) < 2 || string(fields[0]) != "1" || string(fields[1]) != "1" {
		t.Errorf("the limit on core dumps is %q, want 1 and 1 bytes", out.Bytes())
	}
}
