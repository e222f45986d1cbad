package intake

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"assay/controlplane/state"
	"assay/judge"
	"assay/proto/convert"
)

// knownSuites is how many suites' facts are remembered.
const knownSuites = 256

// facts is what a submission needs to know of the suite that it names.
type facts struct {
	tests     []judge.Test   // ids alone
	overrides []judge.Limits // of the tests that have limits of their own
}

func factsOf(s judge.Suite) *facts {
	f := &facts{tests: make([]judge.Test, len(s.Tests))}
	for i, t := range s.Tests {
		f.tests[i].ID = strings.Clone(t.ID) // lets go of what it is a part of
		if t.Limits != (judge.Limits{}) {
			f.overrides = append(f.overrides, t.Limits)
		}
	}
	return f
}

// suites remembers facts, so that naming a suite does not mean reading it.
type suites struct {
	blobs Blobs

	mu    sync.Mutex // guards known
	known map[judge.Digest]*facts
	read  sync.Mutex // a suite may be large: one at a time is decoded
}

func (s *suites) get(id judge.Digest) (*facts, error) {
	if f := s.peek(id); f != nil {
		return f, nil
	}
	s.read.Lock()
	defer s.read.Unlock()
	if f := s.peek(id); f != nil {
		return f, nil
	}
	suite, err := s.load(id)
	if err != nil {
		return nil, err
	}
	f := factsOf(suite)
	s.put(id, f)
	return f, nil
}

func (s *suites) peek(id judge.Digest) *facts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[id]
}

func (s *suites) put(id judge.Digest, f *facts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[judge.Digest]*facts)
	}
	for other := range s.known {
		if len(s.known) < knownSuites {
			break
		}
		delete(s.known, other)
	}
	s.known[id] = f
}

func (s *suites) load(id judge.Digest) (judge.Suite, error) {
	f, size, err := s.blobs.Open(id)
	if err != nil {
		return judge.Suite{}, fmt.Errorf("open suite %s: %w", id, err)
	}
	defer f.Close()
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return judge.Suite{}, fmt.Errorf("read suite %s: %w", id, err)
	}
	return convert.DecodeSuite(data)
}

// StoreSuite stores a suite for a tenant. Created is false when the tenant had
// it before. The error is [Invalid], or what blobs or log said.
func (in *Intake) StoreSuite(ctx context.Context, d *SuiteDraft) (s state.Suite, created bool, err error) {
	if err := in.checkSuite(d); err != nil {
		return s, false, err
	}
	if err := in.storeLong(ctx, d.contents); err != nil {
		return s, false, err
	}
	w, err := in.blobs.Create(ctx)
	if err != nil {
		return s, false, err
	}
	defer w.Discard()
	if err := writeSuite(w, d.Suite, d.contents); err != nil {
		return s, false, err
	}
	digest, size, err := w.Commit()
	if err != nil {
		return s, false, err
	}
	e, err := in.propose(ctx, state.StoreSuite{Tenant: d.Tenant.Name, Digest: digest, Size: size, Tests: len(d.Suite.Tests)})
	return e.Suite, !e.Duplicate, err
}

func (in *Intake) checkSuite(d *SuiteDraft) error {
	v := slices.Clone(d.Problems)
	number(d.Suite.Tests)
	v.judged(judge.ValidateSuite(&d.Suite, in.cfg.Bounds), false)
	return v.Err()
}
