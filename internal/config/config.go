// Package config sets flags from files and the environment. A setting is
// declared once, as a flag beside the code that it configures; HCL files and
// environment variables are two more ways to set that flag. What a setting
// means, and whether its value makes sense, is left to whoever declared it.
//
// The flag pool.size is `size` in a block `pool` of a file, and
// ASSAY_POOL_SIZE in the environment; the flag data-dir is `data_dir` and
// ASSAY_DATA_DIR. A flag beats the environment, which beats files, which beat
// the default; a later file beats an earlier one.
package config

import (
	"flag"
	"fmt"
	"strings"
)

// Load parses args into fs and fills what they leave open from the
// environment (in the form of os.Environ) and from the files that --config
// names: files, or directories whose *.hcl files are read in order of name.
// An unknown key or a value that does not parse is an error that begins with
// file:line or names the variable. Load adds the flag --config to fs.
func Load(fs *flag.FlagSet, args, environ []string) error {
	var files paths
	fs.Var(&files, "config", "HCL `file` or directory of them; may be repeated")
	if err := fs.Parse(args); err != nil {
		return err
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[setting(f)] = true })
	fromEnv, err := environment(fs, environ, given)
	if err != nil {
		return err
	}
	if v, ok := lookup(environ, variable("config")); ok && !given["config"] {
		files = paths{v}
	}
	for _, name := range files {
		if err := loadPath(fs, name, fromEnv); err != nil {
			return err
		}
	}
	return nil
}

// environment sets the flags that have a variable and were not given, and
// returns the names of all flags that files must leave alone.
func environment(fs *flag.FlagSet, environ []string, given map[string]bool) (map[string]bool, error) {
	taken := map[string]bool{"config": true}
	var err error
	fs.VisitAll(func(f *flag.Flag) {
		v, ok := lookup(environ, variable(f.Name))
		if given[setting(f)] || ok {
			taken[setting(f)] = true
		}
		if ok && !given[setting(f)] && f.Name != "config" && err == nil {
			if e := f.Value.Set(v); e != nil {
				err = fmt.Errorf("environment variable %s: %q: %w", variable(f.Name), v, e)
			}
		}
	})
	return taken, err
}

// variable is the environment variable that sets a flag.
func variable(name string) string {
	return "ASSAY_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(name))
}

func lookup(environ []string, name string) (string, bool) {
	for _, kv := range environ {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v, true
		}
	}
	return "", false
}

// Alias declares one more name for a flag that is declared already. [Print]
// leaves it out.
func Alias(fs *flag.FlagSet, name, of string) {
	fs.Var(alias{fs.Lookup(of).Value, of}, name, "the same as "+of)
}

type alias struct {
	flag.Value
	of string
}

// setting is the name of what a flag sets.
func setting(f *flag.Flag) string {
	if a, ok := f.Value.(alias); ok {
		return a.of
	}
	return f.Name
}

// paths is a repeatable flag.
type paths []string

func (p *paths) String() string { return strings.Join(*p, ",") }

func (p *paths) Set(v string) error {
	*p = append(*p, v)
	return nil
}
