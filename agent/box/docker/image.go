package docker

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"

	"assay/agent/box/session"
	"assay/agent/box/wire"
)

// imageName is what images are called; the tag says what is in them.
const imageName = "assay-box"

// image makes the archive of a root with nothing in it but places to mount on,
// links and made-up files. All else comes from the host by bind mounts.
func image(s wire.Setup) (archive []byte, tag string, err error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, name := range directories(s) {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: modeOf(name)}); err != nil {
			return nil, "", err
		}
	}
	for _, l := range s.Links {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: l.Name[1:], Linkname: l.Target, Mode: 0o777}); err != nil {
			return nil, "", err
		}
	}
	for _, f := range session.Files(0) {
		if slices.Contains(accounts, f.Name) {
			f.Content = ""
		}
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: f.Name[1:], Mode: 0o444, Size: int64(len(f.Content))}); err != nil {
			return nil, "", err
		}
		if _, err := w.Write([]byte(f.Content)); err != nil {
			return nil, "", err
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(buf.Bytes())
	return buf.Bytes(), hex.EncodeToString(sum[:8]), nil
}

// modeOf is the mode of a directory. Engines give a file system that is mounted
// on it the same.
func modeOf(name string) int64 {
	if "/"+name == wire.WorkDir || "/"+name == wire.TempDir {
		return 0o1777
	}
	return 0o755
}

// directories are what mounts and files need, each after the one it is in.
func directories(s wire.Setup) []string {
	names := []string{"box", "etc", "dev", "proc", "sys", "tmp", "w"}
	for _, m := range s.Root {
		dir := path.Dir(m.Target)
		if m.Dir {
			dir = m.Target
		}
		for ; dir != "/"; dir = path.Dir(dir) {
			names = append(names, dir[1:])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
