package config

import (
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Print writes the effective value of every setting, in the form of a file
// that Load reads.
func Print(w io.Writer, fs *flag.FlagSet) {
	sections := map[string][]*flag.Flag{}
	order := []string{""} // what has no section comes first
	fs.VisitAll(func(f *flag.Flag) {
		if setting(f) != f.Name || !isSetting(f.Name) {
			return
		}
		section, _, dotted := strings.Cut(f.Name, ".")
		if !dotted {
			section = ""
		} else if sections[section] == nil {
			order = append(order, section)
		}
		sections[section] = append(sections[section], f)
	})
	for _, section := range order {
		printSection(w, section, sections[section])
	}
}

// isSetting reports whether a flag can be set in a file.
func isSetting(name string) bool { return name != "config" && name != "print-config" }

func printSection(w io.Writer, section string, flags []*flag.Flag) {
	indent, prefix := "", ""
	if section != "" {
		fmt.Fprintf(w, "\n%s {\n", section)
		indent, prefix = "  ", section+"."
	}
	for _, f := range flags {
		key := strings.ReplaceAll(strings.TrimPrefix(f.Name, prefix), "-", "_")
		_, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "%s%s = %s # %s\n", indent, key, literal(f.Value), usage)
	}
	if section != "" {
		fmt.Fprintln(w, "}")
	}
}

// literal is a value as HCL writes it.
func literal(v flag.Value) string {
	if g, ok := v.(flag.Getter); ok {
		switch g.Get().(type) {
		case bool, int, int64, uint, uint64, float64:
			return v.String()
		}
	}
	return strings.ReplaceAll(strconv.Quote(v.String()), "${", "$${") // no template
}
