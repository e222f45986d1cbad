package api

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"assay/client"
	"assay/controlplane/intake"
	"assay/controlplane/tenant"
	"assay/internal/jsonbody"
	"assay/judge"
)

// drafter makes drafts of bodies. It notes what is wrong with a body as such;
// everything else is up to intake.
type drafter struct {
	problems intake.Invalid
	base64   bool
}

// draft makes a submission's draft.
func draft(b *submissionBody, t tenant.Tenant, problems jsonbody.Problems) *intake.Draft {
	m := drafter{problems: problemsOf(problems)}
	m.encoding(b.Encoding)
	d := &intake.Draft{
		Tenant: t, NodeClass: b.NodeClass, Priority: b.Priority, SuiteID: judge.Digest(b.Suite),
		Spec: judge.Spec{
			Program: judge.Program{Language: b.Language, Entry: b.Entry, Options: b.CompilerOptions},
			Args:    b.Args, Limits: m.limits(b.Limits), Compare: m.compare(b.Compare), Groups: groupsOf(b.Groups),
			StopOnFailure: b.StopOnFailure, Capture: judge.Capture(b.Capture),
			NoCache: b.Cache != nil && !*b.Cache, Metadata: b.Metadata,
		},
	}
	m.sources(d, b)
	d.Suite.Tests = m.tests(b.Tests, d.Bind)
	if b.Webhook != nil {
		m.problems.Add("webhook", "is not available on this server")
	}
	d.Problems = m.problems
	return d
}

// suiteDraft makes a suite's draft.
func suiteDraft(b *suiteBody, t tenant.Tenant, problems jsonbody.Problems) *intake.SuiteDraft {
	m := drafter{problems: problemsOf(problems)}
	m.encoding(b.Encoding)
	d := &intake.SuiteDraft{Tenant: t}
	d.Suite.Compare = m.compare(b.Compare)
	d.Suite.Tests = m.tests(b.Tests, d.Bind)
	d.Problems = m.problems
	return d
}

func (m *drafter) encoding(name string) {
	switch name {
	case "", "utf8":
	case "base64":
		m.base64 = true
	default:
		m.problems.Add("encoding", "must be utf8 or base64")
	}
}

// text resolves the encoding of one text.
func (m *drafter) text(field string, t *text) *text {
	if m.base64 {
		if err := t.DecodeBase64(); err != nil {
			m.problems.Add(field, "%v", err)
		}
	}
	return t
}

func (m *drafter) sources(d *intake.Draft, b *submissionBody) {
	if b.Source.Given() {
		if len(b.Files) > 0 {
			m.problems.Add("files", "must not be given together with source")
		}
		d.SingleSource = true
		d.Spec.Files = make([]judge.File, 1)
		d.Bind(&d.Spec.Files[0].Content, m.text("source", &b.Source))
		return
	}
	names := make([]string, 0, len(b.Files))
	for name := range b.Files {
		names = append(names, name)
	}
	slices.Sort(names)
	d.Spec.Files = make([]judge.File, len(names))
	for i, name := range names {
		content := b.Files[name]
		d.Spec.Files[i].Name = name
		d.Bind(&d.Spec.Files[i].Content, m.text("files."+name, &content))
	}
}

func (m *drafter) tests(list []client.TestOf[text], bind func(*judge.Payload, intake.Content)) []judge.Test {
	tests := make([]judge.Test, len(list))
	for i := range list {
		from, to := &list[i], &tests[i]
		field := "tests[" + strconv.Itoa(i) + "]"
		*to = judge.Test{ID: from.ID, Limits: m.limits(from.Limits), Args: from.Args, Points: from.Points}
		bind(&to.Stdin, m.text(field+".stdin", &from.Stdin))
		if from.Expected != nil {
			to.Expected = new(judge.Payload)
			bind(to.Expected, m.text(field+".expected", from.Expected))
		}
	}
	return tests
}

func (m *drafter) limits(l *client.Limits) judge.Limits {
	if l == nil {
		return judge.Limits{}
	}
	return judge.Limits{
		CPU: millis(l.CPUMillis), Wall: millis(l.WallMillis),
		MemoryKB: l.MemoryKB, StackKB: l.StackKB,
		Processes: int(max(math.MinInt32, min(math.MaxInt32, l.Processes))),
		OutputKB:  l.OutputKB, FileKB: l.FileKB,
	}
}

// millis keeps absurd values absurd instead of letting them wrap around.
func millis(ms int64) time.Duration {
	const most = int64(math.MaxInt64 / time.Millisecond)
	return time.Duration(max(-most, min(most, ms))) * time.Millisecond
}

func (m *drafter) compare(c *client.CompareOf[text]) *judge.Compare {
	if c == nil {
		return nil
	}
	mode := cmp.Or(judge.Mode(c.Mode), judge.CompareLines)
	if mode != judge.CompareChecker && mode != judge.CompareInteractor {
		for field, given := range map[string]bool{
			"language": c.Language != "", "source": c.Source.Given(), "convention": c.Convention != "", "flags": len(c.Flags) > 0,
		} {
			if given {
				m.problems.Add("compare."+field, "is for the modes checker and interactor")
			}
		}
	}
	return &judge.Compare{Mode: mode, IgnoreCase: c.IgnoreCase, Abs: c.Abs, Rel: c.Rel}
}

func groupsOf(list []client.Group) []judge.Group {
	groups := make([]judge.Group, len(list))
	for i, g := range list {
		groups[i] = judge.Group{ID: g.ID, Tests: g.Tests, Points: g.Points, Score: cmp.Or(g.Score, "min"), Requires: g.Requires}
	}
	return groups
}
