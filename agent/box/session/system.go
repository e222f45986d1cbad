package session

import (
	"assay/agent/box"
	"assay/agent/box/native"
	_ "assay/agent/box/session/keeper" // this executable is the keeper of boxes, too
	"assay/agent/box/session/wire"
)

// System is what boxes on this host show of it: the same as native boxes do,
// with the same limits for each process.
func System(extra []box.Mount, openFiles int) (s wire.Setup, err error) {
	root, err := native.Root(extra)
	if err != nil {
		return s, err
	}
	for _, m := range root.Root {
		s.Root = append(s.Root, wire.Mount(m))
	}
	for _, l := range root.Links {
		s.Links = append(s.Links, wire.Link(l))
	}
	for _, l := range native.Rlimits(openFiles) {
		s.Rlimits = append(s.Rlimits, wire.Rlimit(l))
	}
	s.Host = root.Host
	return s, nil
}

// Masks are the names in /proc that tell of the host or let programs work on
// it.
func Masks() ([]string, error) {
	root, err := native.Root(nil)
	return root.Masks, err
}

// Files are the files that say who is who in the box of a user.
func Files(uid int) (files []wire.File) {
	for _, f := range native.Files(uid) {
		files = append(files, wire.File(f))
	}
	return files
}
