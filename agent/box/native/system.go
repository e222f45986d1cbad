package native

import (
	"assay/agent/box"
	"assay/agent/box/wire"
)

// Root is what the root of a native box on this host is made of: the explicit
// list that boxes of other drivers show as well.
func Root(extra []box.Mount) (wire.Setup, error) { return layout(extra) }

// Files are the files that say who is who in a box of this user.
func Files(uid int) []wire.File { return files(uid) }

// Rlimits are what holds for each process of a box by itself.
func Rlimits(openFiles int) []wire.Rlimit { return rlimits(openFiles) }
