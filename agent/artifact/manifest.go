package artifact

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"assay/judge"
)

const manifestName = "manifest.json"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// manifest says what an entry holds.
type manifest struct {
	Compile judge.CompileResult `json:"compile"`
	Files   []manifestFile      `json:"files"`
}

type manifestFile struct {
	Name string `json:"name"`
	Exec bool   `json:"exec"`
	Size int64  `json:"size"`
	Sum  uint32 `json:"sum"` // CRC-32C: against torn writes and bad disks, not against forgery
}

// bytes is what the entry takes on disk, nearly.
func (m *manifest) bytes() int64 {
	total := int64(4096)
	for _, f := range m.Files {
		total += f.Size + 512
	}
	return total
}

// write puts an entry into dir and returns its size.
func write(dir string, a *Artifact) (int64, error) {
	m := manifest{Compile: a.Compile}
	for i, f := range a.Files {
		size, sum, err := copyFile(filepath.Join(dir, strconv.Itoa(i)), f.Content)
		if err != nil {
			return 0, err
		}
		m.Files = append(m.Files, manifestFile{Name: f.Name, Exec: f.Exec, Size: size, Sum: sum})
	}
	data, err := json.Marshal(m)
	if err != nil {
		return 0, err
	}
	return m.bytes(), os.WriteFile(filepath.Join(dir, manifestName), data, 0o600)
}

func copyFile(to string, from *os.File) (size int64, sum uint32, err error) {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, 0, err
	}
	h := crc32.New(castagnoli)
	size, err = io.Copy(io.MultiWriter(f, h), whole(from))
	return size, h.Sum32(), errors.Join(err, f.Close())
}

// whole reads a file from its beginning without moving its offset.
func whole(f *os.File) io.Reader { return io.NewSectionReader(f, 0, 1<<62) }

// read opens the entry in dir. Unless it was verified before, the files'
// content is held against the manifest.
func read(dir string, verified bool) (*Artifact, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	a := &Artifact{Compile: m.Compile}
	for i, want := range m.Files {
		f, err := os.Open(filepath.Join(dir, strconv.Itoa(i)))
		if err == nil {
			a.Files = append(a.Files, File{Name: want.Name, Content: f, Exec: want.Exec})
			err = want.check(f, verified)
		}
		if err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

func readManifest(dir string) (*manifest, error) {
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return nil, err
	}
	m := new(manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return m, nil
}

func (want manifestFile) check(f *os.File, verified bool) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != want.Size {
		return fmt.Errorf("%s has %d bytes instead of %d", want.Name, info.Size(), want.Size)
	}
	if verified {
		return nil
	}
	h := crc32.New(castagnoli)
	if _, err := io.Copy(h, whole(f)); err != nil {
		return err
	}
	if h.Sum32() != want.Sum {
		return fmt.Errorf("%s has another content than was stored", want.Name)
	}
	return nil
}
