package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"assay/client"
)

// judgeOptions is what the flags of `assay judge` say.
type judgeOptions struct {
	server   connection
	file     string
	tests    string
	language string
	asJSON   bool
	request  client.Request // what is not read from files
	limits   client.Limits
	compare  client.Compare
}

func runJudge(ctx context.Context, t terminal, args []string) int {
	o := judgeOptions{server: connection{patience: 5 * time.Second}}
	fs := newFlags(t, "judge", "FILE [--tests DIR] [flags]\n\nExit code 0: accepted, 1: any other verdict, 2: wrong usage, 3: could not judge.")
	o.declare(fs)
	operands, code, ok := fs.parse(args)
	if !ok {
		return code
	}
	if len(operands) != 1 {
		return badUsage(t, "judge", "it takes one FILE, not %d", len(operands))
	}
	o.file = operands[0]
	request, err := o.build(t)
	if err != nil {
		return badUsage(t, "judge", "%v", err)
	}
	o.server.languages = []string{request.Language}
	return o.server.use(ctx, t, "judge", func(ctx context.Context, c *client.Client) int { return o.judge(ctx, t, c, request) })
}

func (o *judgeOptions) declare(fs flags) {
	o.server.declare(fs, "")
	fs.StringVar(&o.tests, "tests", "", "`directory` of NAME.in with NAME.ans or NAME.out; none: one run with empty input")
	fs.StringVar(&o.language, "language", "", "`id` or alias of the language (default: by the file's suffix)")
	fs.BoolVar(&o.asJSON, "json", false, "print the submission as JSON")
	fs.BoolVar(&o.request.StopOnFailure, "stop-on-failure", false, "skip the tests after the first failing one")
	fs.StringVar(&o.request.Capture, "capture", "", "whose output comes back: none, failed, all (default failed)")
	fs.StringVar(&o.compare.Mode, "compare", "lines", "how outputs compare: exact, lines, tokens, float")
	fs.BoolVar(&o.compare.IgnoreCase, "ignore-case", false, "with tokens and float")
	fs.Float64Var(&o.compare.Abs, "abs", 0, "absolute tolerance of float")
	fs.Float64Var(&o.compare.Rel, "rel", 0, "relative tolerance of float")
	fs.Int64Var(&o.limits.CPUMillis, "cpu-ms", 0, "CPU time of a test in `ms` (default: the server's)")
	fs.Int64Var(&o.limits.WallMillis, "wall-ms", 0, "wall clock time of a test in `ms` (default: by the CPU time)")
	fs.Int64Var(&o.limits.MemoryKB, "memory-kb", 0, "memory of a test in `KiB` (default: the server's)")
}

// build reads the files that the command line names.
func (o *judgeOptions) build(t terminal) (client.Request, error) {
	r := o.request
	source, err := os.ReadFile(o.file)
	if err != nil {
		return r, err
	}
	r.Source, r.Limits, r.Compare = string(source), &o.limits, &o.compare
	if r.Language = o.language; r.Language == "" {
		// Every language has its usual suffixes among its aliases.
		if r.Language = strings.TrimPrefix(filepath.Ext(o.file), "."); r.Language == "" {
			return r, fmt.Errorf("%s has no suffix that names its language: use --language", o.file)
		}
	}
	if o.tests != "" {
		r.Tests, err = readTests(t, o.tests)
	}
	return r, err
}

func readTests(t terminal, dir string) ([]client.Test, error) {
	files, err := findTests(dir)
	if err != nil {
		return nil, err
	}
	tests := make([]client.Test, len(files))
	unanswered := 0
	for i, f := range files {
		if tests[i], err = f.read(); err != nil {
			return nil, err
		}
		if f.answer == "" {
			unanswered++
		}
	}
	if unanswered > 0 {
		fmt.Fprintf(t.stderr, "assay judge: %d of %d tests have no NAME.ans or NAME.out: they are run, not compared\n", unanswered, len(files))
	}
	return tests, nil
}

func (f testFiles) read() (client.Test, error) {
	input, err := os.ReadFile(f.input)
	if err != nil {
		return client.Test{}, err
	}
	test := client.Test{ID: f.name, Stdin: string(input)}
	if f.answer == "" {
		return test, nil
	}
	answer, err := os.ReadFile(f.answer)
	test.Expected = client.Expect(string(answer))
	return test, err
}

func (o *judgeOptions) judge(ctx context.Context, t terminal, c *client.Client, r client.Request) int {
	s, err := c.Judge(ctx, r)
	problem, refused := errors.AsType[*client.Problem](err)
	switch {
	case refused && problem.Status == http.StatusUnprocessableEntity:
		return badUsage(t, "judge", "%s", o.explain(problem))
	case err != nil:
		return cannotJudge(ctx, t, "judge", err)
	}
	if o.asJSON {
		_ = json.NewEncoder(t.stdout).Encode(s)
	} else {
		printSubmission(t.stdout, s)
	}
	return judgeCode(s.Verdict)
}

// explain says what is wrong with a request, in words of the command line.
func (o *judgeOptions) explain(p *client.Problem) string {
	text := explainProblem(p)
	for _, e := range p.Errors {
		if e.Field == "language" && o.language == "" && strings.Contains(e.Reason, "unknown") {
			text += fmt.Sprintf("\nThe suffix of %s was taken for the language: use --language. `assay languages` lists them.", filepath.Base(o.file))
		}
	}
	return text
}

func judgeCode(verdict string) int {
	switch verdict {
	case "accepted":
		return exitOK
	case "judge_error", "":
		return exitNotJudged
	}
	return exitRejected
}
