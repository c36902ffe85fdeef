package explain

import (
	"cmp"

	"bascule/reconcile"
)

// rule decides why a row exists, or abstains.
type rule struct {
	name   string
	decide func(c *pairCase, row int) (verdict, bool)
}

// rules, from the strongest: the first that does not abstain decides. What the
// engine found as it compared stands first; then what the scales prove; then
// what amounts alone suggest. A new rule is a file, a line here, and the
// sentences of its names in reports/messages.csv.
var rules []rule

func init() { // not a literal: the rules look at the verdicts of others
	rules = []rule{
		{"identity", identity},
		{"mapping", unmappedCode},
		{"not_compared", notCompared},
		{"situation_field", situationField},
		{"imputation", imputation},
		{"month_alone", monthAlone},
		{"tacit_renewal", tacitRenewal},
		{"timing_entry", timingEntry},
		{"situation", situation},
		{"proration", proration},
		{"rate_changed", rateChanged},
		{"rounding", rounding},
		{"derived", derived},
		{"derived_gap", derivedGap},
		{"threshold", threshold},
		{"rate", rate},
		{"tolerance", tolerance},
		{"share", share},
		{"arrears_net", arrearsNet},
		{"timing", timing},
		{"sign", sign},
		{"duplicate", duplicate},
		{"swapped", swapped},
		{"timing_presumed", timingPresumed},
		{"arrears", arrears},
		{"thirtieths", thirtieths},
		{"hand_entered", handEntered},
		{"scale_breach", scaleBreach},
		{"unexplained", unexplained},
	}
}

// found is the verdict that the engine gave as it compared.
func (c *pairCase) found(row int, pattern string, evidence ...reconcile.Fact) verdict {
	d := &c.findings.Rows[row]
	return verdict{cause: d.Cause, rule: d.Rule, fault: cmp.Or(d.AtFault, reconcile.FaultUnknown), root: noRow, evidence: evidence, pattern: pattern}
}

// rootOf makes a verdict of a root.
func rootOf(cause reconcile.Cause, rule string, fault reconcile.Fault, pattern string, evidence ...reconcile.Fact) verdict {
	return verdict{cause: cause, rule: rule, fault: fault, root: noRow, evidence: evidence, pattern: pattern}
}

// gap is the gap of money of a row, of a payslip that both sides pay.
func (c *pairCase) gap(row int) (*gap, bool) {
	i := c.gapOf[row]
	if i == noRow || !c.both {
		return nil, false
	}
	return &c.gaps[i], true
}

// scaled is a gap whose formula can be reckoned on both sides.
func (c *pairCase) scaled(row int) (*gap, bool) {
	g, ok := c.gap(row)
	return g, ok && g.formula != nil && g.known[reconcile.Legacy] && g.known[reconcile.ONP]
}

// astray lists the sides that do not follow the formula.
func (g *gap) astray() []reconcile.Side {
	var sides []reconcile.Side
	for _, side := range reconcile.Sides {
		if !g.follows[side] {
			sides = append(sides, side)
		}
	}
	return sides
}

// blame asks of each side that does not follow the formula what it did instead;
// ok when every one of them is explained.
func (c *pairCase) blame(row int, explain func(g *gap, side reconcile.Side) (verdict, bool)) (verdict, bool) {
	g, ok := c.scaled(row)
	if !ok || !c.survey.Trusted(g.element) {
		return verdict{}, false
	}
	sides := g.astray()
	var v verdict
	for i, side := range sides {
		one, ok := explain(g, side)
		if !ok {
			return verdict{}, false
		}
		if i > 0 {
			one.evidence = append(v.evidence, one.evidence...)
			one.pattern = v.pattern + ", " + one.pattern
			one.fault = both(v.fault, one.fault)
		}
		v = one
	}
	return v, len(sides) > 0
}

func both(a, b reconcile.Fault) reconcile.Fault {
	if a == b {
		return a
	}
	return reconcile.FaultBoth
}

// bothTold tells whether the formula gives what each side pays, under some
// convention of rounding.
func (g *gap) bothTold() bool { return g.told[reconcile.Legacy] && g.told[reconcile.ONP] }

// element is the pivot element of a gap.
func (c *pairCase) element(g *gap) *reconcile.Element { return &c.book.tables.Elements[g.element] }

// pays is what a side pays of the gap's element and origin.
func (c *pairCase) pays(g *gap, side reconcile.Side) reconcile.Amount {
	return c.sides[side].amount(g.element, g.origin)
}

// amounts are what both sides pay.
func (c *pairCase) amounts(g *gap) (legacy, onp reconcile.Amount) {
	return c.pays(g, reconcile.Legacy), c.pays(g, reconcile.ONP)
}

// breach tells what a side should pay by the scale, and what it pays.
func (c *pairCase) breach(g *gap, side reconcile.Side) []reconcile.Fact {
	return []reconcile.Fact{fact(reconcile.FactExpected, g.scale[side].String()), fact(reconcile.FactPaid, c.pays(g, side).String())}
}

// lacking is the side that has no line of a gap, if one has none.
func (c *pairCase) lacking(row int) (reconcile.Side, bool) {
	switch c.findings.Rows[row].Kind {
	case reconcile.LineMissingInLegacy:
		return reconcile.Legacy, true
	case reconcile.LineMissingInONP:
		return reconcile.ONP, true
	}
	return 0, false
}
