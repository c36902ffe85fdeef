package explain

import (
	"slices"

	"bascule/reconcile"
)

// unmappedCode tells of a code that no table knows, and of the line that misses
// on its side because of it: the same amount of the same month.
func unmappedCode(c *pairCase, row int) (verdict, bool) {
	d := &c.findings.Rows[row]
	if d.Kind == reconcile.Unmapped {
		v := c.found(row, "", fact(reconcile.FactSide, d.Side.String()), fact(reconcile.FactCode, d.Element))
		return v, true
	}
	g, ok := c.gap(row)
	if !ok || g.unmapped == noRow {
		return verdict{}, false
	}
	u := &c.findings.Rows[g.unmapped]
	return verdict{cause: reconcile.CauseDerived, rule: "unmapped_counterpart", root: g.unmapped,
		evidence: []reconcile.Fact{fact(reconcile.FactSide, u.Side.String()), fact(reconcile.FactCode, u.Element)}}, true
}

// restoreUnmapped finds, for each code that no table knows, the gap that its
// amount closes, and counts the amount there: contributions were reckoned on it.
func (c *pairCase) restoreUnmapped() {
	rows := c.findings.Rows
	for u := range rows {
		d := &rows[u]
		if d.Kind != reconcile.Unmapped {
			continue
		}
		at := c.closedBy(d)
		if at < 0 {
			continue
		}
		g := &c.gaps[at]
		g.unmapped = u
		p := &c.sides[d.Side]
		p.cells = slices.Clone(p.cells)
		amount := d.Delta
		if d.Side == reconcile.Legacy {
			amount = -amount
		}
		p.add(g.element, g.origin, amount)
	}
}

// closedBy finds the gap that the amount of an unmapped code closes, one whose
// side has no line at all rather than another; −1 for none.
func (c *pairCase) closedBy(d *reconcile.Discrepancy) int {
	found := -1
	for i := range c.gaps {
		g := &c.gaps[i]
		if g.unmapped != noRow || g.delta != -d.Delta || g.origin != c.aligned(d) || c.element(g).Kind.Sense().Net() != d.Sense.Net() {
			continue
		}
		side, lacks := c.lacking(g.row)
		if lacks && side == d.Side {
			return i
		}
		if !lacks && found < 0 {
			found = i
		}
	}
	return found
}

// elementOf is the element that an unmapped code turns out to feed.
func (c *pairCase) elementOf(d *reconcile.Discrepancy) (int32, bool) {
	for i := range c.gaps {
		if g := &c.gaps[i]; g.unmapped != noRow && &c.findings.Rows[g.unmapped] == d {
			return g.element, true
		}
	}
	return 0, false
}

// add counts an amount under an element that the side's codes do not tell.
func (p *paid) add(element int32, origin reconcile.Period, amount reconcile.Amount) {
	at, found := p.find(element, origin)
	if found {
		p.cells[at].Amount += amount
		return
	}
	p.cells = slices.Insert(p.cells, at, reconcile.NewCell(element, origin, amount, 1))
}
