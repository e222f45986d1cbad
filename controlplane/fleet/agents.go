package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"assay/judge"
)

// Agent is what is known of one connected agent.
type Agent struct {
	Node, Incarnation, Version string
	Class, CPU                 string
	Boxes, Busy, Ready         int
	Credits                    int // submissions that it would take now, urgent ones or not
	Leases                     int // attempts that it holds
	Languages                  []judge.Language
	Draining                   bool
	Since                      time.Time
	Condition
}

// Agents lists the connected agents by node: none unless this server leads.
func (s *Server) Agents() []Agent {
	var all []Agent
	for _, sess := range s.sessions() {
		all = append(all, sess.agent())
	}
	slices.SortFunc(all, func(a, b Agent) int { return cmp.Compare(a.Node, b.Node) })
	return all
}

func (s *Session) agent() Agent {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hello
	return Agent{
		Node: h.Node, Incarnation: h.Incarnation, Version: h.Version, Class: h.Class, CPU: h.CPU,
		Boxes: h.Boxes, Busy: s.beat.Busy, Ready: s.beat.Ready, Credits: max(0, s.credits-h.Reserve), Leases: len(s.held),
		Languages: s.languages, Draining: s.draining, Since: s.since, Condition: s.condition,
	}
}

// Languages merges what the connected agents can judge, by id. A language is
// available when any agent has it; then what that agent says of it counts. Of
// several equal ones the first node's counts.
func (s *Server) Languages() []judge.Language {
	merged, classes := map[string]judge.Language{}, map[string][]string{}
	for _, a := range s.Agents() {
		for _, l := range a.Languages {
			if known, ok := merged[l.ID]; !ok || l.Available && !known.Available {
				merged[l.ID] = l
			}
			if l.Available && a.Class != "" {
				classes[l.ID] = append(classes[l.ID], a.Class)
			}
		}
	}
	all := make([]judge.Language, 0, len(merged))
	for _, l := range merged {
		l.Classes = classes[l.ID]
		slices.Sort(l.Classes)
		l.Classes = slices.Compact(l.Classes)
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b judge.Language) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Drain asks a node's agent to finish what it has and to take no more. It is
// [ErrNotFound] when the node is not connected to this server.
func (s *Server) Drain(node string) error {
	for _, sess := range s.sessions() {
		if sess.hello.Node == node {
			sess.drain()
			return nil
		}
	}
	return fmt.Errorf("drain %s: %w", node, ErrNotFound)
}

func (s *Server) sessions() []*Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.term == nil {
		return nil
	}
	all := make([]*Session, 0, len(s.term.sessions))
	for _, sess := range s.term.sessions {
		all = append(all, sess)
	}
	return all
}
