package explain

import "bascule/reconcile"

// swapped explains two elements whose amounts one side exchanged.
func swapped(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok || g.formula != nil {
		return verdict{}, false
	}
	legacy, onp := c.amounts(g)
	for i := range c.gaps {
		o := &c.gaps[i]
		if o.row == row || o.formula != nil || o.origin != g.origin || c.element(o).Kind != c.element(g).Kind {
			continue
		}
		if l, p := c.amounts(o); l == onp && p == legacy {
			return rootOf(reconcile.CauseSwapped, "swapped_elements", reconcile.FaultUnknown, c.code(o.element), fact(reconcile.FactElement, c.code(o.element))), true
		}
	}
	return verdict{}, false
}
