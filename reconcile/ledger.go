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
	programme string
	parts     int64 // of payslips, booked on it
	elements  []Balance
	codes     map[codeKey]*Balance // codes that feed no element
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
		b = &book{programme: programme, elements: make([]Balance, l.elements), codes: make(map[codeKey]*Balance)}
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

// merge adds the accounts of another ledger of the same mapping.
func (l *Ledger) merge(o *Ledger) {
	for _, programme := range o.programmes() {
		from, to := o.books[programme], l.book(programme)
		to.parts += from.parts
		for i := range from.elements {
			to.elements[i].plus(&from.elements[i])
		}
		for k, v := range from.codes {
			to.code(k).plus(v)
		}
	}
}

// addHeld adds or takes off what the payslips of another ledger hold, which is
// all that quiet pairs enter. A programme where no part of a payslip is left has
// no book, as if none had been.
func (l *Ledger) addHeld(o *Ledger, sign Amount) {
	for programme, from := range o.books {
		to := l.book(programme)
		to.parts += int64(sign) * from.parts
		for i := range from.elements {
			for _, s := range Sides {
				to.elements[i].Held[s] += sign * from.elements[i].Held[s]
			}
		}
		if to.parts == 0 {
			delete(l.books, programme)
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

// at is the account of a place in the book.
func (b *book) at(p place) *Balance {
	if p.unmapped() {
		return b.code(p.raw)
	}
	return &b.elements[p.cell.element()]
}

// setAside books the lines of a double: read, compared nowhere.
func (l *Ledger) setAside(m *Mapping, side Side, p *Payslip) {
	for part, lines := range p.byPart() {
		own := l.book(part.Programme)
		for i := range lines {
			at, amount := m.place(side, &lines[i])
			own.at(at).Aside[side] += amount
		}
	}
}
