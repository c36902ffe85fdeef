package explain

import (
	"slices"

	"bascule/reconcile"
)

// findDays finds on each side the thirtieths of the month that it paid: no file
// tells them, but the index pay does. Where both sides can be told by the same
// number, it is that; a side that no number tells is supposed to have paid as
// the other did.
func (c *pairCase) findDays() {
	var of [2][]int64
	for _, side := range reconcile.Sides {
		c.sides[side].days = 30
		of[side] = c.daysOf(side)
	}
	legacy, onp := of[reconcile.Legacy], of[reconcile.ONP]
	for _, days := range legacy {
		if slices.Contains(onp, days) {
			c.sides[reconcile.Legacy].days, c.sides[reconcile.ONP].days = days, days
			return
		}
	}
	c.borrowed = len(legacy) == 0 || len(onp) == 0
	switch {
	case len(legacy) == 0 && len(onp) == 0:
	case len(onp) == 0:
		c.borrow(reconcile.ONP, legacy[0])
	case len(legacy) == 0:
		c.borrow(reconcile.Legacy, onp[0])
	default:
		c.sides[reconcile.Legacy].days, c.sides[reconcile.ONP].days = legacy[0], onp[0]
		c.preferPlain()
	}
}

// borrow supposes that a side paid the thirtieths that the other did, and sees
// whether it paid the working time by its plain number.
func (c *pairCase) borrow(side reconcile.Side, days int64) {
	c.sides[reconcile.Legacy].days, c.sides[reconcile.ONP].days = days, days
	c.sides[side].plain = c.plainTells(side, days)
}

// basePay is the gap-or-not of the element that tells the thirtieths: the first
// with a formula of them, reckoned from the situation alone, that the side pays.
func (c *pairCase) basePay(side reconcile.Side) (*gap, bool) {
	for i := range c.sides[side].cells {
		cell := &c.sides[side].cells[i]
		f := c.book.formulas[cell.Element()]
		if f != nil && f.timed && len(f.depends) == 0 && cell.Origin() == c.terms.Period {
			return &gap{element: cell.Element(), origin: cell.Origin(), formula: f, current: true}, true
		}
	}
	return nil, false
}

// daysOf lists the thirtieths under which the formula gives the index pay of the
// side: under its own convention, or else under any.
func (c *pairCase) daysOf(side reconcile.Side) []int64 {
	g, ok := c.basePay(side)
	if !ok {
		return nil
	}
	own := c.survey.Of(side, g.formula)
	found := c.daysUnder(g, side, own)
	if len(found) > 0 {
		return found
	}
	for _, rounding := range g.formula.options {
		if rounding != own {
			found = append(found, c.daysUnder(g, side, rounding)...)
		}
	}
	slices.SortFunc(found, func(a, b int64) int { return int(b - a) })
	return slices.Compact(found)
}

// daysUnder tries the whole month, then the number that the proportion tells and
// those beside it: pay grows with the thirtieths.
func (c *pairCase) daysUnder(g *gap, side reconcile.Side, rounding Rounding) []int64 {
	p := c.sides[side]
	p.days = 30
	amount := p.amount(g.element, g.origin)
	whole, ok := c.reckonUnder(g, &p, rounding, nil)
	if !ok || whole == 0 {
		return nil
	}
	if whole == amount {
		return []int64{p.days}
	}
	about := int64(amount * 30 / whole)
	for p.days = min(about+1, 29); p.days >= max(about-1, 1); p.days-- {
		if v, ok := c.reckonUnder(g, &p, rounding, nil); ok && v == amount {
			return []int64{p.days}
		}
	}
	return nil
}

// plainTells tells whether the side's index pay is what the number of the
// working time gives, 80/100 for 80 %, where the table gives another part.
func (c *pairCase) plainTells(side reconcile.Side, days int64) bool {
	g, ok := c.basePay(side)
	if !ok || c.book.part == nil {
		return false
	}
	p := c.sides[side]
	p.plain, p.days = true, days
	v, ok := c.reckonUnder(g, &p, c.survey.Of(side, g.formula), nil)
	return ok && v == p.amount(g.element, g.origin)
}

// preferPlain decides where a side's pay is told by fewer thirtieths or by the
// plain number of the working time alike: 80/100 is 28/30 of 6/7.
func (c *pairCase) preferPlain() {
	for _, side := range reconcile.Sides {
		other := c.sides[1-side].days
		if c.plainTells(side, other) {
			c.sides[side].days, c.sides[side].plain = other, true
			return
		}
	}
}
