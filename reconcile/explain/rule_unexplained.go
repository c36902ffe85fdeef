package explain

import "bascule/reconcile"

// scaleBreach tells which side does not follow the scale where no other rule
// tells what it did instead. That an element is due at all is another matter:
// where one side has no line, nobody is blamed; nor where nothing tells the
// thirtieths of a side.
func scaleBreach(c *pairCase, row int) (verdict, bool) {
	g, ok := c.scaled(row)
	if !ok || !c.survey.Trusted(g.element) {
		return verdict{}, false
	}
	sides := g.astray()
	if len(sides) != 1 {
		return verdict{}, false
	}
	side, fault := sides[0], faultOf(sides[0])
	if _, lacks := c.lacking(row); lacks || c.borrowed && g.formula.timed {
		fault = reconcile.FaultUnknown
	}
	return rootOf(reconcile.CauseUnexplained, "scale_breach", fault, equalAmount(g.delta),
		append([]reconcile.Fact{fact(reconcile.FactSide, side.String())}, c.breach(g, side)...)...), true
}

// unexplained is the last: it never abstains.
func unexplained(c *pairCase, row int) (verdict, bool) {
	d := &c.findings.Rows[row]
	if d.Status == reconcile.StatusTolerated { // the payslip as a whole is
		return rootOf(reconcile.CauseRounding, "tolerance", reconcile.FaultUnknown, ""), true
	}
	return rootOf(reconcile.CauseUnexplained, "unexplained", reconcile.FaultUnknown, equalAmount(d.Delta)), true
}
