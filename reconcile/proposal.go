package reconcile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Proposal is a row that correspondances.csv lacks.
type Proposal struct {
	Correspondence
	Confidence Confidence
	ByLabel    bool // the element was chosen by its label
	Closed     int64
	Agents     int64
}

// NewElement is a row that elements.csv lacks. What no pay line tells is left
// for a person: the title-2 category, the account, the CAS.
type NewElement struct {
	Code  ElementCode
	Label string
	Kind  ElementKind
}

// Proposals are the rows of the codes whose first candidate is likely at least.
type Proposals struct {
	Rows     []Proposal // by element, side and code
	Elements []NewElement
	Edit     []Suggestion // likely too, but a row in force names the code already: it is to be changed
}

// nameElements finds an element for the first candidates that have none: two
// codes, each the other's first, are one element. The elements without any code
// in force are tried by their labels, the likest first, each once; a candidate
// that none is like keeps no name.
func (r *ranking) nameElements() {
	groups := r.groups()
	type choice struct{ group, element, like int }
	var choices []choice
	for g, members := range groups {
		for i := range r.mapping.Elements {
			e := &r.mapping.Elements[i]
			if len(r.codes[Legacy][i])+len(r.codes[ONP][i]) > 0 || e.Kind.Sense().Net() != members[0].Net {
				continue
			}
			like := 0
			for _, s := range members {
				like = max(like, elementLikeness(s.Label, e))
			}
			if like >= labelLeads {
				choices = append(choices, choice{g, i, like})
			}
		}
	}
	slices.SortStableFunc(choices, func(a, b choice) int { return cmp.Compare(b.like, a.like) })
	namedGroup, namedElement := make(map[int]bool), make(map[int]bool)
	for _, c := range choices {
		if namedGroup[c.group] || namedElement[c.element] {
			continue
		}
		namedGroup[c.group], namedElement[c.element] = true, true
		for _, s := range groups[c.group] {
			first := &s.Candidates[0]
			first.Element, first.ByLabel, first.Likeness = r.mapping.Elements[c.element].Code, true, c.like
			if first.Confidence == Sure {
				first.Confidence = Likely // the amounts are, the name is not
			}
			s.drop(first.Element)
		}
	}
}

// labelLeads is the likeness from which a label names an element that no other
// evidence can name.
const labelLeads = 500

// drop removes the later candidates of an element: the first one bears it now.
func (s *Suggestion) drop(e ElementCode) {
	s.Candidates = append(s.Candidates[:1], slices.DeleteFunc(s.Candidates[1:], func(c CodeCandidate) bool { return c.Element == e })...)
}

// groups gathers the codes whose first candidates name each other and no
// element, in the order of the codes.
func (r *ranking) groups() [][]*Suggestion {
	nameless := func(s *Suggestion) bool { return len(s.Candidates) > 0 && s.Candidates[0].Element == "" }
	group := make([]int, len(r.suggestions)) // of each code; its own at first
	for i := range group {
		group[i] = i
	}
	for i := range r.suggestions {
		s := &r.suggestions[i]
		if !nameless(s) {
			continue
		}
		for _, other := range s.Candidates[0].composition.items {
			o := r.suggestion(other)
			if j := int(other) - len(r.mapping.Elements); nameless(o) && o.Candidates[0].composition.has(s.item) && group[i] != group[j] {
				from, to := max(group[i], group[j]), min(group[i], group[j])
				for k := range group {
					if group[k] == from {
						group[k] = to
					}
				}
			}
		}
	}
	var groups [][]*Suggestion
	at := make(map[int]int)
	for i := range r.suggestions {
		if s := &r.suggestions[i]; nameless(s) {
			g, ok := at[group[i]]
			if !ok {
				g = len(groups)
				at[group[i]] = g
				groups = append(groups, nil)
			}
			groups[g] = append(groups[g], s)
			s.group = group[i]
		}
	}
	return groups
}

// Propose writes the rows of the first candidates that are likely at least,
// valid in the month and clear of the rows that the tables have. An element is
// made only where codes of both sides are proposed for it.
func (s *Suggestions) Propose(t *Tables) *Proposals {
	p := &Proposals{}
	rows := t.rowsByCode()
	made := make(map[int]*NewElement)
	for i := range s.Codes {
		c := &s.Codes[i]
		if len(c.Candidates) == 0 || c.Candidates[0].Confidence == Weak {
			continue
		}
		first := &c.Candidates[0]
		if c.State == CodeRefused {
			p.Edit = append(p.Edit, *c)
			continue
		}
		element := first.Element
		if element == "" {
			if made[c.group] == nil {
				if made[c.group] = s.newElement(c.group, t, p.Elements); made[c.group] == nil {
					continue
				}
				p.Elements = append(p.Elements, *made[c.group])
			}
			element = made[c.group].Code
		}
		row := Proposal{Correspondence{Element: element, Side: c.Side, Code: c.Code, Factor: first.Factor}, first.Confidence, first.ByLabel, first.Evidence.Closed, first.Evidence.Agents}
		row.From, row.To = freeMonths(rows[sideCode{c.Side, c.Code}], s.Period)
		p.Rows = append(p.Rows, row)
	}
	slices.SortStableFunc(p.Rows, func(a, b Proposal) int {
		return cmp.Or(cmp.Compare(a.Element, b.Element), cmp.Compare(a.Side, b.Side), cmp.Compare(a.Code, b.Code))
	})
	return p
}

// freeMonths are the months around p in which none of a code's rows holds.
func freeMonths(rows []*Correspondence, p Period) (from, to Period) {
	for _, row := range rows {
		if row.To != 0 && row.To < p && row.To+1 > from {
			from = row.To + 1
		}
		if row.From > p && (to == 0 || row.From-1 < to) {
			to = row.From - 1
		}
	}
	return from, to
}

// newElement describes the element of a group, or nothing where only one side
// has likely codes. The label is the longest, since files cut labels.
func (s *Suggestions) newElement(group int, t *Tables, made []NewElement) *NewElement {
	e := &NewElement{}
	var sides [2]bool
	var weight Amount
	for i := range s.Codes {
		c := &s.Codes[i]
		if len(c.Candidates) == 0 || c.Candidates[0].Element != "" || c.Candidates[0].Confidence == Weak || c.group != group {
			continue
		}
		sides[c.Side] = true
		if utf8.RuneCountInString(c.Label) > utf8.RuneCountInString(e.Label) || e.Label == "" {
			e.Label = strings.TrimSpace(c.Label)
		}
		if e.Kind == "" || c.Absolute > weight {
			weight = c.Absolute
			e.Kind = map[Sense]ElementKind{ToPay: Gain, ToDeduct: Retenue, Information: Patronale}[c.Sense]
		}
	}
	if !sides[Legacy] || !sides[ONP] {
		return nil
	}
	if e.Label == "" {
		e.Label = "Élément sans libellé"
	}
	e.Code = nameOf(e.Label, func(name ElementCode) bool {
		_, known := t.Element(name)
		return known || slices.ContainsFunc(made, func(o NewElement) bool { return o.Code == name })
	})
	return e
}

// nameOf makes the name of an element out of a label, one that is not taken.
func nameOf(label string, taken func(ElementCode) bool) ElementCode {
	const room = 36 // bytes: names have 40, a number may follow
	name := ""
	for _, w := range words(label) {
		w = strings.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
				return r
			}
			return -1
		}, w)
		if w == "" || len(name)+1+len(w) > room {
			continue
		}
		if name != "" {
			name += "_"
		}
		name += strings.ToUpper(w)
	}
	if name == "" {
		name = "ELEMENT"
	}
	for n := 1; ; n++ {
		numbered := ElementCode(name)
		if n > 1 {
			numbered += ElementCode("_" + strconv.Itoa(n))
		}
		if !taken(numbered) {
			return numbered
		}
	}
}
