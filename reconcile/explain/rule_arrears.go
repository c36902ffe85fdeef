package explain

import "bascule/reconcile"

// arrearsNet explains the gaps of an element over past months that cancel out:
// the same money, told of other months.
func arrearsNet(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok {
		return verdict{}, false
	}
	if d := &c.findings.Rows[row]; d.Cause == reconcile.CauseArrears {
		return c.found(row, equalAmount(g.delta)), true
	}
	if g.current {
		return verdict{}, false
	}
	sum, months := reconcile.Amount(0), 0
	for i := range c.gaps {
		if o := &c.gaps[i]; o.element == g.element && !o.current {
			sum += o.delta
			months++
		}
	}
	if sum != 0 || months < 2 {
		return verdict{}, false
	}
	return rootOf(reconcile.CauseArrears, "net_over_origins", reconcile.FaultUnknown, equalAmount(g.delta)), true
}

// arrears explains a gap of a past month of origin by the rappel that one side
// alone pays, or pays otherwise.
func arrears(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok || g.current {
		return verdict{}, false
	}
	evidence := []reconcile.Fact{fact(reconcile.FactOrigin, c.findings.Rows[row].Origin.String())}
	side, lacks := c.lacking(row)
	if !lacks && c.element(g).Kind == reconcile.Retenue && c.book.formulas[g.element] == nil {
		return verdict{}, false // what third parties are owed of a past month is no rappel
	}
	if lacks {
		evidence = append(evidence, fact(reconcile.FactSide, (1-side).String()))
	}
	return rootOf(reconcile.CauseArrears, "arrears_origin", reconcile.FaultUnknown, equalAmount(g.delta), evidence...), true
}
