package boxtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// ForgeVariable is the environment variable that names a directory where what
// is compiled of the hostile programs is kept, and taken from: for machines on
// which compilers take minutes.
const ForgeVariable = "ASSAY_TEST_FORGE"

// made gives what is compiled of a source with some arguments, which is kept
// under a name that tells all of that.
func (f *forge) made(source, suffix string, how func(out string) error, args ...string) (string, error) {
	keep := os.Getenv(ForgeVariable)
	if keep == "" {
		return source + suffix, how(source + suffix)
	}
	name, err := f.fingerprint(source, args)
	if err != nil {
		return "", err
	}
	out := filepath.Join(keep, name+suffix)
	if _, err := os.Stat(out); err == nil {
		return out, nil
	}
	if err := how(out + ".new"); err != nil {
		return "", err
	}
	return out, os.Rename(out+".new", out)
}

// fingerprint is of a source, the headers, and how it is compiled.
func (f *forge) fingerprint(source string, args []string) (string, error) {
	headers, err := filepath.Glob(filepath.Join(f.dir, "*.h"))
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%q\n", args)
	for _, name := range append(headers, source) {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%d\n%s", len(text), text)
	}
	return filepath.Base(source) + "-" + hex.EncodeToString(sum.Sum(nil)[:8]), nil
}
