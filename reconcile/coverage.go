package reconcile

import (
	"cmp"
	"slices"
)

// Coverage lists the codes of both sides with what they feed and what went
// through them: unmapped codes first, the heaviest first; then those mapped and
// seen; then those mapped and never seen.
func Coverage(m *Mapping, read [2][]CodeTotal) []CodeCoverage {
	type key struct {
		side  Side
		code  Code
		sense Sense
	}
	var all []CodeCoverage
	index := make(map[key]int)
	seen := make(map[key]bool)
	for _, side := range Sides {
		for _, t := range read[side] {
			k := key{side, t.Code, t.Sense}
			i, ok := index[k]
			if !ok {
				i = len(all)
				index[k] = i
				c := CodeCoverage{Side: side, Code: t.Code, Label: t.Label, Sense: t.Sense, Seen: true}
				if target, ok := m.Target(side, t.Code, t.Sense); ok {
					c.Element, c.Factor = m.Elements[target.Element].Code, int64(target.Factor)
				}
				all = append(all, c)
			}
			all[i].Lines += t.Lines
			all[i].Amount += t.Amount
			seen[key{side: side, code: t.Code}] = true
		}
	}
	for _, side := range Sides {
		for code, target := range m.targets[side] { // sorted below
			if e := &m.Elements[target.Element]; !seen[key{side: side, code: code}] {
				all = append(all, CodeCoverage{Side: side, Code: code, Sense: e.Kind.Sense(), Element: e.Code, Factor: int64(target.Factor)})
			}
		}
	}
	rank := func(c *CodeCoverage) int {
		switch {
		case c.Seen && c.Element == "":
			return 0
		case c.Seen:
			return 1
		}
		return 2
	}
	slices.SortFunc(all, func(a, b CodeCoverage) int {
		order := cmp.Compare(rank(&a), rank(&b))
		if order == 0 && rank(&a) == 0 {
			order = cmp.Compare(b.Amount.Abs(), a.Amount.Abs())
		}
		return cmp.Or(order, cmp.Compare(a.Side, b.Side), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Sense, b.Sense))
	})
	return all
}
