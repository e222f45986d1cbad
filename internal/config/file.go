package config

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

func loadPath(fs *flag.FlagSet, path string, taken map[string]bool) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	if !info.IsDir() {
		return loadFile(fs, path, taken)
	}
	names, err := filepath.Glob(filepath.Join(path, "*.hcl"))
	if err != nil {
		return fmt.Errorf("read configuration directory %s: %w", path, err)
	}
	for _, name := range names { // Glob sorts
		if err := loadFile(fs, name, taken); err != nil {
			return err
		}
	}
	return nil
}

func loadFile(fs *flag.FlagSet, path string, taken map[string]bool) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	file, diags := hclsyntax.ParseConfig(source, path, hcl.InitialPos)
	if diags.HasErrors() {
		return diagnose(diags)
	}
	return setBody(fs, file.Body.(*hclsyntax.Body), "", taken)
}

// diagnose turns the parser's first complaint into file:line: text.
func diagnose(diags hcl.Diagnostics) error {
	d := diags[0]
	if d.Subject == nil {
		return diags
	}
	return fmt.Errorf("%s: %s: %s", position(*d.Subject), d.Summary, d.Detail)
}

func position(r hcl.Range) string { return fmt.Sprintf("%s:%d", r.Filename, r.Start.Line) }

func setBody(fs *flag.FlagSet, body *hclsyntax.Body, prefix string, taken map[string]bool) error {
	for _, a := range inOrder(body.Attributes) {
		if err := setAttribute(fs, a, prefix, taken); err != nil {
			return err
		}
	}
	for _, b := range body.Blocks {
		if len(b.Labels) > 0 {
			return fmt.Errorf("%s: block %q takes no label", position(b.DefRange()), b.Type)
		}
		if err := setBody(fs, b.Body, prefix+flagName(b.Type)+".", taken); err != nil {
			return err
		}
	}
	return nil
}

// inOrder sorts attributes by where they stand, so that the first mistake in
// the file is the one that is reported.
func inOrder(attributes hclsyntax.Attributes) []*hclsyntax.Attribute {
	list := make([]*hclsyntax.Attribute, 0, len(attributes))
	for _, a := range attributes {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte)
	})
	return list
}

func flagName(key string) string { return strings.ReplaceAll(key, "_", "-") }

func setAttribute(fs *flag.FlagSet, a *hclsyntax.Attribute, prefix string, taken map[string]bool) error {
	name := prefix + flagName(a.Name)
	f := fs.Lookup(name)
	if f == nil || !isSetting(name) {
		return fmt.Errorf("%s: unknown setting %q", position(a.SrcRange), strings.ReplaceAll(name, "-", "_"))
	}
	value, diags := a.Expr.Value(nil)
	if diags.HasErrors() {
		return diagnose(diags)
	}
	texts, err := textsOf(value)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", position(a.SrcRange), name, err)
	}
	if taken[setting(f)] {
		return nil
	}
	for _, text := range texts {
		if err := f.Value.Set(text); err != nil {
			return fmt.Errorf("%s: %s = %q: %w", position(a.SrcRange), name, text, err)
		}
	}
	return nil
}

// textsOf gives the texts that a flag is set to: one, or one for each element
// of a list, for flags that may be repeated.
func textsOf(value cty.Value) ([]string, error) {
	if value.Type().IsTupleType() {
		var all []string
		for _, v := range value.AsValueSlice() {
			texts, err := textsOf(v)
			if err != nil {
				return nil, err
			}
			all = append(all, texts...)
		}
		return all, nil
	}
	text, err := convert.Convert(value, cty.String)
	if err != nil || text.IsNull() {
		return nil, fmt.Errorf("is not a string, a number, true, false or a list of these")
	}
	return []string{text.AsString()}, nil
}
