package uplink

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"assay/agent/runner"
	"assay/judge"
	pb "assay/proto/assay/v1"
	"assay/proto/convert"
)

// work runs an attempt to its end and tells the loop.
func (u *Uplink) work(ctx context.Context, a *attempt) {
	p := &progress{journal: a.journal, received: a.received}
	report, err := u.judge(ctx, a, p)
	if err != nil {
		report = &pb.Report{Fault: brief(err.Error()), Returned: context.Cause(ctx) == errDraining}
	}
	report.Attempt = a.GetAttempt()
	u.tell(context.WithoutCancel(ctx), ended{a, report})
}

// judge has the assignment judged, and brings the result into the form in
// which it travels: large ones are stored first.
func (u *Uplink) judge(ctx context.Context, a *attempt, p *progress) (*pb.Report, error) {
	w, err := u.fetch(ctx, a)
	if err != nil {
		return nil, err
	}
	r, err := u.runner.Run(ctx, w, p)
	if err != nil {
		return nil, err
	}
	clean(&r)
	queued := time.Duration(a.GetQueuedNs())
	r.Timing.Queue, r.Timing.Total = queued+p.waited(), queued+time.Since(a.received)
	data, err := convert.EncodeResult(r)
	if err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	payload, err := u.blobs.Put(ctx, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return &pb.Report{
		Result: convert.PayloadToProto(payload), Verdict: string(r.Verdict),
		Summary: convert.SummaryToProto(r.Summary), BoxNs: int64(boxTime(r)),
	}, nil
}

// fetch gets hold of what the assignment names.
func (u *Uplink) fetch(ctx context.Context, a *attempt) (runner.Work, error) {
	spec, suite := convert.PayloadFromProto(a.GetSpec()), convert.PayloadFromProto(a.GetSuite())
	w := runner.Work{
		ID: a.GetAttempt().GetSubmission(), Seq: a.turn,
		SpecDigest: nameOf(spec), SuiteDigest: nameOf(suite),
	}
	data, err := u.read(ctx, spec)
	if err != nil {
		return w, fmt.Errorf("fetch spec: %w", err)
	}
	if w.Spec, err = convert.DecodeSpec(data); err != nil {
		return w, err
	}
	if w.Suite, err = u.suite(ctx, suite, w.SuiteDigest); err != nil {
		return w, fmt.Errorf("fetch suite: %w", err)
	}
	return w, nil
}

// read returns the bytes behind a payload, which are not to be changed.
func (u *Uplink) read(ctx context.Context, p judge.Payload) ([]byte, error) {
	if p.Digest == "" {
		return p.Inline, nil
	}
	f, err := u.blobs.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// progress keeps what the runner tells.
type progress struct {
	journal  *journal
	received time.Time
	started  atomic.Int64 // nanoseconds from receipt to the first box
}

func (p *progress) waited() time.Duration { return time.Duration(p.started.Load()) }

// Started implements runner.Progress.
func (p *progress) Started() {
	p.started.Store(int64(time.Since(p.received)))
	p.journal.add(entry{})
}

// Compiled implements runner.Progress.
func (p *progress) Compiled(c judge.CompileResult) {
	p.journal.add(entry{compiled: &c})
}

// Tested implements runner.Progress.
func (p *progress) Tested(t judge.TestResult) {
	t.Stdout, t.Stderr = judge.Captured{}, judge.Captured{}
	p.journal.add(entry{test: &t})
}

// clean makes every text of a result valid UTF-8, which is all that protobuf
// carries as text: a program's output may have found its way into messages.
func clean(r *judge.Result) {
	r.Message = valid(r.Message)
	for i := range r.Tests {
		r.Tests[i].Message = valid(r.Tests[i].Message)
	}
}

func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// brief keeps a fault to a size that fits into a message.
func brief(fault string) string {
	const most = 1000
	if len(fault) > most {
		fault = fault[:most] + "…"
	}
	return valid(fault)
}
