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

// placement is where a file books one line of a pair that several places bear.
type placement struct {
	place  place
	side   Side
	book   *book
	part   Part // From is no matter
	amount Amount
}

// portion is what one part bears of a gap.
type portion struct {
	part  Part
	book  *book
	delta Amount
}

// imputation tells on which programme, BOP and service each gap of a pair stands.
// For nearly all pairs that is one place, and nothing is kept.
type imputation struct {
	home     portion // where the pair stands
	split    bool    // several places bear the pair
	abroad   bool    // of several programmes
	alone    bool    // one side is missing: its whole payslip is one gap
	lines    []placement
	portions map[place][]portion
}

func (k *imputation) reset(l *Ledger, p *Pair) {
	home := p.Groups[sideOf(p)].Payslip.Agent.bookedOn(0)
	k.home, k.lines, k.split, k.abroad = portion{part: home, book: l.book(home.Programme)}, k.lines[:0], false, false
	k.alone = p.Groups[Legacy].Payslip == nil || p.Groups[ONP].Payslip == nil
	for _, side := range Sides {
		if s := p.Groups[side].Payslip; s != nil && (s.Agent.bookedOn(0) != home || len(s.Parts) > 0) {
			k.split = true
		}
	}
	switch {
	case k.split && k.portions == nil:
		k.portions = make(map[place][]portion)
	case k.split:
		clear(k.portions)
	}
}

func (k *imputation) add(p placement) {
	if !k.split {
		return
	}
	p.part.From = 0
	k.abroad = k.abroad || p.book != k.home.book
	k.lines = append(k.lines, p)
	of, delta := k.portions[p.place], signOf(p.side)*p.amount
	if i := slices.IndexFunc(of, func(s portion) bool { return s.part == p.part }); i >= 0 {
		of[i].delta += delta
		return
	}
	k.portions[p.place] = append(of, portion{p.part, p.book, delta})
}

// bearer is what bears a gap: the part where all its lines are booked, or that
// alone makes it. Of several, it is the pair's own place, else one of its
// programme, else the first.
func (k *imputation) bearer(p place) portion {
	if !k.split || k.alone {
		return k.home
	}
	of := k.portions[p]
	if len(of) == 1 {
		return of[0]
	}
	best, found := k.home, false
	for _, s := range of {
		if s.delta != 0 && (!found || k.before(&s.part, &best.part)) {
			best, found = s, true
		}
	}
	return best
}

// before orders parts by how near they are to the place of the pair.
func (k *imputation) before(a, b *Part) bool {
	home := &k.home.part
	switch {
	case *a == *home || *b == *home:
		return *a == *home
	case (a.Programme == home.Programme) != (b.Programme == home.Programme):
		return a.Programme == home.Programme
	}
	return compareParts(*a, *b) < 0
}

// stand places a gap where what bears it is booked, and gives the account of it.
func (k *imputation) stand(d *Discrepancy, p place) *Balance {
	of := k.bearer(p)
	d.Programme, d.BOP, d.Service = of.part.Programme, of.part.BOP, of.part.Service
	return of.book.at(p)
}

// transfer books what stands on another programme than its gap, and tells
// whether any amount does, once both sides are held against each other.
func (k *imputation) transfer() bool {
	if !k.abroad {
		return false
	}
	type account struct {
		book    *book
		element int32
		raw     codeKey
	}
	moved := make(map[account]Amount)
	for _, l := range k.lines {
		target := k.bearer(l.place).book
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
