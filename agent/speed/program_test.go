package speed_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"assay/agent/box"
	"assay/agent/box/boxtest"
	"assay/agent/box/native"
	"assay/agent/speed"
)

// one lends a new box each time.
type one struct{ *native.Driver }

func (d one) UseAlone(ctx context.Context, _ uint64, fn func(box.Box) error) error {
	b, err := d.Open(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	return fn(b)
}

// The program is this test, which is an executable like any other.
func TestTheProgramRunsInARealBox(t *testing.T) {
	boxtest.RequireKernel(t)
	d := native.New(native.Config{WorkKB: 256 << 10, Inodes: 64, CgroupParent: boxtest.CgroupParent()}, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	cpu, err := speed.InBox(one{d})(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if cpu < time.Millisecond || cpu > 5*time.Second {
		t.Errorf("it took %v", cpu)
	}
	t.Logf("it took %v", cpu)
}
