package intake

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/judge"
)

const (
	mostArgs      = 256
	mostArgBytes  = 16 << 10 // of all arguments together
	longestName   = 255
	longestID     = 255
	longestOption = 4 << 10
)

// language resolves an id or alias, and gives a nameless source its name.
func (in *Intake) language(d *Draft, v *Invalid) error {
	if d.Spec.Language == "" {
		v.Add("language", "is required")
		return nil
	}
	l, err := in.languages.find(d.Spec.Language)
	if err != nil {
		return err
	}
	switch {
	case l == nil:
		v.Add("language", "%q is unknown; GET /v1/languages lists those there are", clip(d.Spec.Language))
	case !l.Available:
		v.Add("language", "%q is not available: %s", l.ID, l.Reason)
	default:
		in.name(d, l, v)
	}
	return nil
}

// name settles what depends on the language: its canonical id, the name of a
// nameless source, the entry.
func (in *Intake) name(d *Draft, l *judge.Language, v *Invalid) {
	s := &d.Spec
	s.Language = l.ID
	if d.SingleSource && len(s.Files) == 1 {
		s.Files[0].Name = l.SourceFile
	}
	has := func(name string) bool {
		return slices.ContainsFunc(s.Files, func(f judge.File) bool { return f.Name == name })
	}
	switch {
	case s.Entry != "" && !has(s.Entry):
		v.Add("entry", "is not one of the files")
	case s.Entry != "" || len(s.Files) == 0:
	case len(s.Files) == 1:
		s.Entry = s.Files[0].Name
	case has(l.SourceFile):
		s.Entry = l.SourceFile
	default:
		v.Add("entry", "is required: there are several files and none is called %s", l.SourceFile)
	}
}

// files checks the names and sizes of the sources. The files are sorted by
// name.
func (in *Intake) files(d *Draft, v *Invalid) {
	field := "files"
	if d.SingleSource {
		field = "source"
	}
	if len(d.Spec.Files) == 0 {
		v.Add("source", "is required, or files")
	}
	if n := len(d.Spec.Files); n > in.cfg.Files {
		v.Add(field, "are %d, at most %d are accepted", n, in.cfg.Files)
	}
	var total int64
	for i, f := range d.Spec.Files {
		total += f.Content.Size
		if d.SingleSource {
			continue
		}
		if reason := badName(f.Name); reason != "" {
			v.Add("files."+clip(f.Name), "%s", reason)
		}
		// Sorted: what lies in a folder follows what might be its namesake.
		if i > 0 && strings.HasPrefix(f.Name, d.Spec.Files[i-1].Name+"/") {
			v.Add("files."+clip(f.Name), "lies in a folder that is also a file")
		}
	}
	if total > in.cfg.SourceBytes {
		v.Add(field, "is %d bytes, at most %d are accepted", total, in.cfg.SourceBytes)
	}
}

// badName says why a file cannot be called so.
func badName(name string) string {
	switch {
	case name == "" || len(name) > longestName:
		return "must be a name of 1 to 255 bytes"
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) || strings.Contains(name, `\`):
		return "must not hold control characters or backslashes"
	case path.IsAbs(name) || path.Clean(name) != name || name == "." || name == ".." || strings.HasPrefix(name, "../"):
		return "must be a clean relative path"
	}
	return ""
}

// arguments checks what ends up in an argument vector.
func arguments(field string, args []string, v *Invalid) {
	if len(args) > mostArgs {
		v.Add(field, "are %d, at most %d are accepted", len(args), mostArgs)
		return
	}
	total := 0
	for i, a := range args {
		total += len(a)
		if len(a) > longestOption {
			v.Add(at(field, i), "is longer than %d bytes", longestOption)
		}
		if strings.ContainsRune(a, 0) {
			v.Add(at(field, i), "must not hold a zero byte")
		}
	}
	if total > mostArgBytes {
		v.Add(field, "are longer than %d bytes together", mostArgBytes)
	}
}

// clip shortens what a client sent before it is repeated to it.
func clip(s string) string {
	if len(s) > 64 {
		return strings.ToValidUTF8(s[:64], "") + "..."
	}
	return s
}
