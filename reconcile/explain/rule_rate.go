package explain

import (
	"cmp"
	"math/big"
	"slices"

	"bascule/reconcile"
)

// rate explains a side that does not follow the scale by another value of one
// rate: a value of another date, the value of another key of its scale, or one
// that the payslip prints and no table has.
func rate(c *pairCase, row int) (verdict, bool) {
	if v, ok := c.rateChanged(row); ok {
		return v, true
	}
	return c.blame(row, func(g *gap, side reconcile.Side) (verdict, bool) {
		for _, n := range g.formula.inputs {
			if n.op == opRate {
				if v, ok := c.otherDate(g, side, n.name, n.name, c.book.rates[n.name], supposition{rate: n.name}); ok {
					return v, true
				}
			}
		}
		for _, n := range g.formula.inputs {
			if n.op == opScale {
				if v, ok := c.otherKey(g, side, n); ok {
					return v, true
				}
			}
		}
		return c.printedRate(g, side)
	})
}

// rateChanged: of two months compared, each follows the rate of its own.
func (c *pairCase) rateChanged(row int) (verdict, bool) {
	g, ok := c.scaled(row)
	if !ok || !c.terms.Months.Set() || !g.follows[reconcile.Legacy] || !g.follows[reconcile.ONP] {
		return verdict{}, false
	}
	for _, n := range c.ownInputs(g) {
		if n.op != opRate {
			continue
		}
		before, after := at(c.book.rates[n.name], c.sides[reconcile.Legacy].period), at(c.book.rates[n.name], c.sides[reconcile.ONP].period)
		return rootOf(reconcile.CauseRate, "rate_changed", reconcile.FaultUnknown, change(n.name, before.printed, after.printed),
			fact(reconcile.FactRate, n.name), fact(reconcile.FactApplied, before.printed), fact(reconcile.FactOfficial, after.printed)), true
	}
	return verdict{}, false
}

// otherDate looks for another value of a rate, or of a key of a scale, under
// which the formula gives what the side pays: the nearest in time first, the
// earlier before the later.
func (c *pairCase) otherDate(g *gap, side reconcile.Side, name, label string, values []dated, s supposition) (verdict, bool) {
	p := &c.sides[side]
	month := p.period
	if !g.current {
		month = g.origin - p.lag
	}
	official := at(values, month)
	if official == nil {
		return verdict{}, false
	}
	others := slices.Clone(values)
	slices.SortStableFunc(others, func(a, b dated) int { return cmp.Compare(a.distance(month), b.distance(month)) })
	for i := range others {
		d := &others[i]
		if d.value.Cmp(official.value) == 0 {
			continue
		}
		s.value = d.value
		if !c.tells(g, side, &s) {
			continue
		}
		v := c.rateVerdict(g, side, "rate_dated", name, label, d.printed, official)
		v.evidence = append(v.evidence, fact(reconcile.FactAppliedFrom, d.from.String()), fact(reconcile.FactAppliedTo, d.to.String()))
		return v, true
	}
	return verdict{}, false
}

// distance is how many half-months a value's months are away: those before
// count for a little less than those after.
func (d *dated) distance(p reconcile.Period) int {
	switch {
	case d.to != 0 && d.to < p:
		return int(p-d.to) * 2
	case d.from > p:
		return int(d.from-p)*2 + 1
	}
	return 0
}

// tells tells whether the side pays what the formula gives under a supposition.
func (c *pairCase) tells(g *gap, side reconcile.Side, s *supposition) bool {
	v, ok := c.reckon(g, side, s)
	return ok && v == c.sides[side].amount(g.element, g.origin)
}

func (c *pairCase) rateVerdict(g *gap, side reconcile.Side, rule, name, label, applied string, official *dated) verdict {
	legacy, onp := official.printed, applied
	if side == reconcile.Legacy {
		legacy, onp = applied, official.printed
	}
	return rootOf(reconcile.CauseRate, rule, faultOf(side), change(label, legacy, onp),
		fact(reconcile.FactSide, side.String()), fact(reconcile.FactRate, name), fact(reconcile.FactApplied, applied),
		fact(reconcile.FactOfficial, official.printed), fact(reconcile.FactOfficialFrom, official.from.String()), fact(reconcile.FactOfficialTo, official.to.String()),
		fact(reconcile.FactSource, official.source),
		fact(reconcile.FactExpected, g.scale[side].String()), fact(reconcile.FactPaid, c.sides[side].amount(g.element, g.origin).String()))
}

// otherKey looks for another key of a scale, in the order of the table's
// values, then for another date of the right key.
func (c *pairCase) otherKey(g *gap, side reconcile.Side, n *node) (verdict, bool) {
	p := &c.sides[side]
	scale := c.book.scales[n.name]
	key := c.book.keyOf(n.name, n.field, p.agent.Text(n.field))
	official := at(scale[key], p.period)
	if official == nil {
		return verdict{}, false
	}
	keys := make([]string, 0, len(scale))
	for k := range scale {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		d := at(scale[k], p.period)
		if k == key || d == nil || d.value.Cmp(official.value) == 0 || !c.tells(g, side, &supposition{scale: n.name, value: d.value}) {
			continue
		}
		v := c.rateVerdict(g, side, "rate_key", n.name+"/"+key, n.name, d.printed, official)
		v.evidence = append(v.evidence, fact(reconcile.FactAppliedKey, k))
		return v, true
	}
	return c.otherDate(g, side, n.name+"/"+key, n.name, scale[key], supposition{scale: n.name})
}

// printedRate tries the rate that the side prints on its line.
func (c *pairCase) printedRate(g *gap, side reconcile.Side) (verdict, bool) {
	printed, ok := c.printed(g, side)
	if !ok {
		return verdict{}, false
	}
	value := new(big.Rat).SetFrac64(int64(printed), reconcile.FixedUnit*100)
	for _, n := range g.formula.inputs {
		if n.op != opRate || slices.ContainsFunc(g.formula.bounds, func(b *node) bool { return boundRate(b) == n }) {
			continue
		}
		official := at(c.book.rates[n.name], c.sides[side].period)
		if official != nil && official.value.Cmp(value) != 0 && c.tells(g, side, &supposition{rate: n.name, value: value}) {
			return c.rateVerdict(g, side, "rate_printed", n.name, n.name, printed.String(), official), true
		}
	}
	return verdict{}, false
}

// printed is the rate printed on the side's lines of the gap, where they print
// one and the same.
func (c *pairCase) printed(g *gap, side reconcile.Side) (reconcile.Fixed, bool) {
	found := reconcile.NoFixed
	for _, l := range c.linesOf(g, side) {
		if l.Rate == reconcile.NoFixed || found != reconcile.NoFixed && found != l.Rate {
			return 0, false
		}
		found = l.Rate
	}
	return found, found != reconcile.NoFixed
}

// linesOf lists the side's pay lines of the gap's element and origin.
func (c *pairCase) linesOf(g *gap, side reconcile.Side) []reconcile.PayLine {
	var lines []reconcile.PayLine
	payslip := c.findings.Pair.Groups[side].Payslip
	for _, l := range payslip.Lines {
		t, ok := c.terms.Mapping.Target(side, l.Code, l.Sense)
		if ok && t.Element == g.element && l.Origin+c.sides[side].lag == g.origin {
			lines = append(lines, l)
		}
	}
	return lines
}
