package boxinit

import (
	"syscall"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// stage is where the new root is put together. Any directory that no mount
// comes from will do; the mount name space is ours alone.
const stage = "/sys"

// buildRoot makes the file system that programs see and leaves the host's.
func (b *box) buildRoot(s wire.Setup) error {
	if err := inside.Detach(); err != nil {
		return err
	}
	if err := inside.EnterStage(stage); err != nil {
		return err
	}
	err := inside.Build(s, inside.BindHost, inside.MakeDev, inside.MakeScratch, b.makeProc, inside.MakeFiles, inside.MakeLinks)
	if err != nil {
		return err
	}
	if err := inside.Mount("", ".", "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY|inside.Hardened, ""); err != nil {
		return err
	}
	return pivot()
}

// pivot makes the current directory the root and lets go of the old one, which
// for a moment lies on top of it: pivot_root(2).
func pivot() error {
	if err := syscall.PivotRoot(".", "."); err != nil {
		return inside.Failed("pivot_root", err)
	}
	if err := syscall.Unmount(".", syscall.MNT_DETACH); err != nil {
		return inside.Failed("detach old root", err)
	}
	return inside.Failed("enter root", syscall.Chdir("/"))
}
