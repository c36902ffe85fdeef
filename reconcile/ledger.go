package reconcile

import (
	"cmp"
	"slices"
)

// Ledger keeps, for each programme and element, what each side holds and what
// the discrepancies move: the engine's own accounts, which Close holds against
// those of the reader and of the database.
type Ledger struct {
	elements int
	books    map[string]*book
}

func newLedger(elements int) *Ledger {
	return &Ledger{elements: elements, books: make(map[string]*book)}
}

// book holds one programme's accounts.
type book struct {
	elements []Balance
	codes    map[codeKey]*Balance // codes that feed no element
}

type codeKey struct {
	code  Code
	side  Side
	sense Sense
}

// Balance is the account of one element, or one unmapped code, of a programme.
type Balance struct {
	Held     [2]Amount // per side, in the payslips compared
	Aside    [2]Amount // per side, in the payslips set aside as doubles
	Delta    Amount    // of the discrepancies of lines
	Missing  Amount    // of the payslips that one side lacks
	Transfer Amount    // booked on another programme by one side
}

func (b *Balance) plus(o *Balance) {
	for _, s := range Sides {
		b.Held[s] += o.Held[s]
		b.Aside[s] += o.Aside[s]
	}
	b.Delta += o.Delta
	b.Missing += o.Missing
	b.Transfer += o.Transfer
}

func (l *Ledger) book(programme string) *book {
	b := l.books[programme]
	if b == nil {
		b = &book{elements: make([]Balance, l.elements), codes: make(map[codeKey]*Balance)}
		l.books[programme] = b
	}
	return b
}

func (b *book) code(k codeKey) *Balance {
	v := b.codes[k]
	if v == nil {
		v = new(Balance)
		b.codes[k] = v
	}
	return v
}

// delta books the gap of one line of the programme where the pair stands.
func (l *Ledger) delta(programme string, element int32, delta Amount) {
	l.book(programme).elements[element].Delta += delta
}

// merge adds the accounts of another ledger of the same mapping.
func (l *Ledger) merge(o *Ledger) {
	for _, programme := range o.programmes() {
		from, to := o.books[programme], l.book(programme)
		for i := range from.elements {
			to.elements[i].plus(&from.elements[i])
		}
		for k, v := range from.codes {
			to.code(k).plus(v)
		}
	}
}

func (l *Ledger) programmes() []string {
	names := make([]string, 0, len(l.books))
	for name := range l.books {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (b *book) codeKeys() []codeKey {
	keys := make([]codeKey, 0, len(b.codes))
	for k := range b.codes {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y codeKey) int {
		return cmp.Or(cmp.Compare(x.code, y.code), cmp.Compare(x.side, y.side), cmp.Compare(x.sense, y.sense))
	})
	return keys
}

// booking books the lines of one payslip: on the programme each line is of,
// and, where that is not the programme of the pair, as a transfer.
type booking struct {
	ledger   *Ledger
	side     Side
	sign     Amount // of this side in a delta
	alone    bool
	parts    []Part
	own      *book // where the current lines are booked
	home     *book // where the pair's discrepancies are booked
	transfer bool
}

func (l *Ledger) open(side Side, p *Payslip, home string, alone bool) booking {
	k := booking{ledger: l, side: side, sign: 1, alone: alone, parts: p.Parts, home: l.book(home)}
	if side == Legacy {
		k.sign = -1
	}
	k.turn(p.Agent.Programme)
	return k
}

func (k *booking) turn(programme string) {
	k.own = k.ledger.book(programme)
	k.transfer = k.own != k.home
}

// at moves to line i of the payslip.
func (k *booking) at(i int) {
	if len(k.parts) > 0 && k.parts[0].From <= i {
		k.turn(k.parts[0].Programme)
		k.parts = k.parts[1:]
	}
}

func (k *booking) element(element int32, amount Amount) {
	k.amounts(&k.own.elements[element], &k.home.elements[element], amount)
}

func (k *booking) code(code Code, sense Sense, amount Amount) {
	key := codeKey{code, k.side, sense}
	home := k.home.code(key)
	k.amounts(k.own.code(key), home, amount)
	if !k.alone {
		home.Delta += k.sign * amount
	}
}

func (k *booking) amounts(own, home *Balance, amount Amount) {
	own.Held[k.side] += amount
	if k.alone {
		home.Missing += k.sign * amount
	}
	if k.transfer {
		own.Transfer += k.sign * amount
		home.Transfer -= k.sign * amount
	}
}

// setAside books the lines of a double: read, compared nowhere.
func (l *Ledger) setAside(m *Mapping, side Side, p *Payslip) {
	k := l.open(side, p, p.Agent.Programme, false)
	for i := range p.Lines {
		line := &p.Lines[i]
		k.at(i)
		if t, ok := m.Target(side, line.Code, line.Sense); ok {
			k.own.elements[t.Element].Aside[side] += line.Amount * Amount(t.Factor)
		} else {
			k.own.code(codeKey{line.Code, side, line.Sense}).Aside[side] += line.Amount
		}
	}
}
