package intake

import (
	"context"
	"io"
	"os"

	"assay/controlplane/state"
	"assay/judge"
)

// Log is what commands are committed to. A replica is one.
type Log interface {
	Propose(context.Context, state.Command) (state.Event, error)
	View() state.View
	// Idempotent is View().Idempotent without the view.
	Idempotent(tenant, key string) (state.Record, bool)
}

// Blobs keeps bytes by their digest, on a quorum of servers.
type Blobs interface {
	Create(context.Context) (BlobWriter, error)
	Open(judge.Digest) (*os.File, int64, error)
	// Room says why nothing more is to be taken in, however small.
	Room() error
}

// BlobWriter takes the bytes of one blob. Either Commit or Discard ends it;
// Discard after Commit does nothing.
type BlobWriter interface {
	io.Writer
	Commit() (judge.Digest, int64, error)
	Discard()
}

// Intake takes submissions and suites in. It is safe for concurrent use.
type Intake struct {
	cfg       Config
	log       Log
	blobs     Blobs
	languages languages
	suites    suites
	census    census
}

// New makes an intake. The function lists the languages that agents have now.
func New(cfg Config, log Log, blobs Blobs, list func() []judge.Language) *Intake {
	return &Intake{
		cfg: cfg, log: log, blobs: blobs,
		languages: languages{list: list},
		suites:    suites{blobs: blobs},
		census:    census{log: log},
	}
}

// Languages lists the languages that agents have, or had when the last one
// left.
func (in *Intake) Languages() []judge.Language { return in.languages.known() }

// Bounds are what the intake holds submissions and suites to.
func (in *Intake) Bounds() judge.Bounds { return in.cfg.Bounds }
