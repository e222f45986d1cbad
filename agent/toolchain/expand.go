package toolchain

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"assay/judge"
)

var (
	// A doubled brace is text, so that scripts may hold templates of their own.
	placeholder = regexp.MustCompile(`\{\{|\{([a-z][a-z0-9_.]*)\}`)
	conditional = regexp.MustCompile(`(?s)^\{([a-z][a-z0-9_.]*)\?(.*)\}$`)
)

// values are what placeholders stand for. A list replaces a whole argument.
type values struct {
	text  map[string]string
	lists map[string][]string
}

// expand composes an argument list.
func (v values) expand(args []string) []string {
	var out []string
	for _, arg := range args {
		if m := conditional.FindStringSubmatch(arg); m != nil {
			if v.text[m[1]] == "" {
				continue
			}
			arg = m[2]
		}
		if list, ok := v.lists[arg]; ok {
			out = append(out, list...)
			continue
		}
		out = append(out, v.replace(arg))
	}
	return out
}

func (v values) replace(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(m string) string {
		if value, ok := v.text[strings.Trim(m, "{}")]; ok {
			return value
		}
		return m
	})
}

// env composes an environment from nothing.
func (v values) env(parts ...map[string]string) []string {
	all := map[string]string{
		"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8",
	}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(all)) {
		out = append(out, k+"="+v.replace(all[k]))
	}
	return out
}

// base are the values that do not depend on a program.
func (t *Toolchain) base() values {
	text := map[string]string{"work": workDir, "cpus": strconv.Itoa(t.cpus)}
	for name, f := range t.tools {
		text[name], text[name+".home"] = f.seen, f.home
	}
	maps.Copy(text, t.def.Vars)
	if t.prepared.Load() {
		text["cache"] = t.seenCache()
	}
	return values{text: text, lists: map[string][]string{}}
}

// limited adds what a runtime has to be told, because a box hides the limits.
func (v values) limited(l judge.Limits, stackMaxKB int64) values {
	stack := l.StackKB
	if stackMaxKB > 0 {
		stack = min(stack, stackMaxKB)
	}
	v.text["memory_mb"] = strconv.FormatInt(max(l.MemoryKB>>10, 1), 10)
	v.text["stack_mb"] = strconv.FormatInt(max(stack>>10, 1), 10)
	v.text["stack_kb"] = strconv.FormatInt(stack, 10)
	// A runtime that guards its own stack needs some of it for itself.
	v.text["stack_inner_kb"] = strconv.FormatInt(max(stack-stack/8-256, stack/2), 10)
	return v
}

// program adds what names the files of one program.
func (v values) program(entry string) values {
	v.text["source"] = argument(entry)
	v.text["stem"] = strings.TrimSuffix(path.Base(entry), path.Ext(entry))
	return v
}

// argument makes a file name that no tool takes for an option.
func argument(name string) string {
	if strings.HasPrefix(name, "-") || strings.HasPrefix(name, "@") {
		return "./" + name
	}
	return name
}

// unknownPlaceholders reports placeholders of d that nothing will ever fill.
func (d *Definition) unknownPlaceholders() []error {
	names := map[string]bool{}
	for _, n := range []string{"work", "cache", "dest", "user_cache", "cpus", "memory_mb", "stack_mb", "stack_kb", "stack_inner_kb", "source", "stem", "output", "sources", "options"} {
		names[n] = true
	}
	for n := range d.Vars {
		names[n] = true
	}
	for _, t := range d.Tools {
		names[t.Name], names[t.Name+".home"] = true, true
	}
	var errs []error
	for _, arg := range d.arguments() {
		if m := conditional.FindStringSubmatch(arg); m != nil && !names[m[1]] {
			errs = append(errs, fmt.Errorf("unknown placeholder {%s?} in %q", m[1], arg))
		}
		for _, m := range placeholder.FindAllStringSubmatch(arg, -1) {
			if m[1] != "" && !names[m[1]] {
				errs = append(errs, fmt.Errorf("unknown placeholder {%s} in %q", m[1], arg))
			}
		}
	}
	return errs
}

// arguments are all texts of d that may hold placeholders.
func (d *Definition) arguments() []string {
	out := slices.Concat(d.Version, d.Warm)
	if d.Run != nil {
		out = slices.Concat(out, d.Run.Argv, slices.Collect(maps.Values(d.Run.Env)))
	}
	if d.Compile != nil {
		out = slices.Concat(out, d.Compile.Argv, slices.Collect(maps.Values(d.Compile.Env)))
	}
	if d.Prepare != nil {
		out = slices.Concat(out, d.Prepare.Argv)
	}
	return out
}

// matches reports whether a file is meant by one of the artifact patterns.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		candidate := name
		if rest, ok := strings.CutPrefix(p, "**/"); ok {
			p, candidate = rest, path.Base(name)
		}
		ok, _ := path.Match(p, candidate)
		return ok
	})
}
