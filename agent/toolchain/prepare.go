package toolchain

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A preparation that takes longer than this is broken.
const prepareTimeout = 10 * time.Minute

// Pauses before what could not be prepared is tried again.
const (
	firstRetry = time.Minute
	lastRetry  = time.Hour
)

// KeepPreparing is Prepare, over and over until nothing is left that failed: a
// disk may have been full, or a tool away.
func (s *Set) KeepPreparing(ctx context.Context, lend Lender, changed func()) error {
	for pause := firstRetry; ; pause = min(2*pause, lastRetry) {
		if err := s.Prepare(ctx, lend, changed); err != nil {
			return err
		}
		left := s.unprepared(nil)
		if len(left) == 0 {
			return nil
		}
		s.log.Info("will prepare toolchains again", "left", len(left), "in", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Prepare makes, one language after the other, what their definitions prepare
// and this machine does not have yet, and then probes languages that could not
// work without it; of the given languages only when there are any. changed is
// called after each language that became available, or turned out not to. A
// preparation that fails costs speed, or that language, and is logged. The
// error is ctx's.
func (s *Set) Prepare(ctx context.Context, lend Lender, changed func(), ids ...string) error {
	for _, t := range s.unprepared(ids) {
		start := time.Now()
		err := t.prepare(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			s.log.Warn("toolchain not prepared", "toolchain", t.ID(), "err", err)
			if t.def.Prepare.Required {
				t.status.Store(&status{reason: err.Error()})
				changed()
			}
			continue
		}
		s.log.Info("toolchain prepared", "toolchain", t.ID(), "dur", time.Since(start))
		if !t.def.Prepare.Required {
			continue
		}
		if err := s.Probe(ctx, lend, t.ID()); err != nil {
			return err
		}
		if t.Available() {
			changed()
		}
	}
	return nil
}

// unprepared lists what is left to prepare, in the order in which it is done.
func (s *Set) unprepared(ids []string) []*Toolchain {
	var out []*Toolchain
	for _, t := range s.all {
		if len(ids) > 0 && !slices.Contains(ids, t.ID()) {
			continue
		}
		if t.tools != nil && t.def.Prepare != nil && !t.prepared.Load() {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b *Toolchain) int { return rank(a) - rank(b) })
	return out
}

// rank puts first what cannot be used without its preparation, last what is
// rarely used.
func rank(t *Toolchain) int {
	switch {
	case t.def.Prepare.Required:
		return 0
	case t.def.Rare:
		return 2
	}
	return 1
}

// prepare fills the cache directory in one step that either happens or does
// not.
func (t *Toolchain) prepare(ctx context.Context) error {
	dir, err := t.unfinished()
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	defer discard(dir)
	if err := t.runPrepare(ctx, dir.Name()); err != nil {
		return err
	}
	return t.publish(dir)
}

// runPrepare runs the definition's command on the host, with the lowest
// priority and an environment made from nothing.
func (t *Toolchain) runPrepare(ctx context.Context, dest string) error {
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()
	v := t.base()
	t.hostView(v)
	v.text["dest"], v.text["cache"], v.text["user_cache"] = dest, t.seenCache(), userCache(dest)
	argv := append([]string{"nice", "-n", "19"}, v.expand(t.def.Prepare.Argv)...)
	var output bytes.Buffer
	err := runEnclosed(func() *exec.Cmd {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Dir, cmd.Env = dest, v.env(map[string]string{"HOME": dest, "TMPDIR": dest})
		cmd.Stdout, cmd.Stderr = &output, &output
		cmd.WaitDelay = time.Second
		return cmd
	})
	if err != nil {
		return fmt.Errorf("prepare: %w: %s", err, strings.TrimSpace(firstLines(output.Bytes())))
	}
	return nil
}

// userCache is where tools of whoever runs this process keep what they have
// made, which some preparations can start from; or none, a path below dest.
func userCache(dest string) string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return filepath.Join(dest, "no-cache")
	}
	return dir
}

// hostView makes the tools' names stand for paths of the host, for what runs
// outside boxes.
func (t *Toolchain) hostView(v values) {
	for name, f := range t.tools {
		v.text[name], v.text[name+".home"] = f.host, f.root
		if f.root == "" {
			v.text[name+".home"] = f.home
		}
	}
}
