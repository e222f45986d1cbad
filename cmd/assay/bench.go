package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"assay/client"
)

// The programs that bench hands in: each adds two numbers.
//
//go:embed programs
var programs embed.FS

// benchLanguage is how bench writes a language.
type benchLanguage struct{ file, comment string }

var benchLanguages = map[string]benchLanguage{
	"c":          {"sum.c", "//"},
	"cpp":        {"sum.cpp", "//"},
	"python3":    {"sum.py", "#"},
	"javascript": {"sum.js", "//"},
	"java":       {"sum.java", "//"},
	"go":         {"sum.go.txt", "//"},
	"rust":       {"sum.rs", "//"},
	"bash":       {"sum.sh", "#"},
}

// load is what a bench puts on a server.
type load struct {
	Requests    int    `json:"requests"`
	Tests       int    `json:"tests"`
	Concurrency int    `json:"concurrency"`
	Language    string `json:"language"`
	Distinct    bool   `json:"distinct"`
}

func runBench(ctx context.Context, t terminal, args []string) int {
	var (
		server = connection{patience: time.Minute}
		l      load
		asJSON bool
	)
	fs := newFlags(t, "bench", "[--addr URL] [--requests N] [--tests M] [--language L] [--concurrency C] [--distinct]")
	server.declare(fs, "")
	fs.IntVar(&l.Requests, "requests", 100, "submissions to hand in")
	fs.IntVar(&l.Tests, "tests", 20, "test cases of each")
	fs.IntVar(&l.Concurrency, "concurrency", 0, "submissions in flight at one time (0: all)")
	fs.StringVar(&l.Language, "language", "cpp", "language: c, cpp, python3, javascript, java, go, rust, bash")
	fs.BoolVar(&l.Distinct, "distinct", false, "make every source different, so that each is compiled")
	fs.BoolVar(&asJSON, "json", false, "print the figures as JSON")
	if code, ok := fs.parseOnly(args); !ok {
		return code
	}
	if l.Concurrency <= 0 {
		l.Concurrency = l.Requests
	}
	if _, known := benchLanguages[l.Language]; !known || l.Requests <= 0 || l.Tests <= 0 {
		return badUsage(t, "bench", "requests and tests are positive, and the language is one of those that -h lists")
	}
	server.languages = []string{l.Language}
	return server.use(ctx, t, "bench", func(ctx context.Context, c *client.Client) int { return bench(ctx, t, c, l, asJSON) })
}

func bench(ctx context.Context, t terminal, c *client.Client, l load, asJSON bool) int {
	if err := l.check(ctx, *c); err != nil {
		return cannotJudge(ctx, t, "bench", err)
	}
	figures := l.run(ctx, c, newProgress(t.stderr, l.Requests))
	if ctx.Err() != nil {
		return cannotJudge(ctx, t, "bench", context.Cause(ctx))
	}
	if asJSON {
		_ = json.NewEncoder(t.stdout).Encode(figures)
	} else {
		figures.print(t.stdout)
	}
	if figures.Failed > 0 {
		return exitNotJudged
	}
	return exitOK
}

// check asks the server for the language, and does not wait for a server that
// is not there, or not this client's: all that follows would wait in vain.
func (l load) check(ctx context.Context, c client.Client) error {
	c.Patience = -1
	language, err := c.Language(ctx, l.Language)
	if err == nil && !language.Available && !language.Preparing {
		err = fmt.Errorf("%s is not available there: %s", language.ID, language.Reason)
	}
	return err
}

// request is the i-th submission of a load. Sources of a distinct load differ
// from those of every other load, too.
func (l load) request(i int) (client.Request, error) {
	how := benchLanguages[l.Language]
	source, err := programs.ReadFile("programs/" + how.file)
	if err != nil {
		return client.Request{}, err
	}
	text, cache := string(source), false
	if l.Distinct {
		text += fmt.Sprintf("%s %d.%d\n", how.comment, time.Now().UnixNano(), i)
	}
	r := client.Request{Language: l.Language, Source: text, Cache: &cache}
	for n := range l.Tests {
		r.Tests = append(r.Tests, client.Test{
			ID:       strconv.Itoa(n + 1),
			Stdin:    fmt.Sprintf("%d %d\n", i, n),
			Expected: client.Expect(fmt.Sprintln(i + n)),
		})
	}
	return r, nil
}

// machine says where figures were taken.
func machine() string {
	return fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}
