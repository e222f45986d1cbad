package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"assay/controlplane/replica"
	"assay/controlplane/state"
	"assay/controlplane/tenant"
	"assay/judge"
)

// NewID makes an id. Ids sort by the time at which they were made.
func NewID() string { return ulid.Make().String() }

// Room says whether n more submissions of a tenant may come: nil or an
// *[OverloadError].
func (in *Intake) Room(t tenant.Tenant, n int) error {
	return in.room(in.log.View(), t.Name, t.Queue, n, time.Now())
}

// Submit takes a submission in. When it returns nil, the record is committed.
// A draft whose idempotency key was used before gets the record of then; one
// whose key stands for something else gets state.ErrExists. The error is
// otherwise [Invalid], [ErrNoSuite], [ErrNoAgent], an *[OverloadError], or
// what blobs or log said.
func (in *Intake) Submit(ctx context.Context, d *Draft) (state.Record, error) {
	view := in.log.View()
	if err := in.room(view, d.Tenant.Name, d.Tenant.Queue, 1, time.Now()); err != nil {
		return state.Record{}, err
	}
	f, err := in.check(d, view)
	if err != nil {
		return state.Record{}, err
	}
	c, err := in.command(ctx, d, f, view)
	if err != nil {
		return state.Record{}, err
	}
	e, err := in.propose(ctx, c)
	if err == nil {
		err = e.Err
	}
	return e.Record, err
}

func (in *Intake) factsFor(d *Draft, view state.View) (*facts, error) {
	if d.SuiteID == "" {
		return factsOf(d.Suite), nil
	}
	if _, ok := view.Suite(d.Tenant.Name, d.SuiteID); !ok {
		return nil, ErrNoSuite
	}
	return in.suites.get(d.SuiteID)
}

// command stores a draft's bytes and makes the command that names them.
func (in *Intake) command(ctx context.Context, d *Draft, f *facts, view state.View) (state.Submit, error) {
	if err := in.storeLong(ctx, d.contents); err != nil {
		return state.Submit{}, err
	}
	spec, err := in.encodeSpec(ctx, d.Spec, d.contents)
	if err != nil {
		return state.Submit{}, err
	}
	suite, tests, err := in.suitePayload(ctx, d, view)
	if err != nil {
		return state.Submit{}, err
	}
	priority, _ := judge.ParsePriority(d.Priority)
	c := state.Submit{
		ID: cmp.Or(d.ID, NewID()), Tenant: d.Tenant.Name, Batch: d.Batch,
		Language: d.Spec.Language, NodeClass: d.NodeClass, Priority: priority,
		Spec: spec, Suite: suite, Tests: tests,
		IdempotencyKey: d.IdempotencyKey,
		Timeout:        in.deadline(d.Spec, f),
	}
	if c.IdempotencyKey != "" {
		c.Fingerprint = fingerprint(c)
	}
	return c, nil
}

func (in *Intake) suitePayload(ctx context.Context, d *Draft, view state.View) (judge.Payload, int, error) {
	if d.SuiteID != "" {
		s, _ := view.Suite(d.Tenant.Name, d.SuiteID)
		return judge.Payload{Digest: s.Digest, Size: s.Size}, s.Tests, nil
	}
	w := in.payload(ctx)
	defer w.discard()
	if err := writeSuite(w, d.Suite, d.contents); err != nil {
		return judge.Payload{}, 0, err
	}
	p, err := w.close()
	return p, len(d.Suite.Tests), err
}

// fingerprint digests all of a request that makes a difference, however it was
// written down.
func fingerprint(c state.Submit) string {
	h := sha256.New()
	for _, p := range []judge.Payload{c.Spec, c.Suite} {
		sum := sha256.Sum256(p.Inline)
		fmt.Fprintf(h, "%s %x\n", p.Digest, sum)
	}
	fmt.Fprintf(h, "%s %q\n", c.Priority, c.NodeClass)
	return hex.EncodeToString(h.Sum(nil))
}

// propose gets a command committed. A lost reply is no reason to give up: the
// command names what it is about, so it may be proposed again.
func (in *Intake) propose(ctx context.Context, c state.Command) (state.Event, error) {
	const tries = 5
	wait := 20 * time.Millisecond
	for try := 1; ; try++ {
		e, err := in.log.Propose(ctx, c)
		if !errors.Is(err, replica.ErrUnknown) || try == tries || ctx.Err() != nil {
			return e, err
		}
		select {
		case <-time.After(wait):
			wait *= 2
		case <-ctx.Done():
			return e, err
		}
	}
}

// Cancel cancels a tenant's submission.
func (in *Intake) Cancel(ctx context.Context, t tenant.Tenant, id string) (state.Record, error) {
	e, err := in.propose(ctx, state.Cancel{ID: id, Tenant: t.Name})
	if err == nil {
		err = e.Err
	}
	return e.Record, err
}
