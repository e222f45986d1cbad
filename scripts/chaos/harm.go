package main

import (
	"context"
	"errors"
	"math"
	"time"

	"assay/internal/serverproc"
)

func (w *world) cutLeader(ctx context.Context) error {
	s, err := w.leader(ctx)
	if err != nil {
		return err
	}
	long := w.between(500*time.Millisecond, 8*time.Second)
	note("  %s, which leads, hears no other server for %v", s.ID, long.Round(time.Millisecond))
	if err := w.part(s).cut(w.parts(w.others(s))...); err != nil {
		return err
	}
	pause(ctx, long)
	return w.net.heal()
}

func (w *world) anyServer() (int, *serverproc.Server) {
	i := w.dice.IntN(len(w.Servers))
	return i, w.Servers[i]
}

func (w *world) cutServer(ctx context.Context) error {
	_, s := w.anyServer()
	long := w.between(500*time.Millisecond, 8*time.Second)
	note("  %s hears neither servers nor nodes for %v", s.ID, long.Round(time.Millisecond))
	all := w.parts(w.others(s))
	for _, n := range w.nodes {
		all = append(all, n.part)
	}
	if err := w.part(s).cut(all...); err != nil {
		return err
	}
	pause(ctx, long)
	return w.net.heal()
}

func (w *world) cutAgent(ctx context.Context) error {
	n := w.anyNode()
	long := w.between(500*time.Millisecond, 12*time.Second)
	note("  %s hears no server for %v", n.name, long.Round(time.Millisecond))
	if err := n.part.cut(w.parts(w.Servers)...); err != nil {
		return err
	}
	pause(ctx, long)
	return w.net.heal()
}

func (w *world) lossy(ctx context.Context) error {
	_, s := w.anyServer()
	lost, long := math.Round(1+20*w.dice.Float64())/100, w.between(2*time.Second, 10*time.Second)
	note("  %.0f %% of the packets to %s get lost for %v", 100*lost, s.ID, long.Round(time.Millisecond))
	if err := w.part(s).lose(lost); err != nil {
		return err
	}
	pause(ctx, long)
	return w.net.heal()
}

func (w *world) late(ctx context.Context) error {
	_, s := w.anyServer()
	by, long := w.between(10*time.Millisecond, 300*time.Millisecond), w.between(2*time.Second, 10*time.Second)
	note("  what %s sends to others arrives %v late for %v", s.ID, by.Round(time.Millisecond), long.Round(time.Millisecond))
	undo, err := w.part(s).slow(by, w.parts(w.others(s)))
	if err == nil {
		pause(ctx, long)
	}
	return errors.Join(err, undo())
}

func (w *world) fullDisk(ctx context.Context) error {
	i, s := w.anyServer()
	long := w.between(time.Second, 8*time.Second)
	note("  the disk of %s is full for %v", s.ID, long.Round(time.Millisecond))
	err := w.disks[i].fill()
	if err == nil {
		pause(ctx, long)
	}
	return errors.Join(err, w.disks[i].empty())
}

// diskThatHangs prefers that of the leader, on which everybody waits.
func (w *world) diskThatHangs(ctx context.Context) (*disk, *serverproc.Server, error) {
	leader, err := w.leader(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i, s := range w.Servers {
		if s == leader && w.disks[i].hangs {
			return w.disks[i], s, nil
		}
	}
	return w.disks[0], w.Servers[0], nil
}

func (w *world) slowDisk(ctx context.Context) error {
	d, s, err := w.diskThatHangs(ctx)
	if err != nil {
		return err
	}
	times := 3 + w.dice.IntN(8)
	note("  the disk of %s hangs %d times for a moment", s.ID, times)
	for range times {
		if err := d.hang(w.between(50*time.Millisecond, 900*time.Millisecond)); err != nil {
			return err
		}
		pause(ctx, w.between(10*time.Millisecond, 300*time.Millisecond))
	}
	return nil
}

func (w *world) hungDisk(ctx context.Context) error {
	d, s, err := w.diskThatHangs(ctx)
	if err != nil {
		return err
	}
	long := w.between(4*time.Second, 9*time.Second)
	note("  the disk of %s hangs for %v", s.ID, long.Round(time.Millisecond))
	return d.hang(long)
}
