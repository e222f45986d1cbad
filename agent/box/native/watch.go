package native

import (
	"fmt"
	"time"

	"assay/agent/box/wire"
	"assay/judge"
)

// pipes makes the pipes and has them watched. Both ends stay open until the end
// of the run: an end of file would wake the agent when the init is about to do
// so anyway.
func (r *run) pipes() error {
	if err := r.Pipes(); err != nil {
		return err
	}
	if err := r.box.events.follow(r.Readers); err != nil {
		r.Close()
		return fmt.Errorf("watch pipes: %w", err)
	}
	return nil
}

// watch waits for the end of the run.
func (r *run) watch() (wire.Ended, error) {
	for {
		o, err := r.box.events.next(r.Deadline())
		if err != nil {
			return wire.Ended{}, err
		}
		r.Take(o.outputs)
		if o.answer {
			return r.finish()
		}
		if o.woken {
			r.Kill(judge.NoLimit)
		}
		if err := r.Check(time.Now()); err != nil {
			return wire.Ended{}, err
		}
	}
}

// finish reads the init's last word, and what is still in the pipes.
func (r *run) finish() (wire.Ended, error) {
	ended, err := r.box.runs.Ended()
	if err != nil {
		return ended, err
	}
	for {
		o, err := r.box.events.now()
		if err != nil || o.outputs == [2]bool{} {
			return ended, err // empty: nobody is left who could write
		}
		r.Take(o.outputs)
	}
}
