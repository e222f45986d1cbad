package agent

import (
	"flag"
	"log/slog"
	"strings"
	"testing"

	"assay/agent/box/docker"
	"assay/agent/box/isolate"
	"assay/agent/box/native"
)

func TestOneSettingChoosesTheKindOfBoxes(t *testing.T) {
	for name, want := range map[string]func(driver) bool{
		"":        func(d driver) bool { _, ok := d.(*native.Driver); return ok },
		"native":  func(d driver) bool { _, ok := d.(*native.Driver); return ok },
		"isolate": func(d driver) bool { _, ok := d.(*isolate.Driver); return ok },
		"docker":  func(d driver) bool { _, ok := d.(*docker.Driver); return ok },
	} {
		b := Boxes{Driver: name}
		d, err := b.open(nil, slog.New(slog.DiscardHandler))
		if err != nil || !want(d) || b.Validate() != nil {
			t.Errorf("%q gives %T, %v, %v", name, d, err, b.Validate())
		}
	}
}

func TestAnUnknownKindOfBoxesIsToldWithTheKnownOnes(t *testing.T) {
	b := Boxes{Driver: "chroot"}
	if err := b.Validate(); err == nil || !strings.Contains(err.Error(), "native, isolate or docker") {
		t.Error(err)
	}
	if _, err := b.open(nil, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("it was opened")
	}
}

func TestTheKindOfBoxesIsASetting(t *testing.T) {
	var c Config
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	c.Flags(fs)
	if err := fs.Parse([]string{"-box.driver=isolate", "-isolate.first-box=7"}); err != nil {
		t.Fatal(err)
	}
	if c.Boxes.Driver != "isolate" || c.Boxes.Isolate.FirstBox != 7 {
		t.Errorf("%+v", c.Boxes)
	}
}

// A driver that has nothing to work with must say what to do.
func TestADriverWithoutItsProgramNamesTheRemedy(t *testing.T) {
	for _, b := range []Boxes{
		{Driver: "isolate", Isolate: isolate.Config{Program: "no-such-isolate"}},
		{Driver: "docker", Docker: docker.Config{Socket: "/no/such/socket"}},
	} {
		d, err := b.open(nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "box.driver") {
			t.Errorf("%s: %v", b.Driver, err)
		}
	}
}
