package reconcile

import (
	"cmp"
	"iter"
	"slices"
)

// CodeState tells what the tables make of a code in a month.
type CodeState string

// The states, what is to be done first.
const (
	CodeUnmapped  CodeState = "unmapped"    // seen, and no row names it
	CodeOutOfDate CodeState = "out_of_date" // seen, and its rows hold in other months only
	CodeRefused   CodeState = "refused"     // seen under a sense that its element does not accept
	CodeMapped    CodeState = "mapped"      // seen, and feeds an element
	CodeUnseen    CodeState = "unseen"      // mapped, never seen
)

// Open tells whether the code's amounts feed no element, so that each of its
// lines is a discrepancy.
func (s CodeState) Open() bool {
	return s == CodeUnmapped || s == CodeOutOfDate || s == CodeRefused
}

var codeStates = []CodeState{CodeUnmapped, CodeOutOfDate, CodeRefused, CodeMapped, CodeUnseen}

// CodeCheck is a code of one side, what went through it, and what the tables
// say of it: the element it feeds or, where the state is open, the one that a
// row names in vain.
type CodeCheck struct {
	CodeCount
	State    CodeState
	Element  ElementCode
	Factor   int64
	From, To Period
}

// ElementCheck is an element that one side does not feed: every agent who has
// it will differ.
type ElementCheck struct {
	Element *Element
	Side    Side   // the one that lacks it
	Codes   []Code // of that side, in force and never seen
	Lines   int64  // of the other side, as Agents and Amounts
	Agents  int64
	Amount  Amount
	Total   Amount // without signs
}

// SideCoverage sums up one side.
type SideCoverage struct {
	Codes, Mapped          int // distinct codes seen; of them, those that feed an element in every sense
	Lines, MappedLines     int64
	Absolute, MappedAmount Amount // without signs
}

// MappingCheck is the state of the tables against what is loaded for a month.
type MappingCheck struct {
	Period   Period
	Codes    []CodeCheck // by state, then the heaviest first
	OneSided []ElementCheck
	Codeless []ElementCheck // no code in force on the side, and nothing seen on the other
	Coverage [2]SideCoverage
}

// Open tells whether a code that was seen feeds nothing.
func (c *MappingCheck) Open() bool {
	return slices.ContainsFunc(c.Codes, func(k CodeCheck) bool { return k.State.Open() })
}

// CheckMapping holds the tables against what passes in some streams of pairs of
// a month, each read by a goroutine of its own; no key may be in two. The totals
// of the reader give the labels.
func CheckMapping(t *Tables, p Period, read [2][]CodeTotal, parts []iter.Seq2[*Pair, error]) (*MappingCheck, error) {
	s, err := surveyPairs(t.At(p), parts)
	if err != nil {
		return nil, err
	}
	return checkMapping(t, p, s, read), nil
}

func checkMapping(t *Tables, p Period, s *survey, read [2][]CodeTotal) *MappingCheck {
	check := &MappingCheck{Period: p}
	rows := t.rowsByCode()
	for _, side := range Sides {
		for _, c := range s.counts(side, read[side]) {
			k := CodeCheck{CodeCount: c}
			k.judge(s.mapping, p, rows)
			check.Codes = append(check.Codes, k)
		}
		check.Coverage[side] = coverageOf(check.Codes, side)
	}
	check.addUnseen(s, t, p)
	check.addOneSided(s)
	slices.SortStableFunc(check.Codes, func(a, b CodeCheck) int {
		return cmp.Or(cmp.Compare(slices.Index(codeStates, a.State), slices.Index(codeStates, b.State)), cmp.Compare(b.Absolute, a.Absolute),
			cmp.Compare(a.Side, b.Side), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Sense, b.Sense))
	})
	byWeight := func(a, b ElementCheck) int { return cmp.Compare(b.Total, a.Total) }
	slices.SortStableFunc(check.OneSided, byWeight)
	slices.SortStableFunc(check.Codeless, byWeight)
	return check
}

// sideCode names a code of a side.
type sideCode struct {
	side Side
	code Code
}

// rowsByCode finds the rows of a code, in the order of the table.
func (t *Tables) rowsByCode() map[sideCode][]*Correspondence {
	rows := make(map[sideCode][]*Correspondence, len(t.Correspondences))
	for i := range t.Correspondences {
		c := &t.Correspondences[i]
		rows[sideCode{c.Side, c.Code}] = append(rows[sideCode{c.Side, c.Code}], c)
	}
	return rows
}

// counts lists the codes seen on a side, by code and sense, with the labels
// that the reader met.
func (s *survey) counts(side Side, read []CodeTotal) []CodeCount {
	type key struct {
		code  Code
		sense Sense
	}
	labels := make(map[key]string, len(read))
	for i := range read {
		if k := (key{read[i].Code, read[i].Sense}); labels[k] == "" {
			labels[k] = read[i].Label
		}
	}
	var counts []CodeCount
	for code, c := range s.codes[side] { // sorted below
		for i, sense := range Senses {
			if n := &c.senses[i]; n.lines > 0 {
				counts = append(counts, CodeCount{side, code, sense, labels[key{code, sense}], n.lines, n.agents, n.amount, n.absolute})
			}
		}
	}
	slices.SortFunc(counts, func(a, b CodeCount) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Sense.index(), b.Sense.index()))
	})
	return counts
}

// judge finds the state of a code that was seen.
func (k *CodeCheck) judge(m *Mapping, p Period, rows map[sideCode][]*Correspondence) {
	k.State = CodeUnmapped
	for _, row := range rows[sideCode{k.Side, k.Code}] {
		inForce := p.Within(row.From, row.To)
		if k.State == CodeUnmapped || inForce {
			k.State, k.Element, k.Factor, k.From, k.To = CodeOutOfDate, row.Element, row.Factor, row.From, row.To
		}
		if inForce {
			k.State = CodeRefused
			break
		}
	}
	if _, ok := m.Target(k.Side, k.Code, k.Sense); ok {
		k.State = CodeMapped
	}
}

func coverageOf(codes []CodeCheck, side Side) (v SideCoverage) {
	last, whole := Code(""), false
	for i := range codes { // the senses of a code follow each other
		k := &codes[i]
		if k.Side != side {
			continue
		}
		if v.Codes == 0 || k.Code != last {
			if whole {
				v.Mapped++
			}
			v.Codes++
			last, whole = k.Code, true
		}
		v.Lines += k.Lines
		v.Absolute += k.Absolute
		if k.State == CodeMapped {
			v.MappedLines += k.Lines
			v.MappedAmount += k.Absolute
		} else {
			whole = false
		}
	}
	if whole {
		v.Mapped++
	}
	return v
}

// addUnseen lists the codes in force that no payslip bears, in the order of
// the table.
func (c *MappingCheck) addUnseen(s *survey, t *Tables, p Period) {
	for i := range t.Correspondences {
		row := &t.Correspondences[i]
		e, ok := t.Element(row.Element)
		if !ok || !p.Within(row.From, row.To) || s.codes[row.Side][row.Code] != nil {
			continue
		}
		c.Codes = append(c.Codes, CodeCheck{CodeCount{Side: row.Side, Code: row.Code, Sense: e.Kind.Sense()}, CodeUnseen, row.Element, row.Factor, row.From, row.To})
	}
}

// addOneSided finds the elements that one side feeds alone, and those that a
// side has no code for.
func (c *MappingCheck) addOneSided(s *survey) {
	codes := s.mapping.codesOf()
	for i := range s.mapping.Elements {
		for _, side := range Sides {
			own, other := &s.elements[side][i], &s.elements[1-side][i]
			k := ElementCheck{Element: &s.mapping.Elements[i], Side: side, Codes: codes[side][i], Lines: other.lines, Agents: other.agents,
				Amount: other.amount, Total: other.absolute}
			switch {
			case own.lines > 0:
			case other.lines > 0:
				c.OneSided = append(c.OneSided, k)
			case len(k.Codes) == 0:
				c.Codeless = append(c.Codeless, k)
			}
		}
	}
}

// codesOf lists the codes in force of each side by element, in the order of
// the codes.
func (m *Mapping) codesOf() (codes [2][][]Code) {
	for _, side := range Sides {
		codes[side] = make([][]Code, len(m.Elements))
		for code, t := range m.targets[side] { // sorted below
			codes[side][t.Element] = append(codes[side][t.Element], code)
		}
		for _, list := range codes[side] {
			slices.Sort(list)
		}
	}
	return codes
}
