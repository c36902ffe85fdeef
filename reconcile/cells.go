package reconcile

import (
	"cmp"
	"fmt"
	"slices"
)

// gap is a difference of one (element, origin).
type gap struct {
	key                 cellKey
	sides               [2]Cell
	vanishes, tolerated bool
}

func (g *gap) delta() Amount { return g.sides[ONP].Amount - g.sides[Legacy].Amount }

// cellKey orders by element, then origin.
type cellKey uint64

func newCellKey(element int32, origin Period) cellKey {
	return cellKey(uint64(uint32(element))<<32 | uint64(uint32(origin)))
}
func (k cellKey) element() int32 { return int32(k >> 32) }
func (k cellKey) origin() Period { return Period(uint32(k)) }

// Cell is the sum of the lines of one (element, origin) on one side, signed from
// the agent's side.
type Cell struct {
	key    cellKey
	Amount Amount
	Lines  int32
}

// NewCell is a cell of an element of Mapping.Elements.
func NewCell(element int32, origin Period, amount Amount, lines int32) Cell {
	return Cell{newCellKey(element, origin), amount, lines}
}

// Element is the index in Mapping.Elements.
func (c *Cell) Element() int32 { return c.key.element() }

// Origin is the month of origin among those of the run: of two months compared,
// the earlier one's is moved by their distance.
func (c *Cell) Origin() Period { return c.key.origin() }

func rawPlace(code Code, side Side, sense Sense, origin Period) place {
	return place{newCellKey(0, origin), codeKey{code, side, sense}}
}

// loose is a sum of lines of a code that feeds no element.
type loose struct {
	code   Code
	sense  Sense
	origin Period
	amount Amount
	lines  int32
}

// mappedSide is one payslip translated to elements.
type mappedSide struct {
	placed           []placed // its lines, in their order
	cells            []Cell
	unmapped         []loose
	net, information Amount
	lines            int64
	unbalanced       bool // declared totals are not those of the lines
}

// placed is what a line feeds, and its amount there.
type placed struct {
	at     place
	amount Amount
}

// mapSide translates one payslip's lines and sums those of equal (element,
// origin), steps 3 and 4, and checks the payslip's own totals, step 8.
func (c *Comparer) mapSide(side Side, p *Pair) error {
	m := &c.sides[side]
	*m = mappedSide{placed: m.placed[:0], cells: m.cells[:0], unmapped: m.unmapped[:0]}
	payslip := p.Groups[side].Payslip
	if payslip == nil {
		return nil
	}
	var sums Sums
	var employer Amount
	for i := range payslip.Lines {
		line := &payslip.Lines[i]
		sums.Add(line.Sense, line.Amount)
		at, amount := c.terms.Mapping.place(side, line)
		m.placed = append(m.placed, placed{at, amount})
		if at.unmapped() {
			m.unmapped = append(m.unmapped, loose{line.Code, line.Sense, at.cell.origin(), amount, 1})
		} else {
			m.cells = append(m.cells, Cell{at.cell, amount, 1})
			if c.terms.Mapping.Elements[at.cell.element()].Kind == Patronale {
				employer += amount
			}
		}
		if line.Sense.Net() {
			m.net += amount
		} else {
			m.information += amount
		}
	}
	m.lines = sums.Lines
	m.cells = sumCells(m.cells)
	m.unmapped = sumLoose(m.unmapped)
	if payslip.ID != 0 && sums != payslip.Sums {
		return fmt.Errorf("bulletin %d: %w", payslip.ID, ErrStoredSums)
	}
	m.unbalanced = !payslip.balanced(employer, len(m.unmapped) > 0)
	return nil
}

// book enters one payslip, mapped, in the accounts of the run.
func (c *Comparer) book(side Side, p *Pair, ledger *Ledger, mass *MassTally) {
	payslip := p.Groups[side].Payslip
	if payslip == nil {
		return
	}
	alone := p.Groups[1-side].Payslip == nil
	rest, present := c.sides[side].placed, false
	for part, lines := range payslip.byPart() {
		own, paid := ledger.book(part.Programme), mass.book(c.massAxis(part, &payslip.Agent))
		own.parts++
		for i := range lines {
			line, at, amount := &lines[i], rest[i].at, rest[i].amount
			own.at(at).Held[side] += amount
			if category := mass.category(at, line.Sense); category != noCategory {
				paid.held[side][category] += amount
				if line.Origin != c.paidIn[side] {
					paid.arrears[side][category] += amount
				} else {
					present = present || amount > 0
				}
			}
			c.where.add(placement{at, side, own, part, amount})
			if alone {
				c.where.home.book.at(at).Missing += signOf(side) * amount
			}
		}
		rest = rest[len(lines):]
	}
	if present {
		main := payslip.mainPart()
		mass.book(c.massAxis(main, &payslip.Agent)).count(side, payslip.agentOn(main))
	}
}

// Cells sums the lines of a payslip of a side by element and month of origin,
// leaving out those whose code feeds none.
func (m *Mapping) Cells(side Side, p *Payslip) []Cell {
	cells := make([]Cell, 0, len(p.Lines))
	for i := range p.Lines {
		if at, amount := m.place(side, &p.Lines[i]); !at.unmapped() {
			cells = append(cells, Cell{at.cell, amount, 1})
		}
	}
	return sumCells(cells)
}

// sumCells sorts the cells and joins those of equal key, in place.
func sumCells(cells []Cell) []Cell {
	sortCells(cells)
	n := 0
	for i := range cells {
		if n > 0 && cells[n-1].key == cells[i].key {
			cells[n-1].Amount += cells[i].Amount
			cells[n-1].Lines += cells[i].Lines
			continue
		}
		cells[n] = cells[i]
		n++
	}
	return cells[:n]
}

func sumLoose(lines []loose) []loose {
	if len(lines) == 0 {
		return lines
	}
	order := func(a, b loose) int {
		return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.sense, b.sense), cmp.Compare(a.origin, b.origin))
	}
	slices.SortStableFunc(lines, order)
	n := 0
	for i := range lines {
		if n > 0 && order(lines[n-1], lines[i]) == 0 {
			lines[n-1].amount += lines[i].amount
			lines[n-1].lines += lines[i].lines
			continue
		}
		lines[n] = lines[i]
		n++
	}
	return lines[:n]
}

// sortCells orders by key. A payslip has some 25 cells, often nearly sorted,
// where insertion beats the general sort that guards the odd long one.
func sortCells(cells []Cell) {
	if len(cells) > 64 {
		slices.SortFunc(cells, func(a, b Cell) int { return cmp.Compare(a.key, b.key) })
		return
	}
	for i := 1; i < len(cells); i++ {
		for j := i; j > 0 && cells[j].key < cells[j-1].key; j-- {
			cells[j], cells[j-1] = cells[j-1], cells[j]
		}
	}
}
