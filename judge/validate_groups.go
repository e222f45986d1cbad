package judge

func validateGroups(p *problems, groups []Group, tests []Test, b Bounds) {
	if len(groups) > b.Groups {
		p.add("groups", "must be at most %d, are %d", b.Groups, len(groups))
		return
	}
	known := make(map[string]bool, len(tests))
	for _, t := range tests {
		known[t.ID] = true
	}
	index := make(map[string]int, len(groups))
	for i, g := range groups {
		field := at("groups", i)
		validateID(p, field+".id", g.ID)
		if _, twice := index[g.ID]; twice {
			p.add(field+".id", "%s is there twice", quoted(g.ID))
		}
		index[g.ID] = i
		validatePoints(p, field+".points", g.Points)
		if g.Score != "" && g.Score != ScoreMin && g.Score != ScoreSum {
			p.add(field+".score", "must be min or sum, not %s", quoted(g.Score))
		}
		validateGroupTests(p, field+".tests", g.Tests, known)
	}
	r := requirements{p, groups, index, map[string]visit{}}
	for _, g := range groups {
		if r.state[g.ID] == unseen {
			r.follow(g.ID)
		}
	}
}

func validateGroupTests(p *problems, field string, tests []string, known map[string]bool) {
	if len(tests) == 0 {
		p.add(field, "must not be empty")
	}
	seen := make(map[string]bool, len(tests))
	for i, id := range tests {
		switch {
		case !known[id]:
			p.add(at(field, i), "there is no test %s", quoted(id))
		case seen[id]:
			p.add(at(field, i), "%s is there twice", quoted(id))
		}
		seen[id] = true
	}
}

// requirements follows what groups require, each group once.
type requirements struct {
	problems *problems
	groups   []Group
	index    map[string]int
	state    map[string]visit
}

type visit int

const (
	unseen visit = iota
	onPath       // being followed: meeting it again closes a circle
	done
)

func (r *requirements) follow(id string) {
	r.state[id] = onPath
	g := r.index[id]
	for i, required := range r.groups[g].Requires {
		field := at(at("groups", g)+".requires", i)
		switch _, known := r.index[required]; {
		case !known:
			r.problems.add(field, "there is no group %s", quoted(required))
		case r.state[required] == onPath:
			r.problems.add(field, "group %s requires itself", quoted(required))
		case r.state[required] == unseen:
			r.follow(required)
		}
	}
	r.state[id] = done
}
