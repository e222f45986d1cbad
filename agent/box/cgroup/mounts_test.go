package cgroup

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Mount tables and group lists of real machines, shortened.
const (
	hybridMounts = `25 20 0:22 / /sys rw - sysfs sysfs rw
30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw
31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
33 30 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
34 30 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
35 30 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`
	hybridGroups = `9:name=systemd:/system.slice/assay.service
8:pids:/system.slice/assay.service
4:memory:/system.slice/assay.service
2:cpu,cpuacct:/
0::/system.slice/assay.service
`
	unifiedMounts = "35 30 0:31 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
	unifiedGroups = "0::/system.slice/assay.service\n"

	// A container that sees its own part of the host's hierarchies, but whose
	// groups are named from the host's top.
	containerMounts = "32 30 0:28 /docker/4e1f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
	containerGroups = "4:memory:/docker/4e1f/agent\n"
)

func TestHierarchiesAreFoundWhereTheyAreMounted(t *testing.T) {
	for _, tc := range []struct {
		name, mounts, groups string
		want                 system
	}{
		{"hybrid", hybridMounts, hybridGroups, system{
			v1: []hierarchy{
				{[]string{"cpu", "cpuacct"}, "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct"},
				{[]string{"memory"}, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/system.slice/assay.service"},
				{[]string{"pids"}, "/sys/fs/cgroup/pids", "/sys/fs/cgroup/pids/system.slice/assay.service"},
				{[]string{"name=systemd"}, "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/systemd/system.slice/assay.service"},
			},
			v2: &hierarchy{nil, "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/system.slice/assay.service"},
		}},
		{"unified", unifiedMounts, unifiedGroups, system{
			v2: &hierarchy{nil, "/sys/fs/cgroup", "/sys/fs/cgroup/system.slice/assay.service"},
		}},
		{"container", containerMounts, containerGroups, system{
			v1: []hierarchy{{[]string{"memory"}, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/agent"}},
		}},
		{"container whose group is not mounted", containerMounts, "4:memory:/elsewhere\n", system{
			v1: []hierarchy{{[]string{"memory"}, "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory"}},
		}},
		{"nothing", "", "", system{}},
	} {
		got, err := parse(strings.NewReader(tc.mounts), strings.NewReader(tc.groups))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(system{}, hierarchy{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestAHybridWithControllersInVersion1IsVersion1(t *testing.T) {
	s, err := parse(strings.NewReader(hybridMounts), strings.NewReader(hybridGroups))
	if err != nil {
		t.Fatal(err)
	}
	v, err := choose(s, Config{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"/sys/fs/cgroup/memory/system.slice/assay.service", "/sys/fs/cgroup/pids/system.slice/assay.service", "/sys/fs/cgroup/cpu,cpuacct",
	}
	if diff := cmp.Diff(want, v.parents()); diff != "" {
		t.Errorf("trees are made in (-want +got):\n%s", diff)
	}
	if v, _ = choose(s, Config{Parent: "/judging"}); v.parents()[0] != "/sys/fs/cgroup/memory/judging" {
		t.Errorf("with a parent given: %s", v.parents())
	}
}

func TestAMachineWithoutMemoryOrPidsIsRefused(t *testing.T) {
	for name, s := range map[string]system{
		"nothing":                {},
		"memory only":            {v1: []hierarchy{{[]string{"memory"}, "/m", "/m"}}},
		"v2 without controllers": {v2: &hierarchy{mount: t.TempDir(), own: t.TempDir()}},
	} {
		if _, err := choose(s, Config{}); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
