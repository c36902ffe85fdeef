package explain

import "bascule/reconcile"

// threshold explains a side that does not follow the scale by a floor, a
// ceiling or a threshold that it ignores: one of the formula, or all.
func threshold(c *pairCase, row int) (verdict, bool) {
	return c.blame(row, func(g *gap, side reconcile.Side) (verdict, bool) {
		for _, n := range g.formula.bounds {
			if c.tells(g, side, &supposition{lifted: n}) {
				return c.ignored(g, side, n), true
			}
		}
		if len(g.formula.bounds) > 1 && c.tells(g, side, &supposition{all: true}) {
			return c.ignored(g, side, g.formula.bounds[0]), true
		}
		return verdict{}, false
	})
}

func (c *pairCase) ignored(g *gap, side reconcile.Side, n *node) verdict {
	bound := boundRate(n)
	evidence := []reconcile.Fact{fact(reconcile.FactSide, side.String()), fact(reconcile.FactRate, bound.name)}
	if d := at(c.book.rates[bound.name], c.monthOf(g, side)); d != nil {
		evidence = append(evidence, fact(reconcile.FactOfficial, d.printed), fact(reconcile.FactSource, d.source))
	}
	return rootOf(reconcile.CauseThreshold, "threshold_ignored", faultOf(side), bound.name,
		append(evidence, c.breach(g, side)...)...)
}
