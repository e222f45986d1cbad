package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"assay/internal/tlsconf"
)

const tlsSynopsis = `ca [--dir DIR]
       assay tls cert --role server|agent --name NAME [--host HOST,...] [--dir DIR]

An authority of one's own, and certificates for servers and agents. The files
are DIR/ca.pem and DIR/ca-key.pem, DIR/NAME.pem and DIR/NAME-key.pem.`

func runTLS(ctx context.Context, t terminal, args []string) int {
	f := newFlags(t, "tls", tlsSynopsis)
	dir := f.String("dir", ".", "`folder` of the files")
	days := f.Int("days", 365, "how long it is valid")
	role := f.String("role", "", "`what` the certificate is for: server or agent")
	name := f.String("name", "", "`name` of the server or node")
	hosts := f.String("host", "", "`names` and addresses that it is reached at, with commas; assay itself asks for the role")
	operands, code, ok := f.parse(args)
	if !ok {
		return code
	}
	valid := time.Duration(*days) * 24 * time.Hour
	var err error
	switch {
	case *days < 1:
		return badUsage(t, "tls", "--days must be positive")
	case len(operands) == 1 && operands[0] == "ca":
		err = makeAuthority(t, *dir, valid)
	case len(operands) == 1 && operands[0] == "cert":
		if !fs.ValidPath(*name) || strings.Contains(*name, "/") || *name == "." || *role != "server" && *role != "agent" {
			return badUsage(t, "tls", "a certificate needs --role server or agent, and a --name without slashes")
		}
		r := tlsconf.Request{Role: tlsconf.Role(*role + ".assay"), Name: *name, Valid: valid}
		if *hosts != "" {
			r.Hosts = strings.Split(*hosts, ",")
		}
		if err := r.Validate(); err != nil {
			return badUsage(t, "tls", "--host: %v", err)
		}
		err = makeCertificate(t, *dir, r)
	default:
		return badUsage(t, "tls", "it takes ca or cert")
	}
	if err != nil {
		return fail(ctx, t, "tls", err)
	}
	return exitOK
}

func makeAuthority(t terminal, dir string, valid time.Duration) error {
	pair, err := tlsconf.NewAuthority("assay authority", valid)
	if err != nil {
		return err
	}
	return writePair(t, dir, "ca", pair)
}

func makeCertificate(t terminal, dir string, r tlsconf.Request) error {
	var authority tlsconf.Pair
	var err, keyErr error
	authority.Cert, err = os.ReadFile(filepath.Join(dir, "ca.pem"))
	authority.Key, keyErr = os.ReadFile(filepath.Join(dir, "ca-key.pem"))
	if err := errors.Join(err, keyErr); err != nil {
		return absent(fmt.Errorf("read authority (`assay tls ca` makes one): %w", err))
	}
	pair, err := tlsconf.Issue(authority, r)
	if err != nil {
		return err
	}
	if err := writePair(t, dir, r.Name, pair); err != nil {
		return err
	}
	if time.Until(pair.End) < r.Valid-time.Minute {
		fmt.Fprintf(t.stderr, "it is valid until %s only, as its authority is\n", pair.End.Format(time.DateOnly))
	}
	return nil
}

// writePair writes new files: what is there may be in use.
func writePair(t terminal, dir, name string, pair tlsconf.Pair) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, f := range []struct {
		path string
		data []byte
		mode os.FileMode
	}{
		{filepath.Join(dir, name+"-key.pem"), pair.Key, 0o600},
		{filepath.Join(dir, name+".pem"), pair.Cert, 0o644},
	} {
		if err := writeNew(f.path, f.data, f.mode); err != nil {
			return err
		}
		fmt.Fprintln(t.stdout, f.path)
	}
	return nil
}

func writeNew(path string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and may be in use: move it away, or name another --dir", path)
	} else if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
