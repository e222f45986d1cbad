package toolchain

import (
	"encoding/json"
	"fmt"
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

func (s *Set) writeProbes() error {
	p := probes{Kernel: kernel(), Version: map[judge.Digest]string{}}
	for _, t := range s.all {
		if st := t.status.Load(); st.reason == "" {
			p.Version[t.digest] = st.version
		}
	}
	data, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return err
	}
	tmp := s.probesFile() + ".new"
	if err := os.WriteFile(tmp, data, 0o644); err != nil {
		return fmt.Errorf("remember probes: %w", err)
	}
	return os.Rename(tmp, s.probesFile())
}

func kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}
