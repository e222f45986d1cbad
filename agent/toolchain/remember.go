package toolchain

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"assay/judge"
)

// probes is the file that remembers which toolchains have been proved, so
// that a restart need not prove them again. Failures are never remembered, and
// another kernel forgets everything.
type probes struct {
	Kernel  string                  `json:"kernel"`
	Version map[judge.Digest]string `json:"version"`
}

func (s *Set) probesFile() string { return filepath.Join(s.cfg.Cache, "probes.json") }

// readProbes returns the versions of proved toolchains; what cannot be read is
// forgotten.
func (s *Set) readProbes() map[judge.Digest]string {
	var p probes
	data, err := os.ReadFile(s.probesFile())
	if err != nil || json.Unmarshal(data, &p) != nil || p.Kernel != kernel() {
		return nil
	}
	return p.Version
}

// writeProbes remembers what is proved now. What was proved before about
// toolchains that this process left alone stays.
func (s *Set) writeProbes() error {
	past, p := s.readProbes(), probes{Kernel: kernel(), Version: map[judge.Digest]string{}}
	for _, t := range s.all {
		st := t.status.Load()
		if version, ok := past[t.digest]; ok && st.reason == notProbed {
			p.Version[t.digest] = version
		} else if st.reason == "" {
			p.Version[t.digest] = st.version
		}
	}
	data, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return err
	}
	return replaceFile(s.probesFile(), data)
}

// replaceFile writes a file that readers see whole or not at all, however many
// processes write it at one time.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "writing-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // which fails once it has its name
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}
