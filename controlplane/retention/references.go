package retention

import (
	"errors"
	"fmt"

	"assay/controlplane/blob"
	"assay/controlplane/state"
	"assay/judge"
	"assay/proto/convert"
)

// mostEncoded bounds what is read of one spec, suite or result, in bytes.
const mostEncoded = 256 << 20

// Reader reads payloads that name others. It returns blob.ErrNotFound for one
// that is nowhere.
type Reader interface {
	Read(d judge.Digest, most int64) ([]byte, error)
}

// References is every digest that the state refers to, directly or through a
// payload that it refers to.
func References(v state.View, blobs Reader) (map[judge.Digest]bool, error) {
	m := marker{blobs: blobs, kept: map[judge.Digest]bool{}}
	for s := range v.Suites() {
		if err := m.suite(judge.Payload{Digest: s.Digest}); err != nil {
			return nil, err
		}
	}
	for r := range v.Records() {
		if err := errors.Join(m.spec(r.Spec), m.suite(r.Suite), m.result(r.Result)); err != nil {
			return nil, fmt.Errorf("submission %s: %w", r.ID, err)
		}
	}
	return m.kept, nil
}

// marker collects digests. A payload that many submissions share is read once.
type marker struct {
	blobs Reader
	kept  map[judge.Digest]bool
}

func (m *marker) keep(payloads ...judge.Payload) {
	for _, p := range payloads {
		if p.Digest != "" {
			m.kept[p.Digest] = true
		}
	}
}

// open returns the bytes of a payload that may name others, or nil when it was
// seen before. A payload that is gone names nothing.
func (m *marker) open(p judge.Payload) ([]byte, error) {
	if p.Digest == "" {
		return p.Inline, nil
	}
	if m.kept[p.Digest] {
		return nil, nil
	}
	m.keep(p)
	data, err := m.blobs.Read(p.Digest, mostEncoded)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, nil
	}
	return data, err
}

func (m *marker) spec(p judge.Payload) error {
	data, err := m.open(p)
	if err != nil {
		return err
	}
	spec, err := convert.DecodeSpec(data)
	for _, f := range spec.Files {
		m.keep(f.Content)
	}
	return err
}

func (m *marker) suite(p judge.Payload) error {
	data, err := m.open(p)
	if err != nil {
		return err
	}
	suite, err := convert.DecodeSuite(data)
	for _, t := range suite.Tests {
		m.keep(t.Stdin)
		if t.Expected != nil {
			m.keep(*t.Expected)
		}
	}
	return err
}

func (m *marker) result(p judge.Payload) error {
	data, err := m.open(p)
	if err != nil {
		return err
	}
	result, err := convert.DecodeResult(data)
	for _, t := range result.Tests {
		m.keep(t.Stdout.Payload, t.Stderr.Payload)
	}
	return err
}
