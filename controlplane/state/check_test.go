package state

import "testing"

func hashed(n byte) (h [32]byte) { h[0] = n; return h }

func TestAMajorityOfTheVotersDecidesAndNobodyElse(t *testing.T) {
	check := Check{Index: 10, Voters: []string{"a", "b", "c"}}
	vote := func(server string, hash byte) Command { return Vote{Index: 10, Server: server, Hash: hashed(hash)} }
	for name, tt := range map[string]struct {
		commands []Command
		agreed   byte // 0: none
		split    bool
	}{
		"one of three":              {[]Command{vote("a", 1)}, 0, false},
		"two of three":              {[]Command{vote("a", 1), vote("c", 1)}, 1, false},
		"two of three, one differs": {[]Command{vote("b", 2), vote("a", 1), vote("c", 1)}, 1, false},
		"all differ":                {[]Command{vote("a", 1), vote("b", 2), vote("c", 3)}, 0, true},
		"a nonvoter":                {[]Command{vote("a", 1), vote("x", 1)}, 0, false},
		"one that votes twice":      {[]Command{vote("a", 1), vote("a", 1)}, 0, false},
		"one that changes its mind": {[]Command{vote("a", 2), vote("b", 1), vote("a", 1)}, 0, false},
		"a vote of before":          {[]Command{vote("a", 1), Vote{Index: 9, Server: "b", Hash: hashed(1)}}, 0, false},
		"a vote of later":           {[]Command{vote("a", 1), Vote{Index: 11, Server: "b", Hash: hashed(1)}}, 0, false},
		"after the next check":      {[]Command{vote("a", 1), Check{Index: 12, Voters: check.Voters}, vote("b", 1)}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := New()
			s.Apply(t0, append([]Command{check}, tt.commands...))
			c := s.View().Checks()
			if want := (Agreement{}); tt.agreed == 0 && c.Agreed != want || tt.agreed != 0 && c.Agreed != (Agreement{10, hashed(tt.agreed)}) {
				t.Errorf("agreed on %+v", c.Agreed)
			}
			if c.Split() != tt.split {
				t.Errorf("split: %v", c.Split())
			}
		})
	}
}

func TestVotesOfServersThatAreGoneAreForgotten(t *testing.T) {
	s := New()
	s.Apply(t0, []Command{
		Check{Index: 10, Voters: []string{"a", "b"}},
		Vote{Index: 10, Server: "a"},
		Vote{Index: 10, Server: "b"},
		Check{Index: 20, Voters: []string{"a"}},
		Vote{Index: 20, Server: "a"},
		Check{Index: 30, Voters: []string{"a"}},
	})
	if votes := s.View().Checks().Votes; len(votes) != 1 || votes[0].Server != "a" {
		t.Errorf("%+v", votes)
	}
}

func TestAViewKeepsTheVotesThatItHad(t *testing.T) {
	s := New()
	s.Apply(t0, []Command{Check{Index: 10, Voters: []string{"a", "b"}}, Vote{Index: 10, Server: "b", Hash: hashed(1)}})
	v := s.View()
	hash := v.Hash()
	s.Apply(t0, []Command{Vote{Index: 10, Server: "a", Hash: hashed(1)}, Check{Index: 20}, Vote{Index: 20, Server: "b"}})
	if c := v.Checks(); c.Index != 10 || len(c.Votes) != 1 || v.Hash() != hash {
		t.Errorf("%+v", c)
	}
}

func TestALevelOnlyRises(t *testing.T) {
	s := New()
	for _, tt := range []struct{ set, level int }{{0, 1}, {1, 1}, {2, 2}, {1, 2}, {2, 2}} {
		s.Apply(t0, []Command{SetLevel{tt.set}})
		if got := s.View().Level(); got != tt.level {
			t.Errorf("after %d it is %d", tt.set, got)
		}
	}
}

func TestWhatCameWithALaterLevelDoesNotCountBeforeIt(t *testing.T) {
	// A server of an older version has no idea of checks, and hashes without
	// them: at level 1 both must come to the same.
	old, new := New(), New()
	new.LoadChecks(Checks{Check: Check{Index: 7}})
	if old.View().Hash() != new.View().Hash() {
		t.Error("hashes differ at level 1")
	}
	old.LoadLevel(2)
	new.LoadLevel(2)
	if old.View().Hash() == new.View().Hash() {
		t.Error("checks are not in the hash at level 2")
	}
}
