package artifact

import (
	"encoding/binary"
	"errors"
	"os"
	"slices"

	"assay/agent/box"
	"assay/judge"
)

// Artifact is the end of a compilation: what the compiler said and the files
// that it made, none when the program does not compile. The files are open and
// the holder's own; Close closes them.
type Artifact struct {
	Compile judge.CompileResult
	Files   []File
}

// File is one file of an artifact.
type File struct {
	Name    string
	Content *os.File
	Exec    bool
}

// Close closes the files.
func (a *Artifact) Close() error {
	var errs []error
	for _, f := range a.Files {
		errs = append(errs, f.Content.Close())
	}
	return errors.Join(errs...)
}

// BoxFiles are the artifact's files for installing them into a box.
func (a *Artifact) BoxFiles() []box.File {
	out := make([]box.File, 0, len(a.Files))
	for _, f := range a.Files {
		out = append(out, box.File{Name: f.Name, Content: f.Content, Exec: f.Exec})
	}
	return out
}

// Clone opens every file once more, for a holder of its own.
func (a *Artifact) Clone() (*Artifact, error) {
	out := &Artifact{Compile: a.Compile}
	for _, f := range a.Files {
		again, err := box.Reopen(f.Content)
		if err != nil {
			return nil, errors.Join(err, out.Close())
		}
		out.Files = append(out.Files, File{Name: f.Name, Content: again, Exec: f.Exec})
	}
	return out, nil
}

// Key names everything that goes into an artifact of p.
func Key(toolchain judge.Digest, p judge.Program) judge.Digest {
	h := judge.NewDigester()
	put := func(s string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	put("assay artifact 1")
	put(string(toolchain))
	put(p.Entry)
	h.Write(binary.AppendUvarint(nil, uint64(len(p.Options))))
	for _, o := range p.Options {
		put(o)
	}
	for _, f := range slices.SortedFunc(slices.Values(p.Files), byName) {
		put(f.Name)
		put(string(contentDigest(f.Content)))
	}
	return h.Digest()
}

func contentDigest(p judge.Payload) judge.Digest {
	if p.Digest != "" {
		return p.Digest
	}
	return judge.DigestOf(p.Inline)
}
