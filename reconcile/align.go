package reconcile

import (
	"cmp"
	"slices"
)

// Aligned is one (element, origin), or one unmapped code, of a payslip as both
// sides hold it.
type Aligned struct {
	Element string // pivot element, or raw code
	Label   string
	Raw     bool // Element is a raw code that feeds none
	Sense   Sense
	Origin  Period    // of two months compared, the later one's; its own where one side stands alone
	Codes   [2][]Code // of each side's lines, in file order
	Amounts [2]Amount
	Lines   [2]int32
}

// Delta is ONP − Legacy.
func (a *Aligned) Delta() Amount { return a.Amounts[ONP] - a.Amounts[Legacy] }

// Align lays both payslips side by side, in the order of the elements and then
// of the raw codes. Either may be nil.
func Align(m *Mapping, payslips [2]*Payslip, lang string) []Aligned {
	type key struct {
		cell  cellKey
		code  Code
		side  Side
		sense Sense
	}
	index := make(map[key]int)
	var mapped, raw []Aligned
	for _, side := range Sides {
		if payslips[side] == nil {
			continue
		}
		for _, l := range payslips[side].Lines {
			origin := m.aligned(side, l.Origin)
			row, rows, k := Aligned{Element: string(l.Code), Raw: true, Sense: l.Sense, Origin: l.Origin}, &raw, key{newCellKey(0, origin), l.Code, side, l.Sense}
			amount := l.Amount
			if t, ok := m.Target(side, l.Code, l.Sense); ok {
				e := &m.Elements[t.Element]
				row, rows, k = Aligned{Element: string(e.Code), Label: e.Label(lang), Sense: e.Kind.Sense(), Origin: l.Origin}, &mapped, key{cell: newCellKey(t.Element+1, origin)}
				amount *= Amount(t.Factor)
			}
			i, ok := index[k]
			if !ok {
				i = len(*rows)
				index[k] = i
				*rows = append(*rows, row)
			}
			at := &(*rows)[i]
			at.Origin = l.Origin // of both sides, that of the ONP one
			at.Amounts[side] += amount
			at.Codes[side] = append(at.Codes[side], l.Code)
			at.Lines[side]++
		}
	}
	return append(m.ordered(mapped), raw...)
}

// ordered puts aligned rows in the order of the elements, then of the origins.
func (m *Mapping) ordered(rows []Aligned) []Aligned {
	rank := make(map[string]int, len(m.Elements))
	for i := range m.Elements {
		rank[string(m.Elements[i].Code)] = i
	}
	slices.SortStableFunc(rows, func(a, b Aligned) int {
		return cmp.Or(cmp.Compare(rank[a.Element], rank[b.Element]), cmp.Compare(b.Origin, a.Origin))
	})
	return rows
}
