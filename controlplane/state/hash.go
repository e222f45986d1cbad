package state

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
	"time"

	"assay/judge"
)

// Hash digests everything in the view. Equal states have equal hashes, however
// they came about; replicas compare theirs, also while some are of an older
// version: what came with a later level counts from that level on. It walks over
// all there is.
func (v View) Hash() [sha256.Size]byte {
	d := digester{sha256.New()}
	d.time(v.t.now)
	if v.t.level >= levelChecks {
		d.int(int64(v.t.level))
		d.checks(v.t.checks)
	}
	d.int(int64(v.t.suites.Len()))
	for x := range v.Suites() {
		d.suite(x)
	}
	for r := range v.Records() {
		d.record(r)
	}
	return [sha256.Size]byte(d.Sum(nil))
}

// digester writes fields unambiguously: strings with their length, numbers in
// eight bytes. Nil and empty slices are the same to it, as they are in the log.
type digester struct{ hash.Hash }

func (d digester) int(n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	d.Write(b[:])
}

func (d digester) float(f float64) { d.int(int64(math.Float64bits(f))) }

func (d digester) strings(ss ...string) {
	for _, s := range ss {
		d.int(int64(len(s)))
		d.Write([]byte(s))
	}
}

func (d digester) time(t time.Time) {
	d.int(t.Unix())
	d.int(int64(t.Nanosecond()))
}

func (d digester) checks(c Checks) {
	d.int(int64(c.Index))
	d.int(int64(len(c.Voters)))
	d.strings(c.Voters...)
	d.int(int64(len(c.Votes)))
	for _, v := range c.Votes {
		d.int(int64(v.Index))
		d.strings(v.Server, string(v.Hash[:]))
	}
	d.int(int64(c.Agreed.Index))
	d.strings(string(c.Agreed.Hash[:]))
}

func (d digester) payload(p judge.Payload) {
	d.strings(string(p.Inline), string(p.Digest))
	d.int(p.Size)
}

func (d digester) suite(x Suite) {
	d.strings(x.Tenant, string(x.Digest))
	d.int(x.Size)
	d.int(int64(x.Tests))
}

func (d digester) record(r Record) {
	d.submit(r.Submit)
	d.strings(string(r.Status), r.LostReason, string(r.Verdict), r.Node)
	d.int(int64(r.Lost))
	d.int(int64(r.Attempt))
	d.time(r.CreatedAt)
	d.time(r.FinishedAt)
	d.summary(r.Summary)
	d.payload(r.Result)
}

func (d digester) submit(c Submit) {
	d.strings(c.ID, c.Tenant, c.Batch, c.Language, c.NodeClass, c.IdempotencyKey, c.Fingerprint)
	d.int(int64(c.Priority))
	d.int(int64(c.Tests))
	d.int(int64(c.Timeout))
	d.payload(c.Spec)
	d.payload(c.Suite)
}

func (d digester) summary(s judge.Summary) {
	d.int(int64(s.Total))
	d.int(int64(s.Passed))
	d.strings(s.FirstFailed)
	d.float(s.Points)
	d.float(s.MaxPoints)
	d.int(int64(s.MaxCPU))
	d.int(s.MaxMemoryKB)
	d.int(int64(len(s.Groups)))
	for _, g := range s.Groups {
		d.strings(g.ID, string(g.Verdict))
		d.float(g.Points)
	}
}
