package main

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"time"

	"assay/client"
)

// connection says which server a command talks to.
type connection struct {
	addr      string
	tokenFile string
	patience  time.Duration // how long a server may put requests off; 0: not at all
	languages []string      // that are needed of a server in this process; empty: all
}

// declare adds the flags. An empty address means: in this process.
func (s *connection) declare(fs flags, addr string) {
	usage := "`URL` of the server"
	if addr == "" {
		usage += " (default: judge in this process)"
	}
	fs.StringVar(&s.addr, "addr", addr, usage)
	fs.StringVar(&s.tokenFile, "token-file", "", "`file` that holds the token; or the token in ASSAY_TOKEN")
}

// client makes a client of the server at addr.
func (s *connection) client(t terminal) (*client.Client, error) {
	addr := s.addr
	if !strings.Contains(addr, "://") {
		addr = "http://" + addr
	}
	if u, err := url.Parse(addr); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("--addr is HOST:PORT, or http or https://HOST:PORT")
	}
	token, err := s.token(t)
	if err != nil {
		return nil, err
	}
	c := client.New(addr)
	if c.Token, c.Patience = token, s.patience; s.patience == 0 {
		c.Patience = -1
	}
	return c, nil
}

func (s *connection) token(t terminal) (string, error) {
	if s.tokenFile == "" {
		for _, kv := range t.environ {
			if token, ok := strings.CutPrefix(kv, "ASSAY_TOKEN="); ok {
				return token, nil
			}
		}
		return "", nil
	}
	data, err := os.ReadFile(s.tokenFile)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(data)), nil
}

// use calls f with a client of the server, or of one that lives in this
// process for as long as f runs, and returns f's exit code.
func (s *connection) use(ctx context.Context, t terminal, command string, f func(context.Context, *client.Client) int) int {
	if s.addr == "" {
		return inProcess(ctx, t, command, s.languages, f)
	}
	c, err := s.client(t)
	if err != nil {
		return badUsage(t, command, "%v", err)
	}
	return f(ctx, c)
}
