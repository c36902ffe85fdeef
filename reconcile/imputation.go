package reconcile

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// place is what a line feeds: an (element, origin), or a raw code and origin.
type place struct {
	cell cellKey // of a raw code, its origin alone
	raw  codeKey // zero for an element
}

func (p place) unmapped() bool { return p.raw.sense != 0 }

// place is what a line feeds, and its amount there.
func (m *Mapping) place(side Side, l *PayLine) (place, Amount) {
	origin := m.aligned(side, l.Origin)
	if t, ok := m.Target(side, l.Code, l.Sense); ok {
		return place{cell: newCellKey(t.Element, origin)}, l.Amount * Amount(t.Factor)
	}
	return rawPlace(l.Code, side, l.Sense, origin), l.Amount
}

// byPart walks the lines of a payslip by runs that are booked on one place.
func (p *Payslip) byPart() iter.Seq2[Part, []PayLine] {
	return func(yield func(Part, []PayLine) bool) {
		if len(p.Parts) == 0 {
			yield(p.Agent.bookedOn(0), p.Lines)
			return
		}
		for i, part := range p.Parts {
			end := len(p.Lines)
			if i+1 < len(p.Parts) {
				end = p.Parts[i+1].From
			}
			if !yield(part, p.Lines[part.From:end]) {
				return
			}
		}
	}
}

// mainPart is the part of a payslip that pays the agent most, ΣP; of equal ones,
// the first by programme, BOP and service.
func (p *Payslip) mainPart() Part {
	if len(p.Parts) == 0 {
		return p.Agent.bookedOn(0)
	}
	paid := make(map[Part]Amount)
	for part, lines := range p.byPart() {
		part.From = 0
		paid[part] += SumLines(lines).ToPay
	}
	parts := slices.SortedFunc(maps.Keys(paid), compareParts)
	return slices.MaxFunc(parts, func(a, b Part) int { return cmp.Compare(paid[a], paid[b]) })
}

// compareParts orders parts by where they are booked.
func compareParts(a, b Part) int {
	return cmp.Or(cmp.Compare(a.Programme, b.Programme), cmp.Compare(a.BOP, b.BOP), cmp.Compare(a.Service, b.Service))
}

// agentOn is the agent as the part of a payslip that is booked on one place says
// him, the first by contents where several do.
func (p *Payslip) agentOn(part Part) *Agent {
	of := &p.Agent
	for i := range p.Others {
		if a := &p.Others[i]; a.bookedOn(0) == part && (of.bookedOn(0) != part || a.compare(of) < 0) {
			of = a
		}
	}
	return of
}

// placement is where a file books one line of a pair that several programmes
// bear.
type placement struct {
	place  place
	side   Side
	book   *book
	amount Amount
}

// imputation tells on which programme each gap of a pair stands. For nearly all
// pairs that is one programme, and nothing is kept.
type imputation struct {
	pair   *Pair
	home   *book
	split  bool // several programmes bear the pair
	alone  bool // one side is missing: its whole payslip is one gap
	lines  []placement
	target map[place]*book // of each place, nil where several bear it
}

func (k *imputation) reset(l *Ledger, home string, p *Pair) {
	k.pair, k.home, k.lines, k.split = p, l.book(home), k.lines[:0], false
	k.alone = p.Groups[Legacy].Payslip == nil || p.Groups[ONP].Payslip == nil
	for _, side := range Sides {
		if s := p.Groups[side].Payslip; s != nil && (s.Agent.Programme != home || len(s.Parts) > 0) {
			k.split = true
		}
	}
	if k.split {
		k.target = make(map[place]*book)
	}
}

func (k *imputation) add(p placement) {
	if !k.split {
		return
	}
	k.lines = append(k.lines, p)
	if b, met := k.target[p.place]; !met {
		k.target[p.place] = p.book
	} else if b != p.book {
		k.target[p.place] = nil
	}
}

// of is the book of a gap: that of all its lines where there is but one, else
// that of the pair.
func (k *imputation) of(p place) *book {
	if k.split && !k.alone && k.target[p] != nil {
		return k.target[p]
	}
	return k.home
}

// stand places a gap on a programme, where the lines that it bears are booked.
func (k *imputation) stand(d *Discrepancy, b *book) {
	if b == k.home {
		return
	}
	d.Programme = b.programme
	for _, side := range Sides {
		s := k.pair.Groups[side].Payslip
		if s == nil {
			continue
		}
		for part := range s.byPart() {
			if part.Programme == b.programme {
				d.BOP, d.Service = part.BOP, part.Service
				return
			}
		}
	}
}

// transfer books what stands on another programme than its gap, and tells
// whether any amount does, once both sides are held against each other.
func (k *imputation) transfer() bool {
	type account struct {
		book    *book
		element int32
		raw     codeKey
	}
	moved := make(map[account]Amount)
	for _, l := range k.lines {
		target := k.of(l.place)
		if target == l.book {
			continue
		}
		amount := signOf(l.side) * l.amount
		l.book.at(l.place).Transfer += amount
		target.at(l.place).Transfer -= amount
		moved[account{l.book, l.place.cell.element(), l.place.raw}] += amount
	}
	for _, amount := range moved { // any: the order is indifferent
		if amount != 0 {
			return true
		}
	}
	return false
}

// signOf is the sign of a side's amounts in a delta.
func signOf(s Side) Amount {
	if s == Legacy {
		return -1
	}
	return 1
}

// values are the values of a field in all parts of a payslip, sorted.
func (p *Payslip) values(f Field) string {
	if len(p.Others) == 0 {
		return p.Agent.Text(f)
	}
	all := []string{p.Agent.Text(f)}
	for i := range p.Others {
		all = append(all, p.Others[i].Text(f))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " + ")
}

// shares tells how much of a payslip each programme bears.
func (p *Payslip) shares() string {
	sums := make(map[string]Amount)
	for part, lines := range p.byPart() {
		for i := range lines {
			sums[part.Programme] += lines[i].Amount
		}
	}
	var texts []string
	for name, sum := range sums {
		texts = append(texts, fmt.Sprintf("%s: %v", name, sum))
	}
	slices.Sort(texts)
	return strings.Join(texts, " + ")
}
