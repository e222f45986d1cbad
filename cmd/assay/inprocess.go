package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"google.golang.org/grpc/test/bufconn"

	"assay/client"
)

// inProcess calls f with a client of a server that lives in this process, in a
// temporary folder, for as long as f runs. It is what `assay dev` is, without
// a port.
func inProcess(ctx context.Context, t terminal, command string, languages []string, f func(*client.Client) int) int {
	dir, err := os.MkdirTemp("", "assay-")
	if err != nil {
		return cannotJudge(t, command, err)
	}
	defer os.RemoveAll(dir)
	d, err := newTemporary(t, dir, languages)
	if err != nil {
		return cannotJudge(t, command, err)
	}
	web := bufconn.Listen(pipeBytes)
	ctx, stop := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() {
		err := d.run(ctx, web)
		stop(err) // so that nobody waits for a server that is gone
		ended <- err
	}()
	code := exitNotJudged
	err = d.ready(ctx)
	if err == nil {
		code = f(clientOver(web))
	}
	interrupted := ctx.Err() != nil
	stop(nil)
	if err := errors.Join(err, <-ended); err != nil && !interrupted {
		return cannotJudge(t, command, err)
	} else if err != nil {
		return cannotJudge(t, command, context.Cause(ctx))
	}
	return code
}

func newTemporary(t terminal, dir string, languages []string) (*dev, error) {
	o := newDevOptions()
	o.declare(newFlags(t, "", "")) // which sets the defaults
	o.dataDir, o.logLevel = dir, slog.LevelWarn
	o.agent.Uplink.Grace = 0
	o.agent.Only = languages
	if err := o.validate(); err != nil {
		return nil, err
	}
	// What toolchains prepare is worth keeping.
	if cache, err := os.UserCacheDir(); err == nil {
		o.agent.CacheDir = filepath.Join(cache, "assay", "toolchains")
	}
	return newDev(o, o.logger(t.stderr))
}

// clientOver makes a client that reaches a server without a network.
func clientOver(l *bufconn.Listener) *client.Client {
	c := client.New("http://127.0.0.1")
	c.HTTP = &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: 64,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return l.DialContext(ctx)
		},
	}}
	return c
}

func cannotJudge(t terminal, command string, err error) int {
	fmt.Fprintf(t.stderr, "assay %s: %v\n", command, err)
	return exitNotJudged
}
