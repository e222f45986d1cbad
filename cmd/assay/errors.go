package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"

	"assay/client"
)

// wrongUsage is an error of the command line or of a file that it names.
type wrongUsage struct{ error }

func (w wrongUsage) Unwrap() error { return w.error }

// absent makes an error of the command line out of one that says that a file
// which it names is not there.
func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return wrongUsage{err}
	}
	return err
}

// fail reports what a command could not do.
func fail(ctx context.Context, t terminal, command string, err error) int {
	if wrong, ok := errors.AsType[wrongUsage](err); ok && ctx.Err() == nil {
		return badUsage(t, command, "%v", wrong)
	}
	fmt.Fprintf(t.stderr, "assay %s: %s\n", command, explain(ctx, err))
	return exitRejected
}

// cannotJudge is fail for commands that judge.
func cannotJudge(ctx context.Context, t terminal, command string, err error) int {
	fail(ctx, t, command, err)
	return exitNotJudged
}

// explain says what happened in words for somebody at a terminal, who has
// typed no HTTP request.
func explain(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return context.Cause(ctx).Error()
	}
	if problem, ok := errors.AsType[*client.Problem](err); ok {
		return explainProblem(problem)
	}
	if request, ok := errors.AsType[*url.Error](err); ok {
		if server, err := url.Parse(request.URL); err == nil {
			return fmt.Sprintf("no answer from %s://%s: %v", server.Scheme, server.Host, request.Err)
		}
	}
	return err.Error()
}

func explainProblem(p *client.Problem) string {
	text := p.Detail
	if text == "" {
		text = p.Error()
	}
	if p.Status == http.StatusUnauthorized {
		text += "\nA token is read from the file that --token-file names, or from ASSAY_TOKEN.\n" +
			"`assay dev` leaves the operator's in the file operator-token of its data directory."
	}
	return text
}
