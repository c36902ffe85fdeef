package explain

import (
	"slices"

	"bascule/reconcile"
)

// timing explains what one side pays more by the month in which the other pays,
// or paid, just that: the next or the one before, as the store holds them.
func timing(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok || c.terms.Months.Set() {
		return verdict{}, false
	}
	if lacks, ok := c.lacking(row); ok {
		return c.elsewherePaid(g, lacks)
	}
	if c.element(g).Kind != reconcile.Gain || c.book.formulas[g.element] != nil {
		return verdict{}, false
	}
	lacks := reconcile.Legacy // a system may add a late amount to a line it has
	if g.delta < 0 {
		lacks = reconcile.ONP
	}
	return c.elsewherePaid(g, lacks)
}

// elsewherePaid finds the month in which the side that lacks an amount pays it.
func (c *pairCase) elsewherePaid(g *gap, lacks reconcile.Side) (verdict, bool) {
	amount := c.excess(g, 1-lacks)
	for _, shift := range []reconcile.Period{1, -1} {
		month := c.terms.Period + shift
		other, loaded := c.elsewhere(lacks, g, month)
		same, _ := c.elsewhere(1-lacks, g, month)
		if !loaded || other-same != amount || amount == 0 {
			continue
		}
		late := lacks
		if shift < 0 {
			late = 1 - lacks
		}
		return rootOf(reconcile.CauseTiming, "timing_neighbour", faultOf(late), equalAmount(g.delta),
			fact(reconcile.FactSide, lacks.String()), fact(reconcile.FactMonth, month.String())), true
	}
	return verdict{}, false
}

// timingPresumed supposes so where no neighbouring month says otherwise: what a
// ministry sends after the 20th is paid a month later (DOMAIN 1.1). What one side
// pays alone, the other will pay next month; what it pays more of last month, the
// other paid then.
func timingPresumed(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok || c.terms.Months.Set() || c.book.formulas[g.element] != nil || c.element(g).Kind != reconcile.Gain {
		return verdict{}, false
	}
	switch g.origin {
	case c.terms.Period:
		lacks, _, one := c.oneSided(row)
		if _, loaded := c.elsewhere(lacks, g, c.terms.Period+1); !one || loaded || c.lackedBefore(lacks, g) {
			return verdict{}, false // it would have been found there, or is never paid
		}
		return rootOf(reconcile.CauseTiming, "timing_presumed", faultOf(lacks), equalAmount(g.delta), fact(reconcile.FactSide, lacks.String())), true
	case c.terms.Period - 1:
		late := reconcile.ONP
		if g.delta < 0 {
			late = reconcile.Legacy
		}
		if _, loaded := c.elsewhere(1-late, g, c.terms.Period-1); loaded {
			return verdict{}, false
		}
		return rootOf(reconcile.CauseTiming, "timing_late_presumed", faultOf(late), equalAmount(g.delta),
			fact(reconcile.FactSide, late.String()), fact(reconcile.FactOrigin, g.origin.String())), true
	}
	return verdict{}, false
}

// lackedBefore tells whether last month's pay lacked the same element already.
func (c *pairCase) lackedBefore(lacks reconcile.Side, g *gap) bool {
	before := *g
	before.origin--
	month := c.terms.Period - 1
	never, loaded := c.elsewhere(lacks, &before, month)
	always, _ := c.elsewhere(1-lacks, &before, month)
	return g.current && loaded && never == 0 && always != 0
}

// oneSided is a gap whose line one side lacks: it has none, or fewer, and the
// other has one of just that amount.
func (c *pairCase) oneSided(row int) (lacks reconcile.Side, g *gap, ok bool) {
	if g, ok = c.gap(row); !ok || c.terms.Months.Set() {
		return 0, nil, false
	}
	if lacks, ok = c.lacking(row); ok {
		return lacks, g, true
	}
	for _, side := range reconcile.Sides {
		lines := c.linesOf(g, side)
		if len(lines) > len(c.linesOf(g, 1-side)) && slices.ContainsFunc(lines, func(l elementLine) bool { return l.Amount == c.excess(g, side) }) {
			return 1 - side, g, true
		}
	}
	return 0, nil, false
}

// excess is what the side has more than the other.
func (c *pairCase) excess(g *gap, side reconcile.Side) reconcile.Amount {
	if side == reconcile.Legacy {
		return -g.delta
	}
	return g.delta
}

// elsewhere is what a side pays in another month of the gap's element and true
// month of origin; loaded tells whether the store holds that month.
func (c *pairCase) elsewhere(side reconcile.Side, g *gap, month reconcile.Period) (reconcile.Amount, bool) {
	cells, _, loaded := c.month(side, month)
	for i := range cells {
		if cells[i].Element() == g.element && cells[i].Origin() == g.origin {
			return cells[i].Amount, loaded
		}
	}
	return 0, loaded
}

// month is what a side paid the agent in another month.
func (c *pairCase) month(side reconcile.Side, month reconcile.Period) (cells []reconcile.Cell, found, loaded bool) {
	if c.neighbour == nil || c.terms.Months.Set() {
		return nil, false, false
	}
	at := sideMonth{side, month}
	if m, ok := c.months[at]; ok {
		return m.cells, m.found, m.loaded
	}
	agent := c.sides[side].agent
	if agent == nil {
		agent = c.sides[1-side].agent
	}
	cells, found, loaded, err := c.neighbour(side, agent, month)
	if err != nil && c.err == nil {
		c.err = err
	}
	if c.months == nil {
		c.months = map[sideMonth]monthPaid{}
	}
	c.months[at] = monthPaid{cells, found, loaded}
	return cells, found, loaded
}

// sideMonth and monthPaid keep what a side paid in another month.
type (
	sideMonth struct {
		side  reconcile.Side
		month reconcile.Period
	}
	monthPaid struct {
		cells         []reconcile.Cell
		found, loaded bool
	}
)
