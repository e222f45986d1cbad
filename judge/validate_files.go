package judge

import (
	"io/fs"
	"strings"
)

func validateFiles(p *problems, s *Spec, b Bounds) {
	if len(s.Files) == 0 {
		p.add("source", "must not be missing")
		return
	}
	if len(s.Files) > b.Files {
		p.add("files", "must be at most %d, are %d", b.Files, len(s.Files))
	}
	seen := make(map[string]bool, len(s.Files))
	var size int64
	for _, f := range s.Files {
		field := "files[" + quoted(f.Name) + "]"
		if reason := invalidName(f.Name); reason != "" {
			p.add(field, "%s", reason)
		}
		if seen[f.Name] {
			p.add(field, "is there twice")
		}
		seen[f.Name] = true
		size = addSize(size, validatePayload(p, field, f.Content))
	}
	for _, f := range s.Files[:min(len(s.Files), b.Files)] {
		if dir := fileAsDirectory(f.Name, seen); dir != "" {
			p.add("files["+quoted(f.Name)+"]", "lies below %s, which is a file", quoted(dir))
		}
	}
	if size > b.SourceBytes {
		p.add("files", "must be at most %d bytes together, are %d", b.SourceBytes, size)
	}
	if !seen[s.Entry] {
		p.add("entry", "must name one of the files")
	}
}

// maxName is the length of a file's name that every file system can hold.
const maxName = 255

// invalidName says why name cannot be a file's, or returns the empty string. A
// leading hyphen would make a compiler take the name for an option.
func invalidName(name string) string {
	switch {
	case name == "":
		return "must not be empty"
	case len(name) > maxName:
		return "must be at most 255 bytes long"
	case name[0] == '-':
		return "must not begin with a hyphen"
	case strings.ContainsFunc(name, isControl):
		return "must not contain control characters"
	case !fs.ValidPath(name) || name == ".":
		return "must be a clean relative path"
	}
	return ""
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// fileAsDirectory returns the directory of name that is the name of a file too.
func fileAsDirectory(name string, files map[string]bool) string {
	for i := range len(name) {
		if name[i] == '/' && files[name[:i]] {
			return name[:i]
		}
	}
	return ""
}
