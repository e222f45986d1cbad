package native_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"assay/agent/box"
	"assay/agent/box/native"
	"assay/judge"
)

func TestSmoke(t *testing.T) {
	d := native.New(native.Config{CgroupParent: "/"}, slog.New(slog.DiscardHandler))
	t0 := time.Now()
	if err := d.Probe(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	t.Log("probe", time.Since(t0))
	t0 = time.Now()
	b, err := d.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	t.Log("open", time.Since(t0))
	for _, argv := range [][]string{
		{"/usr/bin/true"}, {"/bin/sh", "-c", "id; ls -la / /w /dev /proc /etc; cat /proc/self/status /proc/self/cgroup; mount; exit 3"},
		{"/usr/bin/python3", "-c", "print(1)"},
		{"/nonexistent"},
		{"/bin/sh", "-c", "while :; do :; done"},
	} {
		var out, errb bytes.Buffer
		o, err := b.Run(context.Background(), box.Command{Argv: argv, Env: []string{"PATH=/usr/bin:/bin"}, Stdout: &out, Stderr: &errb,
			Limits: judge.Limits{CPU: time.Second, Wall: 3 * time.Second, MemoryKB: 65536, Processes: 10, StackKB: 8192, OutputKB: 1024, FileKB: 1024}})
		t.Logf("%v %+v %v\n%s%s", argv, o, err, out.Bytes(), errb.Bytes())
	}
}
