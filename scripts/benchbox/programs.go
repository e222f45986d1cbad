package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed c/spawner.c
var spawnerSource string

//go:embed c/busy.c
var busySource string

const trueSource = "int main(void) { return 0; }\n"

// programs are the names of what was compiled for the measurements.
type programs struct{ idle, busy, spawner string }

func compileAll(dir string) (p programs, err error) {
	for _, c := range []struct {
		name, source string
		to           *string
	}{{"true", trueSource, &p.idle}, {"busy", busySource, &p.busy}, {"spawner", spawnerSource, &p.spawner}} {
		*c.to = filepath.Join(dir, c.name)
		if err := compile(*c.to, c.source); err != nil {
			return p, err
		}
	}
	return p, nil
}

func compile(name, source string) error {
	if err := os.WriteFile(name+".c", []byte(source), 0o600); err != nil {
		return err
	}
	if out, err := exec.Command("gcc", "-O2", "-static", "-o", name, name+".c").CombinedOutput(); err != nil {
		return fmt.Errorf("compile %s: %w\n%s", name, err, out)
	}
	return nil
}
