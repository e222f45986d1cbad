package retention

import (
	"errors"
	"fmt"
	"sync"

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

// Index finds out what states refer to. It remembers what payloads name, as
// they never change, so that of a state that is looked at again only what is new
// is read. Safe for concurrent use.
type Index struct {
	blobs Reader

	mu    sync.Mutex // guards named, for a whole look
	named map[judge.Digest][]judge.Digest
}

// NewIndex makes an index of payloads that are read from blobs.
func NewIndex(blobs Reader) *Index { return &Index{blobs: blobs} }

// References is every digest that a state refers to, directly or through a
// payload that it refers to.
func (x *Index) References(v state.View) (map[judge.Digest]bool, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	m := marker{blobs: x.blobs, known: x.named, named: map[judge.Digest][]judge.Digest{}, kept: map[judge.Digest]bool{}}
	if err := m.state(v); err != nil {
		return nil, err
	}
	x.named = m.named // what this state does not refer to is forgotten
	return m.kept, nil
}

func (m *marker) state(v state.View) error {
	for s := range v.Suites() {
		if err := m.suite(judge.Payload{Digest: s.Digest}); err != nil {
			return err
		}
	}
	for r := range v.Records() {
		if err := errors.Join(m.spec(r.Spec), m.suite(r.Suite), m.result(r.Result)); err != nil {
			return fmt.Errorf("submission %s: %w", r.ID, err)
		}
	}
	return nil
}

// marker collects digests. A payload that many submissions share is read once.
type marker struct {
	blobs Reader
	known map[judge.Digest][]judge.Digest // what payloads name, from the look before
	named map[judge.Digest][]judge.Digest // likewise, as far as this look has come
	kept  map[judge.Digest]bool
}

func (m *marker) keep(payloads ...judge.Payload) {
	for _, p := range payloads {
		if p.Digest != "" {
			m.kept[p.Digest] = true
		}
	}
}

// names keeps what a payload names, and the payload itself. A payload that is
// gone names nothing.
func (m *marker) names(p judge.Payload, decode func([]byte) ([]judge.Payload, error)) error {
	if p.Digest == "" {
		named, err := decode(p.Inline)
		m.keep(named...)
		return err
	}
	if m.named[p.Digest] != nil {
		return nil
	}
	m.keep(p)
	named, ok := m.known[p.Digest]
	if !ok {
		data, err := m.blobs.Read(p.Digest, mostEncoded)
		if errors.Is(err, blob.ErrNotFound) {
			return nil // it may come yet: the next look asks again
		} else if err != nil {
			return err
		}
		payloads, err := decode(data)
		if err != nil {
			return err
		}
		named = digests(payloads)
	}
	m.named[p.Digest] = named
	for _, d := range named {
		m.kept[d] = true
	}
	return nil
}

// digests is never nil.
func digests(payloads []judge.Payload) []judge.Digest {
	all := []judge.Digest{}
	for _, p := range payloads {
		if p.Digest != "" {
			all = append(all, p.Digest)
		}
	}
	return all
}

func (m *marker) spec(p judge.Payload) error {
	return m.names(p, func(data []byte) (named []judge.Payload, err error) {
		spec, err := convert.DecodeSpec(data)
		for _, f := range spec.Files {
			named = append(named, f.Content)
		}
		return named, err
	})
}

func (m *marker) suite(p judge.Payload) error {
	return m.names(p, func(data []byte) (named []judge.Payload, err error) {
		suite, err := convert.DecodeSuite(data)
		for _, t := range suite.Tests {
			named = append(named, t.Stdin)
			if t.Expected != nil {
				named = append(named, *t.Expected)
			}
		}
		return named, err
	})
}

func (m *marker) result(p judge.Payload) error {
	return m.names(p, func(data []byte) (named []judge.Payload, err error) {
		result, err := convert.DecodeResult(data)
		for _, t := range result.Tests {
			named = append(named, t.Stdout.Payload, t.Stderr.Payload)
		}
		return named, err
	})
}
