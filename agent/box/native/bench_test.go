package native_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"assay/agent/box"
	"assay/agent/box/native"
	"assay/judge"
)

func staticTrue(b *testing.B) *os.File {
	b.Helper()
	name := filepath.Join(b.TempDir(), "true")
	source := name + ".c"
	if err := os.WriteFile(source, []byte("int main(void) { return 0; }"), 0o600); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-O1", "-static", "-o", name, source).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	return f
}

// BenchmarkRunTrue is a run of a static program that does nothing, end to end:
// limits, capture, accounting, and every process dead. Compare with
// BenchmarkStartTrue, which only starts it.
func BenchmarkRunTrue(b *testing.B) {
	d := driver(b, native.Config{})
	bx, err := d.Open(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer bx.Close()
	if err := bx.Install(context.Background(), []box.File{{Name: "true", Content: staticTrue(b), Exec: true}}); err != nil {
		b.Fatal(err)
	}
	c := box.Command{Argv: []string{"./true"}, Limits: judge.Limits{
		CPU: time.Second, Wall: 5 * time.Second, MemoryKB: 64 << 10, StackKB: 8 << 10, Processes: 16, OutputKB: 1024, FileKB: 1024,
	}}
	measure(b, func() {
		if o, err := bx.Run(context.Background(), c); err != nil || o.ExitCode != 0 || o.Signal != 0 {
			b.Fatalf("%+v, %v", o, err)
		}
	})
}

// BenchmarkStartTrue is the same program without a box.
func BenchmarkStartTrue(b *testing.B) {
	name := staticTrue(b).Name()
	measure(b, func() {
		p, err := os.StartProcess(name, []string{name}, &os.ProcAttr{})
		if err == nil {
			_, err = p.Wait()
		}
		if err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkOpen is the making and the end of a box.
func BenchmarkOpen(b *testing.B) {
	d := driver(b, native.Config{})
	measure(b, func() {
		bx, err := d.Open(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		if err := bx.Close(); err != nil {
			b.Fatal(err)
		}
	})
}

// measure reports the median and the 99th percentile besides the mean.
func measure(b *testing.B, fn func()) {
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		fn()
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "µs-p99")
}
