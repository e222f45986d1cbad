package state

// Level is the highest feature level that this version knows. A cluster is at
// the level that all of its servers know: a command of a higher one would stop
// those that do not. A version that adds a command, a field, or a meaning to
// either raises it by one.
const Level = 2

// The levels so far.
const (
	levelFirst  = 1 // what there was before there were levels
	levelChecks = 2 // Check and Vote
)

// LevelOf is the level that a cluster must have come to before a command may
// be proposed.
func LevelOf(c Command) int {
	switch c.(type) {
	case Check, Vote:
		return levelChecks
	}
	return levelFirst
}

// SetLevel raises the cluster's feature level. It never goes back.
type SetLevel struct{ Level int }

func (c SetLevel) apply(s *Store) Event {
	if c.Level <= s.level {
		return Event{Kind: LevelSet, Duplicate: true}
	}
	s.level = c.Level
	return Event{Kind: LevelSet}
}

// Level is the cluster's feature level.
func (v View) Level() int { return v.t.level }

// LoadLevel puts back what [View.Level] gave out.
func (s *Store) LoadLevel(level int) { s.level = max(level, levelFirst) }
