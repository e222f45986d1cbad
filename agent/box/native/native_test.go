package native_test

import (
	"context"
	"log/slog"
	"testing"

	"assay/agent/box/boxtest"
	"assay/agent/box/native"
)

// driver is a native driver for tests. Its cgroups are at the top, beside
// whatever the tests run in.
func driver(t testing.TB, cfg native.Config) *native.Driver {
	t.Helper()
	boxtest.RequireKernel(t)
	cfg.CgroupParent = "/"
	d := native.New(cfg, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err := d.Probe(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestANativeBoxKeepsThePromisesOfABox(t *testing.T) {
	boxtest.Run(t, driver(t, native.Config{}))
}
