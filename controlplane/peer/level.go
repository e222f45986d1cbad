package peer

import "context"

// leveled tells the highest feature level that a server knows.
type leveled interface{ GetLevel() uint32 }

// knownLevel is 1 for servers of versions that do not speak of levels.
func knownLevel(m leveled) int { return max(1, int(m.GetLevel())) }

// raise raises the cluster's feature level to the highest that all servers
// know. One that cannot be asked may be an old one.
func (m *Members) raise(ctx context.Context) {
	s := m.replica.Status()
	level := m.level
	if m.replica.View().Level() >= level {
		return
	}
	for _, p := range s.Peers {
		if p.ID == s.ID {
			continue
		}
		d, err := m.links.describe(ctx, p.Address, false)
		if err != nil || d.GetId() != p.ID {
			return
		}
		level = min(level, knownLevel(d))
	}
	if err := m.replica.RaiseLevel(ctx, level); err != nil && ctx.Err() == nil {
		m.log.Warn("feature level not raised", "err", err)
	}
}
