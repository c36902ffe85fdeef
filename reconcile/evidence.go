package reconcile

import (
	"iter"
	"slices"
)

// Evidence is what all agents paid by both sides say of a hypothesis about a
// code: that it and some other codes, or an element, are the same money.
type Evidence struct {
	Agents       int64  // that have the code
	Closed       int64  // of them, those for whom nothing is left, to the centime
	Near         int64  // as Closed, or less than a hundredth of the code's amount is left
	Amount       Amount // of the code, without sign
	ClosedAmount Amount
	Others       int64 // agents for whom the other codes leave something open
	Distinct     int   // different amounts of the code among those closed, up to maxDistinct
}

// maxDistinct is where counting different amounts stops: beyond, chance is out
// of the question.
const maxDistinct = 16

// measure adds up the evidence of compositions, for each of their codes.
type measure struct {
	*observer
	compositions []composition
	of           [][]int32 // by item: the compositions that hold it
	members      [][]member
	sums         []openItem // by composition, of the current agent
	met          []int32
	amounts      []openItem // by item, of the current agent
}

// member is a code of a composition and its evidence.
type member struct {
	code  item
	found Evidence
	seen  []Amount
}

func newMeasure(v *inventory, compositions []composition) *measure {
	m := &measure{observer: newObserver(v), compositions: compositions, of: make([][]int32, v.items()),
		members: make([][]member, len(compositions)), sums: make([]openItem, len(compositions)), amounts: make([]openItem, v.items())}
	for i := range compositions {
		for _, it := range compositions[i].items {
			m.of[it] = append(m.of[it], int32(i))
			if !v.isElement(it) {
				m.members[i] = append(m.members[i], member{code: it})
			}
		}
	}
	return m
}

// measurePairs makes one pass over the parts.
func measurePairs(v *inventory, compositions []composition, parts []iter.Seq2[*Pair, error]) (*measure, error) {
	measures := make([]*measure, len(parts))
	for i := range parts {
		measures[i] = newMeasure(v, compositions)
	}
	if err := inParallel(parts, func(i int, p *Pair) { measures[i].add(p) }); err != nil {
		return nil, err
	}
	all := newMeasure(v, compositions)
	for _, m := range measures {
		all.merge(m)
	}
	return all, nil
}

func (m *measure) add(p *Pair) {
	open := m.observe(p)
	for i := range open {
		o := &open[i]
		m.amounts[o.item] = *o
		for _, c := range m.of[o.item] {
			sum := &m.sums[c]
			if *sum == (openItem{}) {
				m.met = append(m.met, c)
			}
			sum.item = 1 // met, whatever the amounts cancel to
			total, current := o.total, o.current
			if m.compositions[c].turned == o.item {
				total, current = -total, -current
			}
			sum.total += total
			sum.current += current
		}
	}
	for _, c := range m.met {
		for k := range m.members[c] {
			b := &m.members[c][k]
			one := m.amounts[b.code]
			if m.compositions[c].turned == b.code {
				one.total, one.current = -one.total, -one.current
			}
			b.add(&one, m.sums[c].total, m.sums[c].current)
		}
		m.sums[c] = openItem{}
	}
	m.met = m.met[:0]
	for i := range open {
		m.amounts[open[i].item] = openItem{}
	}
}

// add takes in an agent for whom the composition sums to these amounts, and
// who has the code's own, or zeros.
func (b *member) add(one *openItem, total, current Amount) {
	e := &b.found
	if total != one.total {
		e.Others++
	}
	if one.total == 0 && one.current == 0 {
		return
	}
	e.Agents++
	e.Amount += one.weight()
	switch {
	case one.closes(total, current):
		e.Closed++
		e.Near++
		e.ClosedAmount += one.weight()
		b.see(one.weight())
	case total.Abs()*100 <= one.total.Abs():
		e.Near++
	}
}

func (b *member) see(a Amount) {
	if len(b.seen) < maxDistinct && !slices.Contains(b.seen, a) {
		b.seen = append(b.seen, a)
	}
}

// merge adds the evidence of other agents.
func (m *measure) merge(o *measure) {
	for c := range m.members {
		for k := range m.members[c] {
			b, from := &m.members[c][k], &o.members[c][k]
			e, f := &b.found, &from.found
			e.Agents += f.Agents
			e.Closed += f.Closed
			e.Near += f.Near
			e.Amount += f.Amount
			e.ClosedAmount += f.ClosedAmount
			e.Others += f.Others
			for _, a := range from.seen {
				b.see(a)
			}
			e.Distinct = len(b.seen)
		}
	}
}
