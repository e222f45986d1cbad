package native_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"testing"
	"time"

	"assay/agent/box"
	"assay/agent/box/boxtest"
	"assay/agent/box/native"
)

// driver is a native driver for tests. Its cgroups are at the top, beside
// whatever the tests run in.
func driver(t testing.TB, cfg native.Config) *native.Driver {
	t.Helper()
	boxtest.RequireKernel(t)
	cfg.CgroupParent = boxtest.CgroupParent()
	cfg.Grace = boxtest.Paced(5 * time.Second)
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

// install installs a file with this content.
func install(t *testing.T, b box.Box, name string, content io.Reader) {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(f, content); err != nil {
		t.Fatal(err)
	}
	if err := b.Install(t.Context(), []box.File{{Name: name, Content: f}}); err != nil {
		t.Fatal(err)
	}
}
