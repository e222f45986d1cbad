package api

import (
	"flag"
	"testing"
	"time"

	"assay/controlplane/intake"
)

func TestTheDefaultsAreValidAndAreSettings(t *testing.T) {
	a, i := DefaultConfig(), intake.DefaultConfig()
	if err := a.Validate(); err != nil {
		t.Error(err)
	}
	if err := i.Validate(); err != nil {
		t.Error(err)
	}
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	a.Flags(fs)
	i.Flags(fs)
	if err := fs.Parse([]string{"-http.wait=5s", "-limits.max-cpu=10s", "-limits.cpu=11s", "-http.batch=0"}); err != nil {
		t.Fatal(err)
	}
	if a.Wait != 5*time.Second || i.Bounds.Max.CPU != 10*time.Second {
		t.Errorf("%+v %+v", a, i)
	}
	if a.Validate() == nil || i.Validate() == nil {
		t.Error("a batch of none, or a default beyond the most, is accepted")
	}
}
