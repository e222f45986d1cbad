package intake

import (
	"io"

	"assay/controlplane/tenant"
	"assay/judge"
)

// Content is bytes that the caller has somewhere. It is opened once or more,
// by one goroutine at a time.
type Content interface {
	Size() int64
	Open() (io.Reader, error)
}

// Draft is a submission that is to be taken in. Its payloads have no bytes of
// their own: [Draft.Bind] says where they come from.
type Draft struct {
	Tenant tenant.Tenant
	// ID and Batch, where given, were made by the caller; an empty ID is made.
	ID, Batch      string
	IdempotencyKey string
	NodeClass      string
	Priority       string // name; empty is normal
	Spec           judge.Spec
	Suite          judge.Suite  // the tests, unless
	SuiteID        judge.Digest // names a stored suite
	// SingleSource: the only file was given without a name, which is then up
	// to the language.
	SingleSource bool
	// Problems that the caller found already: they come back together with
	// what is found here.
	Problems Invalid

	contents  contents
	suite     judge.Payload // the stored suite that SuiteID names
	preparing bool          // the language is not available yet
}

// SuiteDraft is a suite that is to be stored.
type SuiteDraft struct {
	Tenant tenant.Tenant
	Suite  judge.Suite
	// Problems: as in [Draft].
	Problems Invalid

	contents contents
}

// contents says where the bytes of payloads come from.
type contents map[*judge.Payload]Content

// pending stands for the digest of bytes that are not stored yet, so that sizes
// can be checked before anything is.
const pending = judge.Digest("sha256:" + "0000000000000000000000000000000000000000000000000000000000000000")

func (c *contents) bind(p *judge.Payload, from Content) {
	if from.Size() == 0 {
		return
	}
	*p = judge.Payload{Digest: pending, Size: from.Size()}
	if *c == nil {
		*c = make(contents)
	}
	(*c)[p] = from
}

// Bind says where the bytes of a payload in Spec or Suite come from. The slices
// that hold payloads must not be moved afterwards.
func (d *Draft) Bind(p *judge.Payload, from Content) { d.contents.bind(p, from) }

// Bind is as [Draft.Bind].
func (d *SuiteDraft) Bind(p *judge.Payload, from Content) { d.contents.bind(p, from) }
