package explain

import "bascule/reconcile"

// tolerance keeps a gap that the tolerance of its line admits for a difference
// of rounding.
func tolerance(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	d := &c.findings.Rows[row]
	if !ok || d.Status != reconcile.StatusTolerated || !c.terms.Tolerance.Line(c.element(g), g.delta) {
		return verdict{}, false
	}
	return rootOf(reconcile.CauseRounding, "tolerance", reconcile.FaultUnknown, ""), true
}
