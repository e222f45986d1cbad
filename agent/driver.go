package agent

import (
	"context"
	"flag"
	"fmt"
	"log/slog"

	"assay/agent/box"
	"assay/agent/box/docker"
	"assay/agent/box/isolate"
	"assay/agent/box/native"
)

// The box drivers, by the name that chooses one.
const (
	driverNative  = "native"
	driverIsolate = "isolate"
	driverDocker  = "docker"
)

// driver is what a node needs of a box driver besides boxes.
type driver interface {
	box.Driver
	Probe(ctx context.Context) error // whether boxes can be made here; the error names the remedy
	Close() error
}

// Boxes says what kind of boxes a node has. Each kind has settings of its own,
// and those of the others do nothing.
type Boxes struct {
	Driver  string // native, isolate or docker; empty: native
	Native  native.Config
	Isolate isolate.Config
	Docker  docker.Config
}

// Flags declares the settings of boxes of every kind.
func (b *Boxes) Flags(fs *flag.FlagSet) {
	fs.StringVar(&b.Driver, "box.driver", driverNative, "what makes the boxes: native, isolate or docker")
	b.Native.Flags(fs)
	b.Isolate.Flags(fs)
	b.Docker.Flags(fs)
}

// Validate looks at the settings of the driver that is chosen.
func (b Boxes) Validate() error {
	switch b.Driver {
	case "", driverNative:
		return b.Native.Validate()
	case driverIsolate:
		return b.Isolate.Validate()
	case driverDocker:
		return b.Docker.Validate()
	}
	return fmt.Errorf("box.driver is %q: it is native, isolate or docker", b.Driver)
}

// sized gives every kind of box the room that programs get.
func (b Boxes) sized(workKB int64, inodes int) Boxes {
	b.Native.WorkKB, b.Native.Inodes = workKB, inodes
	b.Isolate.WorkKB, b.Isolate.Inodes = workKB, inodes
	b.Docker.WorkKB, b.Docker.Inodes = workKB, inodes
	return b
}

// open makes the driver that is chosen, whose boxes show these paths of the
// host.
func (b Boxes) open(mounts []box.Mount, log *slog.Logger) (driver, error) {
	switch b.Driver {
	case "", driverNative:
		b.Native.Mounts = append(b.Native.Mounts, mounts...)
		return native.New(b.Native, log), nil
	case driverIsolate:
		b.Isolate.Mounts = append(b.Isolate.Mounts, mounts...)
		return isolate.New(b.Isolate, log), nil
	case driverDocker:
		b.Docker.Mounts = append(b.Docker.Mounts, mounts...)
		return docker.New(b.Docker, log), nil
	}
	return nil, b.Validate()
}
