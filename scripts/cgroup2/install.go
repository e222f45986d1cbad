package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

const qemu = "qemu-system-x86_64"

// install installs qemu when it is missing and this is root on Debian.
func install(ctx context.Context) error {
	if _, err := exec.LookPath(qemu); err == nil {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return errors.New(qemu + " is missing; on Debian, as root: apt-get install --no-install-recommends qemu-system-x86")
	}
	if err := aptGet(ctx, "", "update", "-q"); err != nil {
		return err
	}
	return aptGet(ctx, "", "install", "-q", "-y", "--no-install-recommends", "qemu-system-x86")
}

// aptGet runs apt-get in a directory. What it says goes to stderr.
func aptGet(ctx context.Context, dir string, args ...string) error {
	c := exec.CommandContext(ctx, "apt-get", args...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stderr, os.Stderr
	c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if err := c.Run(); err != nil {
		return fmt.Errorf("apt-get %s: %w", args[0], err)
	}
	return nil
}
