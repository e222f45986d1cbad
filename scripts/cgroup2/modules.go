package main

import (
	"debug/elf"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// needed are the modules that the machine cannot reach its files without.
var needed = []string{"virtio_pci", "9pnet_virtio", "9p", "overlay"}

// loadOrder finds the files of modules and of all that they depend on, in an
// order that they can be loaded in.
func (k kernel) loadOrder(names []string) ([]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(k.modules, func(path string, _ fs.DirEntry, err error) error {
		if name, ok := strings.CutSuffix(filepath.Base(path), ".ko"); ok {
			files[canonical(name)] = path
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var order []string
	var add func(name string) error
	add = func(name string) error {
		path, ok := files[name]
		if !ok || slices.Contains(order, path) {
			return nil // built into the kernel, or there already
		}
		depends, err := dependencies(path)
		if err != nil {
			return fmt.Errorf("read module %s: %w", path, err)
		}
		for _, d := range depends {
			if err := add(d); err != nil {
				return err
			}
		}
		order = append(order, path)
		return nil
	}
	for _, name := range names {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// canonical is a module's name: in those of files, dashes stand for
// underscores.
func canonical(name string) string { return strings.ReplaceAll(name, "-", "_") }

// dependencies are the modules that a module says it needs.
func dependencies(path string) ([]string, error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	section := f.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("no section .modinfo")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for entry := range strings.SplitSeq(string(info), "\x00") {
		if list, ok := strings.CutPrefix(entry, "depends="); ok && list != "" {
			return strings.Split(canonical(list), ","), nil
		}
	}
	return nil, nil
}
