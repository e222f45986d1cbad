package intake

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/judge"
)

var classForm = regexp.MustCompile(`^[A-Za-z0-9._-]{0,64}$`)

// check finds everything that is wrong with a draft, and settles what it left
// open.
func (in *Intake) check(d *Draft) (*facts, error) {
	v := slices.Clone(d.Problems)
	if err := in.language(d, &v); err != nil {
		return nil, err
	}
	number(d.Suite.Tests)
	suite := &d.Suite
	if len(d.Suite.Tests) == 0 {
		suite = nil
	}
	v.judged(judge.Validate(&d.Spec, suite, in.cfg.Bounds), d.SingleSource)
	d.around(&v)
	if err := in.class(d, &v); err != nil {
		return nil, err
	}
	f, err := in.factsFor(d)
	if errors.Is(err, ErrNoSuite) && len(v) > 0 {
		v.Add("suite", "is unknown") // with the rest, as all problems come at once
		return nil, v
	}
	if err != nil {
		return nil, err
	}
	if suite == nil {
		v.judged(judge.ValidateGroups(d.Spec.Groups, f.tests, in.cfg.Bounds), false)
	}
	d.Spec.Limits = d.Spec.Limits.Or(in.cfg.Bounds.Default)
	if d.preparing && len(v) == 0 {
		return nil, ErrPreparing
	}
	return f, v.Err()
}

// language resolves an id or alias, and what depends on it: the name of a
// nameless source, the entry.
func (in *Intake) language(d *Draft, v *Invalid) error {
	l, err := in.languages.find(d.Spec.Language)
	if err != nil {
		return err
	}
	switch {
	case d.Spec.Language == "":
		v.Add("language", "is required")
	case l == nil:
		v.Add("language", "%q is unknown; GET /v1/languages lists those there are", clip(d.Spec.Language))
	case l.Preparing:
		d.preparing = true
	case !l.Available:
		v.Add("language", "%q is not available: %s", l.ID, l.Reason)
	}
	if l == nil {
		l = &judge.Language{SourceFile: "source"} // so that the rest can be checked
	} else {
		d.Spec.Language = l.ID
	}
	d.name(l.SourceFile, v)
	return nil
}

// class checks what a draft is pinned to. What was taken in before stays taken
// in, whatever has become of its nodes.
func (in *Intake) class(d *Draft, v *Invalid) error {
	if d.NodeClass == "" || d.Spec.Language == "" || len(*v) > 0 {
		return nil
	}
	if in.again(d) {
		return nil
	}
	ok, known, err := in.languages.pinned(d.Spec.Language, d.NodeClass)
	switch {
	case err != nil:
		return err
	case !ok && len(known) == 0:
		v.Add("node_class", "there is no node of class %q with %s, and none of any other class", d.NodeClass, d.Spec.Language)
	case !ok:
		v.Add("node_class", "there is no node of class %q with %s; there are %s", d.NodeClass, d.Spec.Language, strings.Join(known[:min(20, len(known))], ", "))
	}
	return nil
}

// name settles the names of files, and which one is the entry.
func (d *Draft) name(sourceFile string, v *Invalid) {
	s := &d.Spec
	if d.SingleSource {
		s.Files[0].Name = sourceFile
	}
	slices.SortFunc(s.Files, func(a, b judge.File) int { return cmp.Compare(a.Name, b.Name) })
	switch {
	case s.Entry != "" || len(s.Files) == 0:
	case slices.ContainsFunc(s.Files, func(f judge.File) bool { return f.Name == sourceFile }):
		s.Entry = sourceFile
	case len(s.Files) > 1:
		v.Add("entry", "is required: there are several files and none is called %s", sourceFile)
		fallthrough
	default:
		s.Entry = s.Files[0].Name
	}
}

// around checks what is not part of judging.
func (d *Draft) around(v *Invalid) {
	if d.SuiteID != "" && len(d.Suite.Tests) > 0 {
		v.Add("suite", "must not be given together with tests")
	}
	if _, ok := judge.ParsePriority(d.Priority); !ok {
		v.Add("priority", "must be urgent, high, normal or bulk, not %q", clip(d.Priority))
	}
	if !classForm.MatchString(d.NodeClass) {
		v.Add("node_class", "must be at most 64 letters, digits, dots, dashes and underscores")
	}
}

// number gives tests without an id their number.
func number(tests []judge.Test) {
	for i := range tests {
		if tests[i].ID == "" {
			tests[i].ID = strconv.Itoa(i + 1)
		}
	}
}

// judged adds what the rules of judging find. A single source has no name that
// its sender knows, and is called source.
func (v *Invalid) judged(found []*judge.InvalidError, singleSource bool) {
	for _, p := range found {
		field := p.Field
		if singleSource && strings.HasPrefix(field, "files") {
			field = "source"
		}
		v.Add(field, "%s", p.Reason)
	}
}

// clip shortens what a client sent before it is repeated to it.
func clip(s string) string {
	if len(s) > 64 {
		return strings.ToValidUTF8(s[:64], "") + "..."
	}
	return s
}

// deadline of one attempt: what an honest agent needs even when every test
// sleeps until its wall limit, one after the other.
func (in *Intake) deadline(s judge.Spec, f *facts) time.Duration {
	const compile, slack, longest = 2 * time.Minute, time.Minute, 4 * time.Hour
	outer := in.cfg.Bounds.Resolve(s.Limits)
	n := max(1, len(f.tests))
	wall := time.Duration(n-len(f.overrides)) * outer.Wall
	for _, l := range f.overrides {
		wall += in.cfg.Bounds.Resolve(l, s.Limits).Wall
	}
	return min(longest, compile+max(2*judge.Budget(outer.CPU, n), wall)+slack)
}
