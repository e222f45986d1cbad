package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// kernel is an unpacked Debian kernel.
type kernel struct {
	version string
	image   string // the file to boot
	modules string // the directory that they lie below
}

// findKernel unpacks the kernel of a version into the cache, if it is not
// there yet. The cloud flavour would not do: it cannot mount 9p.
func findKernel(ctx context.Context, cache, version string) (kernel, error) {
	if version == "" {
		var err error
		if version, err = presentVersion(ctx, cache); err != nil {
			return kernel{}, err
		}
	}
	dir := filepath.Join(cache, "linux-"+version)
	k := kernel{version, filepath.Join(dir, "boot", "vmlinuz-"+version), filepath.Join(dir, "lib", "modules", version)}
	if _, err := os.Stat(k.image); err == nil {
		return k, nil
	}
	return k, unpack(ctx, "linux-image-"+version, dir)
}

// presentVersion is what Debian's package for "the kernel" stands for now. When
// that cannot be told, a kernel that is in the cache will do.
func presentVersion(ctx context.Context, cache string) (string, error) {
	out, err := exec.CommandContext(ctx, "apt-cache", "depends", "linux-image-amd64").Output()
	if m := regexp.MustCompile(`Depends: linux-image-(\S+)`).FindSubmatch(out); err == nil && m != nil {
		return string(m[1]), nil
	}
	images, _ := filepath.Glob(filepath.Join(cache, "linux-*", "boot", "vmlinuz-*"))
	if len(images) == 0 {
		return "", errors.New("apt knows no package linux-image-amd64: run apt-get update, or name a version with -kernel")
	}
	return filepath.Base(images[len(images)-1])[len("vmlinuz-"):], nil
}

// unpack downloads a package and unpacks it into a directory, whole or not at
// all.
func unpack(ctx context.Context, name, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), "unpack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	// apt fetches as a user of its own.
	if err := os.Chmod(temp, 0o777); err != nil {
		return err
	}
	if err := aptGet(ctx, temp, "download", "-q", name); err != nil {
		return err
	}
	packages, _ := filepath.Glob(filepath.Join(temp, "*.deb"))
	if len(packages) != 1 {
		return fmt.Errorf("apt-get download %s: %d files came", name, len(packages))
	}
	root := filepath.Join(temp, "root")
	if out, err := exec.CommandContext(ctx, "dpkg-deb", "-x", packages[0], root).CombinedOutput(); err != nil {
		return fmt.Errorf("unpack %s: %w\n%s", name, err, out)
	}
	return os.Rename(root, dir)
}
