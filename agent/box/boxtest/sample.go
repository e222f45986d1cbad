package boxtest

import (
	"cmp"
	"path"
	"slices"
)

// every chooses all attacks.
func every(list []attack) []attack { return list }

// sample chooses two attacks of each class: one in C, and one in whichever other
// language has been chosen least.
func sample(list []attack) (chosen []attack) {
	uses := map[string]int{}
	for len(list) > 0 {
		class := list[0].class()
		inC := func(a attack) bool { return a.class() == class && path.Ext(a.name) == ".c" }
		if i := slices.IndexFunc(list, inC); i >= 0 {
			chosen = append(chosen, list[i])
		}
		others := slices.DeleteFunc(slices.Clone(list), func(a attack) bool { return a.class() != class || inC(a) })
		if len(others) > 0 {
			rarest := slices.MinFunc(others, func(a, b attack) int {
				return cmp.Compare(uses[path.Ext(a.name)], uses[path.Ext(b.name)])
			})
			uses[path.Ext(rarest.name)]++
			chosen = append(chosen, rarest)
		}
		list = slices.DeleteFunc(slices.Clone(list), func(a attack) bool { return a.class() == class })
	}
	return chosen
}
