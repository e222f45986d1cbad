package keeper

import (
	"syscall"

	"assay/agent/box/inside"
	"assay/agent/box/wire"
)

// stageRoot puts together what another program makes the root of boxes from,
// and gives that program a view of the processes of this pid namespace.
func stageRoot(s wire.Setup) error {
	if err := inside.Detach(); err != nil {
		return err
	}
	if err := inside.Mount("proc", "/proc", "proc", inside.Hardened|syscall.MS_NOEXEC, ""); err != nil {
		return err
	}
	if err := inside.EnterStage(s.Stage); err != nil {
		return err
	}
	return inside.Build(s, inside.BindHost, inside.MakeDev, inside.MakeScratch, inside.MakeFiles, inside.MakeLinks)
}
