package session

import (
	"assay/agent/box"
	"assay/agent/box/native"
	_ "assay/agent/box/session/keeper" // this executable is the keeper of boxes, too
	"assay/agent/box/wire"
)

// System is what boxes on this host show of it: the same as native boxes do,
// with the same limits for each process.
func System(extra []box.Mount, openFiles int) (s wire.Setup, err error) {
	if s, err = native.Root(extra); err != nil {
		return s, err
	}
	s.Masks = nil // not ours to make
	s.Rlimits = native.Rlimits(openFiles)
	return s, nil
}

// Masks are the names in /proc that tell of the host or let programs work on
// it.
func Masks() ([]string, error) {
	root, err := native.Root(nil)
	return root.Masks, err
}

// Files are the files that say who is who in the box of a user.
func Files(uid int) []wire.File { return native.Files(uid) }
