package state

// Command is one replicated change. The set is closed, because every replica
// must agree on what each command does: [Submit], [Finish], [Requeue],
// [Cancel], [Expire] and [StoreSuite]; and, of the cluster itself, [SetLevel],
// [Check] and [Vote].
type Command interface{ apply(*Store) Event }

// Kind says what an event is about.
type Kind int

// One kind for each command.
const (
	Submitted Kind = iota + 1
	Finished
	Requeued
	Cancelled
	Expired
	SuiteStored
	LevelSet
	Checked
	Voted
)

var kindNames = [...]string{
	Submitted: "submitted", Finished: "finished", Requeued: "requeued",
	Cancelled: "cancelled", Expired: "expired", SuiteStored: "suite stored",
	LevelSet: "level set", Checked: "checked", Voted: "voted",
}

// String is the kind's name for logs and test output.
func (k Kind) String() string {
	if k < Submitted || k > Voted {
		return "unknown"
	}
	return kindNames[k]
}

// Event is what a command did. Events are shared between readers; treat all of
// it as read-only.
type Event struct {
	Kind Kind
	// Record is the submission as it stands after the command, also when the
	// command was a duplicate or failed with ErrFinished. It is nil for
	// ErrNotFound and ErrExists, and when the command is about something else.
	Record *Record
	Suite  Suite    // of SuiteStored
	Forgot []string // of Expired: the ids that are gone
	// Duplicate: the command had been carried out before, or came too late,
	// and changed nothing. Record holds what counts.
	Duplicate bool
	Err       error // ErrNotFound, ErrExists or ErrFinished; nothing was changed
}

// Changed reports whether the state is different after the event.
func (e Event) Changed() bool {
	return e.Err == nil && !e.Duplicate && (e.Kind != Expired || len(e.Forgot) > 0)
}
