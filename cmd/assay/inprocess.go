package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc/test/bufconn"

	"assay/client"
)

// inProcess calls f with a client of a server that lives in this process, in a
// temporary folder, for as long as f runs. It is what `assay dev` is, without
// a port.
func inProcess(ctx context.Context, t terminal, command string, languages []string, f func(context.Context, *client.Client) int) int {
	dir, remove, err := temporaryDir()
	if err != nil {
		return cannotJudge(ctx, t, command, err)
	}
	defer remove()
	d, err := newTemporary(t, dir, languages)
	if err != nil {
		return cannotJudge(ctx, t, command, err)
	}
	web := bufconn.Listen(pipeBytes)
	serving, stop := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() {
		err := d.run(serving, web)
		stop(err) // so that nobody waits for a server that is gone
		ended <- err
	}()
	code := exitNotJudged
	err = d.readyPatiently(serving, t, command)
	if err == nil {
		code = f(serving, clientOver(web))
	}
	reported := err == nil && serving.Err() != nil // by f, which it ended
	stop(nil)
	if err := cmp.Or(<-ended, err); err != nil && !reported {
		return cannotJudge(ctx, t, command, err)
	}
	return code
}

// soon is how long a start takes that nobody wonders about.
const soon = 2 * time.Second

// readyPatiently is ready, and says why when that takes long.
func (d *dev) readyPatiently(ctx context.Context, t terminal, command string) error {
	wonder := time.AfterFunc(soon, func() {
		fmt.Fprintf(t.stderr, "assay %s: preparing what the language needs: once per machine, and for some a minute\n", command)
	})
	defer wonder.Stop()
	return d.ready(ctx)
}

func newTemporary(t terminal, dir string, languages []string) (*dev, error) {
	o := newDevOptions()
	o.declare(newFlags(t, "", "").FlagSet) // which sets the defaults
	o.dataDir, o.logLevel = dir, slog.LevelWarn
	o.agent.Uplink.Grace = 0
	o.agent.Only = languages
	o.agent.Speed.Every = 0
	if err := o.validate(); err != nil {
		return nil, err
	}
	o.agent.CacheDir = sharedCache()
	return newDev(o, o.logger(t.stderr))
}

// sharedCache is where what toolchains prepare is kept for the next process of
// this user; empty where there is no such place.
func sharedCache() string {
	home, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	dir := filepath.Join(home, "assay", "toolchains")
	if os.MkdirAll(dir, 0o755) != nil {
		return ""
	}
	return dir
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
