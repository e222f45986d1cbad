package native

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/agent/box"
	"assay/agent/box/wire"
)

func TestMountsAreMadeFromTheOutsideIn(t *testing.T) {
	got := outerFirst([]wire.Mount{{Source: "b", Target: "/a/b"}, {Source: "c", Target: "/a/b/c"}, {Source: "a", Target: "/a"}, {Source: "second", Target: "/a/b"}})
	want := []wire.Mount{{Source: "a", Target: "/a"}, {Source: "b", Target: "/a/b"}, {Source: "c", Target: "/a/b/c"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAConfigurationIsCheckedAsAWhole(t *testing.T) {
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("the zero Config: %v", err)
	}
	for name, c := range map[string]Config{
		"relative mount":  {Mounts: []box.Mount{{Source: "opt", Target: "/opt"}}},
		"unclean target":  {Mounts: []box.Mount{{Source: "/opt", Target: "/opt/../etc"}}},
		"mount over root": {Mounts: []box.Mount{{Source: "/opt", Target: "/"}}},
		"negative size":   {WorkKB: -1},
		"root as user":    {FirstUID: -5},
		"no descriptors":  {OpenFiles: 3},
	} {
		if c.Validate() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
