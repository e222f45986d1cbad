package peer

import (
	"context"
	"errors"
	"testing"

	"assay/controlplane/state"
)

// laggard has applied nothing until it has been asked, and everything then.
type laggard struct{ index, asked uint64 }

func (l *laggard) Index() uint64 { return l.index }

func (l *laggard) Reach(_ context.Context, index uint64) error {
	if l.index < index {
		return errors.New("reached nothing")
	}
	return nil
}

func (l *laggard) Await(_ context.Context, id string) (state.Record, error) {
	defer func() { l.index = 7 }()
	if l.asked++; l.index < 7 {
		return state.Record{}, state.ErrNotFound
	}
	r := state.Record{}
	r.ID = id
	return r, nil
}

func TestASubmissionThatArrivesWhileItIsLookedForIsFound(t *testing.T) {
	r := &laggard{}
	if record, err := await(t.Context(), r, 7, "s"); err != nil || record.ID != "s" {
		t.Errorf("%+v, %v", record, err)
	}
}

func TestASubmissionThatNobodyTookIsLookedForOnce(t *testing.T) {
	r := &laggard{}
	if _, err := await(t.Context(), r, 0, "s"); !errors.Is(err, state.ErrNotFound) || r.asked != 1 {
		t.Errorf("%v after %d looks", err, r.asked)
	}
}
