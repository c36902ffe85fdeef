package explain

import "bascule/reconcile"

// notCompared keeps the gaps of an element that the table says not to compare.
func notCompared(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok || c.element(g).Compared {
		return verdict{}, false
	}
	return rootOf(reconcile.CauseUnexplained, "not_compared", reconcile.FaultUnknown, ""), true
}
