package toolchain

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
)

//go:embed languages/*.hcl
var embedded embed.FS

// load reads the embedded definitions and those of the plugin directory, which
// win by id. They come back in the order of files and blocks.
func load(pluginDir string) ([]*Definition, error) {
	builtin, err := fs.Sub(embedded, "languages")
	if err != nil {
		return nil, err
	}
	defs, err := loadDir(builtin, "languages", nil)
	if err != nil || pluginDir == "" {
		return defs, err
	}
	return loadDir(os.DirFS(pluginDir), pluginDir, defs)
}

// loadDir adds the definitions of every .hcl file of dir to those that are
// known already.
func loadDir(dir fs.FS, shown string, known []*Definition) ([]*Definition, error) {
	names, err := fs.Glob(dir, "*.hcl")
	if err != nil {
		return nil, fmt.Errorf("list definitions in %s: %w", shown, err)
	}
	var own []*Definition
	for _, name := range names {
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("read definitions: %w", err)
		}
		defs, err := decode(path.Join(shown, name), data, append(slices.Clone(known), own...))
		if err != nil {
			return nil, err
		}
		own = append(own, defs...)
	}
	return merge(known, own)
}

// decode reads one file. A definition may extend any that came before it.
func decode(name string, data []byte, before []*Definition) ([]*Definition, error) {
	file, diags := hclparse.NewParser().ParseHCL(data, name)
	if diags.HasErrors() {
		return nil, diags
	}
	var body struct {
		Languages []*Definition `hcl:"language,block"`
	}
	if diags := gohcl.DecodeBody(file.Body, nil, &body); diags.HasErrors() {
		return nil, diags
	}
	// Blocks come in the order of the file, like the decoded definitions.
	content, _, _ := file.Body.PartialContent(&hcl.BodySchema{
		Blocks: []hcl.BlockHeaderSchema{{Type: "language", LabelNames: []string{"id"}}},
	})
	var errs []error
	for i, d := range body.Languages {
		at := content.Blocks[i].DefRange
		if d.Extends != "" {
			parent := find(append(slices.Clone(before), body.Languages[:i]...), d.Extends)
			if parent == nil {
				errs = append(errs, fmt.Errorf("%s: language %q extends %q, which is not defined before it", at, d.ID, d.Extends))
				continue
			}
			d.inherit(parent)
		}
		if err := d.validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s: language %q: %w", at, d.ID, err))
		}
	}
	return body.Languages, errors.Join(errs...)
}

// merge replaces known definitions by own ones with the same id and appends
// the rest.
func merge(known, own []*Definition) ([]*Definition, error) {
	out := slices.Clone(known)
	for i, d := range own {
		if find(own[:i], d.ID) != nil {
			return nil, fmt.Errorf("language %q is defined twice", d.ID)
		}
		at := slices.IndexFunc(out, func(have *Definition) bool { return have.ID == d.ID })
		if at >= 0 {
			out[at] = d
			continue
		}
		out = append(out, d)
	}
	return out, nil
}

func find(defs []*Definition, id string) *Definition {
	for _, d := range slices.Backward(defs) {
		if d.ID == id {
			return d
		}
	}
	return nil
}

var validID = regexp.MustCompile(`^[a-z0-9][a-z0-9_.+#-]{0,31}$`)

// validate reports everything that keeps a definition from being usable.
func (d *Definition) validate() error {
	var errs []error
	need := func(ok bool, what string) {
		if !ok {
			errs = append(errs, errors.New(what))
		}
	}
	need(validID.MatchString(d.ID), "the id may hold lower-case letters, digits and _.+#- only")
	need(d.Name != "", "name is missing")
	need(fs.ValidPath(d.SourceFile) && d.SourceFile != ".", "source_file must be a clean relative path")
	need(len(d.Tools) > 0, "at least one tool block is needed")
	need(d.Run != nil && len(d.Run.Argv) > 0, "run.argv is missing")
	need(d.Hello != nil && d.Hello.Source != "", "hello is missing: nothing would prove that the toolchain works")
	need(d.Compile == nil || len(d.Compile.Argv) > 0 && len(d.Compile.Artifacts) > 0, "compile needs argv and artifacts")
	need(d.CPUFactor >= 0 && d.MemoryFactor >= 0 && d.MemoryExtraMB >= 0, "factors and extras cannot be negative")
	for _, t := range d.Tools {
		need(len(t.Candidates) > 0, fmt.Sprintf("tool %q has no candidates", t.Name))
	}
	errs = append(errs, d.unknownPlaceholders()...)
	if d.Run != nil {
		if _, err := d.Run.evidence(); err != nil {
			errs = append(errs, fmt.Errorf("run.memory_evidence: %w", err))
		}
	}
	return errors.Join(errs...)
}
