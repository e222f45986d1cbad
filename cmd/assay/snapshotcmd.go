package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"assay/client"
	"assay/controlplane/backup"
)

// snapshotOperation is what the operands ask for; nil when they make no sense.
func snapshotOperation(t terminal, operands []string, other bool) func(context.Context, *client.Client) error {
	if len(operands) != 4 || operands[0] != "raft" || operands[1] != "snapshot" {
		return nil
	}
	file := operands[3]
	switch operands[2] {
	case "save":
		return func(ctx context.Context, c *client.Client) error { return saveSnapshot(ctx, t, c, file) }
	case "restore":
		return func(ctx context.Context, c *client.Client) error { return restoreSnapshot(ctx, t, c, file, other) }
	}
	return nil
}

// saveSnapshot writes a file that is there as a whole, and good, or not at all.
func saveSnapshot(ctx context.Context, t terminal, c *client.Client, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".snapshot-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	m, totals, err := receive(ctx, c, f)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), os.Rename(f.Name(), path)); err != nil {
		return err
	}
	fmt.Fprintf(t.stdout, "%s: cluster %q up to entry %d, %d payloads of %d bytes\n", path, m.Cluster, m.Index, totals.Blobs, totals.BlobBytes)
	warnMissing(t, totals.Missing)
	return nil
}

// receive writes a snapshot to w and checks it on the way.
func receive(ctx context.Context, c *client.Client, w io.Writer) (m backup.Manifest, totals backup.Totals, err error) {
	r, pipe := io.Pipe()
	checked := make(chan error, 1)
	go func() {
		var err error
		m, totals, err = backup.Verify(ctx, r)
		r.CloseWithError(err)
		checked <- err
	}()
	err = c.SaveSnapshot(ctx, io.MultiWriter(w, pipe))
	pipe.CloseWithError(err)
	if bad := <-checked; err == nil {
		err = bad
	}
	return m, totals, err
}

// restoreSnapshot checks the file before any of it is sent.
func restoreSnapshot(ctx context.Context, t terminal, c *client.Client, path string, other bool) error {
	f, err := os.Open(path)
	if err != nil {
		return absent(err)
	}
	defer f.Close()
	if err := verifySnapshot(ctx, f); err != nil {
		return err
	}
	again := func() (io.Reader, error) {
		_, err := f.Seek(0, io.SeekStart)
		return io.NopCloser(f), err
	}
	got, err := c.RestoreSnapshot(ctx, again, other)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.stdout, "restored from the cluster %q, saved %s up to entry %d: %d submissions, %d suites, %d payloads\n",
		got.Cluster, got.Created.Format("2006-01-02 15:04:05 MST"), got.Index, got.Submissions, got.Suites, got.Blobs)
	warnMissing(t, got.Missing)
	return comparedAfter(ctx, t, c)
}

func verifySnapshot(ctx context.Context, f *os.File) error {
	_, _, err := backup.Verify(ctx, f)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", f.Name(), err)
	if errors.Is(err, backup.ErrFormat) || errors.Is(err, backup.ErrCorrupt) {
		return wrongUsage{err}
	}
	return err
}

func warnMissing(t terminal, n int) {
	if n > 0 {
		fmt.Fprintf(t.stderr, "%d payloads that it refers to were on no server any more\n", n)
	}
}
