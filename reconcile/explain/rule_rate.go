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
		if v, ok := c.otherBranch(g, side); ok {
			return v, true
		}
		return c.printedRate(g, side)
	})
}

// otherBranch looks for a condition that the side takes for the contrary: the
// military rate for a civil agent, say.
func (c *pairCase) otherBranch(g *gap, side reconcile.Side) (verdict, bool) {
	for _, n := range g.formula.inputs {
		if n.op != opWhen || !c.tells(g, side, &supposition{turned: n}) {
			continue
		}
		right, wrong := rateWithin(n.args[1]), rateWithin(n.args[0])
		if c.sides[side].agent.Text(n.field) == n.name {
			right, wrong = wrong, right
		}
		if right == nil || wrong == nil {
			continue
		}
		month := c.monthOf(g, side)
		official, applied := at(c.book.rates[right.name], month), at(c.book.rates[wrong.name], month)
		if official == nil || applied == nil {
			continue
		}
		v := c.rateVerdict(g, side, "rate_key", right.name, right.name, applied.printed, official)
		v.evidence = append(v.evidence, fact(reconcile.FactAppliedKey, wrong.name))
		return v, true
	}
	return verdict{}, false
}

// monthOf is the true month of the gap's origin on a side.
func (c *pairCase) monthOf(g *gap, side reconcile.Side) reconcile.Period {
	return c.sides[side].monthOf(g.origin, g.current)
}

// rateChanged: of two months compared, each follows the rate of its own, and
// under the earlier one the later month would be paid otherwise.
func rateChanged(c *pairCase, row int) (verdict, bool) {
	g, ok := c.scaled(row)
	if !ok || !c.terms.Months.Set() || !g.bothTold() {
		return verdict{}, false
	}
	for _, n := range c.ownInputs(g) {
		name, before, after := c.changed(n)
		if before == nil || after == nil {
			continue
		}
		s := supposition{value: before.value}
		if n.op == opScale {
			s.scale = n.name
		} else {
			s.rate = n.name
		}
		if v, ok := c.reckon(g, reconcile.ONP, &s); !ok || v == g.scale[reconcile.ONP] {
			continue
		}
		return rootOf(reconcile.CauseRate, "rate_changed", reconcile.FaultUnknown, change(name, before.printed, after.printed),
			fact(reconcile.FactRate, name), fact(reconcile.FactApplied, before.printed), fact(reconcile.FactOfficial, after.printed)), true
	}
	return verdict{}, false
}

// changed finds both months' values of a rate, or of a scale for one key.
func (c *pairCase) changed(n *node) (name string, before, after *dated) {
	legacy, onp := &c.sides[reconcile.Legacy], &c.sides[reconcile.ONP]
	switch n.op {
	case opRate:
		return n.name, at(c.book.rates[n.name], legacy.period), at(c.book.rates[n.name], onp.period)
	case opScale:
		if _, other := c.fieldOf(n); other {
			return "", nil, nil
		}
		key := c.book.keyOf(n.name, n.field, onp.agent.Text(n.field))
		return n.name + "/" + key, at(c.book.scales[n.name][key], legacy.period), at(c.book.scales[n.name][key], onp.period)
	}
	return "", nil, nil
}

// otherDate looks for another value of a rate, or of a key of a scale, under
// which the formula gives what the side pays: the nearest in time first, the
// earlier before the later.
func (c *pairCase) otherDate(g *gap, side reconcile.Side, name, label string, values []dated, s supposition) (verdict, bool) {
	month := c.monthOf(g, side)
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
	amount := c.pays(g, side)
	v, ok := c.reckon(g, side, s)
	return ok && v == amount && amount != 0 // what is not paid at all is no wrong rate
}

func (c *pairCase) rateVerdict(g *gap, side reconcile.Side, rule, name, label, applied string, official *dated) verdict {
	legacy, onp := official.printed, applied
	if side == reconcile.Legacy {
		legacy, onp = applied, official.printed
	}
	evidence := []reconcile.Fact{fact(reconcile.FactSide, side.String()), fact(reconcile.FactRate, name), fact(reconcile.FactApplied, applied),
		fact(reconcile.FactOfficial, official.printed), fact(reconcile.FactOfficialFrom, official.from.String()), fact(reconcile.FactOfficialTo, official.to.String()),
		fact(reconcile.FactSource, official.source)}
	return rootOf(reconcile.CauseRate, rule, faultOf(side), change(label, legacy, onp), append(evidence, c.breach(g, side)...)...)
}

// otherKey looks for another key of a scale, in the order of the table's
// values, then for another date of the right key.
func (c *pairCase) otherKey(g *gap, side reconcile.Side, n *node) (verdict, bool) {
	p := &c.sides[side]
	scale := c.book.scales[n.name]
	key := c.book.keyOf(n.name, n.field, p.agent.Text(n.field))
	month := c.monthOf(g, side)
	official := at(scale[key], month)
	if official == nil {
		return verdict{}, false
	}
	keys := make([]string, 0, len(scale))
	for k := range scale {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		d := at(scale[k], month)
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
		official := at(c.book.rates[n.name], c.monthOf(g, side))
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

// elementLine is a pay line and what it feeds.
type elementLine struct {
	reconcile.PayLine // Amount as its element counts it
	element           int32
	origin            reconcile.Period // among those of the run
}

// linesOf lists the side's pay lines of the gap's element and origin, as the
// file has them.
func (c *pairCase) linesOf(g *gap, side reconcile.Side) []elementLine {
	if c.lines[side] == nil {
		c.lines[side] = c.linesBy(side)
	}
	lines := c.lines[side]
	from, _ := slices.BinarySearchFunc(lines, g.origin, func(l elementLine, origin reconcile.Period) int {
		return cmp.Or(cmp.Compare(l.element, g.element), cmp.Compare(l.origin, origin))
	})
	to := from
	for to < len(lines) && lines[to].element == g.element && lines[to].origin == g.origin {
		to++
	}
	return lines[from:to]
}

// linesBy sorts the side's lines by element and origin.
func (c *pairCase) linesBy(side reconcile.Side) []elementLine {
	payslip := c.findings.Pair.Groups[side].Payslip
	lines := make([]elementLine, 0, len(payslip.Lines))
	for _, l := range payslip.Lines {
		if t, ok := c.terms.Mapping.Target(side, l.Code, l.Sense); ok {
			l.Amount *= reconcile.Amount(t.Factor)
			lines = append(lines, elementLine{l, t.Element, l.Origin + c.sides[side].lag})
		}
	}
	slices.SortStableFunc(lines, func(a, b elementLine) int {
		return cmp.Or(cmp.Compare(a.element, b.element), cmp.Compare(a.origin, b.origin))
	})
	return lines
}
