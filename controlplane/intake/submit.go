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
	"golang.org/x/sync/errgroup"

	"assay/controlplane/replica"
	"assay/controlplane/state"
	"assay/controlplane/tenant"
	"assay/judge"
)

// catchUpTime bounds how long a server takes to learn what the leader knows.
const catchUpTime = 5 * time.Second

// NewID makes an id. Ids sort by the time at which they were made.
func NewID() string { return ulid.Make().String() }

// Submit takes a submission in. When it returns nil, the record is committed.
// A draft whose idempotency key was used before gets the record of then; one
// whose key stands for something else gets state.ErrExists. The error is
// otherwise [Invalid], [ErrNoSuite], [ErrNoAgent], an *[OverloadError], or
// what blobs or log said.
func (in *Intake) Submit(ctx context.Context, d *Draft) (state.Record, error) {
	done, err := in.admit(d)
	if err != nil {
		return state.Record{}, err
	}
	return in.admitted(ctx, d, done)
}

// together is how many submissions of a batch are taken in at one time; they
// share log entries and fsyncs.
const together = 32

// SubmitAll is Submit for each of many drafts. The first ones have the first
// right to what room there is. The slices are as long as the list.
func (in *Intake) SubmitAll(ctx context.Context, list []*Draft) ([]state.Record, []error) {
	records, errs := make([]state.Record, len(list)), make([]error, len(list))
	var g errgroup.Group
	g.SetLimit(together)
	for i, d := range list {
		done, err := in.admit(d)
		if err != nil {
			errs[i] = err
			continue
		}
		g.Go(func() error {
			records[i], errs[i] = in.admitted(ctx, d, done)
			return nil
		})
	}
	_ = g.Wait() // each keeps its own error
	return records, errs
}

func (in *Intake) admitted(ctx context.Context, d *Draft, done func(committed bool)) (state.Record, error) {
	r, err := in.takeIn(ctx, d)
	done(err == nil || errors.Is(err, replica.ErrUnknown))
	return r, err
}

// takeIn has a draft committed for which there is room.
func (in *Intake) takeIn(ctx context.Context, d *Draft) (state.Record, error) {
	f, err := in.check(d)
	if err != nil {
		return state.Record{}, err
	}
	c, err := in.command(ctx, d, f)
	if err != nil {
		return state.Record{}, err
	}
	e, err := in.propose(ctx, c)
	if err == nil {
		err = e.Err
	}
	return recordOf(e), err
}

// admit lets a draft pass that has room, or that was taken in before and takes
// up none. done is to be called with whether it was committed.
func (in *Intake) admit(d *Draft) (done func(committed bool), err error) {
	if in.again(d) {
		return func(bool) {}, nil
	}
	if err := in.blobs.Room(); err != nil {
		return nil, err
	}
	return in.census.admit(d.Tenant, in.cfg.Queue, time.Now())
}

// again: the draft was taken in before, as far as this server knows.
func (in *Intake) again(d *Draft) bool {
	if d.IdempotencyKey == "" {
		return false
	}
	_, again := in.log.Idempotent(d.Tenant.Name, d.IdempotencyKey)
	return again
}

// factsFor finds the tests that a draft has or names.
func (in *Intake) factsFor(d *Draft) (*facts, error) {
	if d.SuiteID == "" {
		return factsOf(d.Suite), nil
	}
	s, ok := in.suite(d)
	if !ok {
		return nil, ErrNoSuite
	}
	f, err := in.suites.get(d.SuiteID)
	if err != nil {
		return nil, err
	}
	d.suite = judge.Payload{Digest: s.Digest, Size: s.Size}
	return f, nil
}

// suite finds the suite that a draft names. A server that does not lead may not
// have heard of it yet, when another one has just stored it.
func (in *Intake) suite(d *Draft) (state.Suite, bool) {
	s, ok := in.log.View().Suite(d.Tenant.Name, d.SuiteID)
	behind, lags := in.log.(interface{ CatchUp(context.Context) error })
	if ok || !lags {
		return s, ok
	}
	ctx, cancel := context.WithTimeout(context.Background(), catchUpTime)
	defer cancel()
	if behind.CatchUp(ctx) != nil {
		return s, false
	}
	return in.log.View().Suite(d.Tenant.Name, d.SuiteID)
}

// command stores a draft's bytes and makes the command that names them.
func (in *Intake) command(ctx context.Context, d *Draft, f *facts) (state.Submit, error) {
	if err := in.storeLong(ctx, d.contents); err != nil {
		return state.Submit{}, err
	}
	spec, err := in.encodeSpec(ctx, d.Spec, d.contents)
	if err != nil {
		return state.Submit{}, err
	}
	suite, err := in.suitePayload(ctx, d)
	if err != nil {
		return state.Submit{}, err
	}
	priority, _ := judge.ParsePriority(d.Priority)
	c := state.Submit{
		ID: cmp.Or(d.ID, NewID()), Tenant: d.Tenant.Name, Batch: d.Batch,
		Language: d.Spec.Language, NodeClass: d.NodeClass, Priority: priority,
		Spec: spec, Suite: suite, Tests: len(f.tests),
		IdempotencyKey: d.IdempotencyKey,
		Timeout:        in.deadline(d.Spec, f),
	}
	if c.IdempotencyKey != "" {
		c.Fingerprint = fingerprint(c)
	}
	return c, nil
}

func (in *Intake) suitePayload(ctx context.Context, d *Draft) (judge.Payload, error) {
	if d.SuiteID != "" {
		return d.suite, nil
	}
	w := in.payload(ctx)
	defer w.discard()
	if err := writeSuite(w, d.Suite, d.contents); err != nil {
		return judge.Payload{}, err
	}
	return w.close()
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
	return recordOf(e), err
}

func recordOf(e state.Event) state.Record {
	if e.Record == nil {
		return state.Record{}
	}
	return *e.Record
}
