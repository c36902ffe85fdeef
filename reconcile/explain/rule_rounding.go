package explain

import "bascule/reconcile"

// rounding explains a gap by the conventions of both sides: each pays what the
// scale gives under its own.
func rounding(c *pairCase, row int) (verdict, bool) {
	g, ok := c.scaled(row)
	if !ok {
		return verdict{}, false
	}
	used := g.used
	if !g.bothTold() || used[reconcile.Legacy] == used[reconcile.ONP] {
		return verdict{}, false
	}
	// What the legacy side pays on must give what ONP pays, but for the rounding.
	legacy, onp := &c.sides[reconcile.Legacy], c.pays(g, reconcile.ONP)
	if v, ok := c.reckonUnder(g, legacy, used[reconcile.ONP], nil); !ok || v != onp {
		return verdict{}, false
	}
	evidence := []reconcile.Fact{fact(reconcile.FactLegacyRound, used[reconcile.Legacy].String()), fact(reconcile.FactONPRound, used[reconcile.ONP].String())}
	if n, share := c.survey.Population(g.element); g.follows[reconcile.Legacy] && g.follows[reconcile.ONP] && n > 0 {
		evidence = append(evidence, fact(reconcile.FactPopulation, itoa(n)), fact(reconcile.FactShare, itoa(share)))
	}
	return rootOf(reconcile.CauseRounding, "rounding_convention", reconcile.FaultUnknown,
		change("", used[reconcile.Legacy].String(), used[reconcile.ONP].String()), evidence...), true
}

// otherRounding finds the convention under which the side pays what it does.
func (c *pairCase) otherRounding(g *gap, side reconcile.Side, own Rounding) (Rounding, bool) {
	amount := c.pays(g, side)
	for _, r := range g.formula.options {
		if r == own {
			continue
		}
		if v, ok := c.reckonUnder(g, &c.sides[side], r, nil); ok && v == amount {
			return r, true
		}
	}
	return own, false
}
