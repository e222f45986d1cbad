package docker

import (
	"fmt"
	"path"
	"strconv"

	"assay/agent/box/wire"
)

// Where a container finds what is ours.
const (
	keeperPath = "/box/keeper"
	socketDir  = "/box/agent"
	socketName = "socket"
)

// label marks the containers of all agents; its value is the user.
const label = "assay.box.uid"

// container is what the engine is asked to create.
type container struct {
	Image           string
	Entrypoint      []string
	Env             []string
	User            string
	Hostname        string
	WorkingDir      string
	NetworkDisabled bool
	Labels          map[string]string
	HostConfig      hostConfig
}

type hostConfig struct {
	resources
	AutoRemove     bool
	NetworkMode    string
	IpcMode        string
	CgroupnsMode   string
	ReadonlyRootfs bool
	CapDrop        []string
	CapAdd         []string
	SecurityOpt    []string
	Tmpfs          map[string]string
	Mounts         []mount
	MaskedPaths    []string
	Ulimits        []ulimit
	LogConfig      logConfig
}

// resources are what the engine can change while a container runs. Zero leaves
// a limit as it is.
type resources struct {
	Memory     int64 `json:",omitempty"`
	MemorySwap int64 `json:",omitempty"` // together with memory
	PidsLimit  int64 `json:",omitempty"`
}

type mount struct {
	Type, Source, Target string
	ReadOnly             bool
}

type ulimit struct {
	Name       string
	Soft, Hard int64
}

type logConfig struct{ Type string }

// capabilities are what the keeper needs: to become the user of programs, to
// kill them, to work on files of theirs, and to drop the rest. Programs get
// none.
var capabilities = []string{"DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETPCAP", "SETUID"}

// maskedHere are names that a container has and a native box has not. They
// stay, and are empty.
var maskedHere = []string{"/sys", "/dev/mqueue", "/dev/pts", "/dev/tty", "/etc/resolv.conf"}

// plan is what all containers of a driver have in common.
type plan struct {
	image  string
	system wire.Setup
	masks  []string
	self   string // the executable
}

// container is the box of one user. dir is shown to it.
func (p plan) container(c Config, uid int, dir string) container {
	return container{
		Image:           p.image,
		Entrypoint:      []string{keeperPath},
		Env:             []string{wire.KeeperMarker + "=" + path.Join(socketDir, socketName), "GOMAXPROCS=2"},
		User:            "0:0",
		Hostname:        p.system.Host,
		WorkingDir:      "/",
		NetworkDisabled: true,
		Labels:          map[string]string{label: strconv.Itoa(uid)},
		HostConfig: hostConfig{
			AutoRemove:     true,
			NetworkMode:    "none",
			IpcMode:        "private",
			CgroupnsMode:   "private",
			ReadonlyRootfs: true,
			CapDrop:        []string{"ALL"},
			CapAdd:         capabilities,
			// The keeper installs the filter, exactly as native boxes have it.
			SecurityOpt: []string{"no-new-privileges", "seccomp=unconfined"},
			Tmpfs:       scratch(c),
			Mounts:      p.mounts(dir),
			MaskedPaths: p.maskedPaths(),
			// The keeper varies the first two from run to run. A limit of 1
			// keeps even a handler of core dumps on the host from starting.
			Ulimits:   []ulimit{{"stack", -1, -1}, {"fsize", -1, -1}, {"core", 1, 1}},
			LogConfig: logConfig{"none"},
		},
	}
}

// scratch are the directories that programs write to: a file system each,
// since an engine shows none in two places.
func scratch(c Config) map[string]string {
	options := fmt.Sprintf("rw,exec,nosuid,nodev,mode=1777,size=%dk,nr_inodes=%d", c.WorkKB, c.Inodes)
	return map[string]string{wire.WorkDir: options, wire.TempDir: options, wire.SharedDir: options}
}

func (p plan) mounts(dir string) []mount {
	list := []mount{
		{"bind", p.self, keeperPath, true},
		{"bind", dir, socketDir, true},
	}
	for _, name := range accounts {
		list = append(list, mount{"bind", path.Join(dir, path.Base(name)), name, true})
	}
	for _, m := range p.system.Root {
		list = append(list, mount{"bind", m.Source, m.Target, true})
	}
	return list
}

// accounts are the files that differ from box to box.
var accounts = []string{"/etc/passwd", "/etc/group"}

func (p plan) maskedPaths() []string {
	list := append([]string(nil), maskedHere...)
	for _, name := range p.masks {
		list = append(list, "/proc/"+name)
	}
	return list
}
