package explain

import "bascule/reconcile"

// monthAlone: of two months compared, one alone has the payslip: the agent
// entered or left.
func monthAlone(c *pairCase, row int) (verdict, bool) {
	d := &c.findings.Rows[row]
	if !missing(d) || !c.terms.Months.Set() {
		return verdict{}, false
	}
	rule, month := "entered", c.terms.Period
	if d.Kind == reconcile.MissingInONP {
		rule, month = "left", c.terms.Months.Earlier
	}
	return rootOf(reconcile.CauseSituation, rule, reconcile.FaultUnknown, "", fact(reconcile.FactMonth, month.String())), true
}

// tacitRenewal: the legacy side pays who has left. It works by differences, and
// pays like last month whoever it was not told of (DOMAIN 1.1). Who was in
// neither month of the legacy side is no such case.
func tacitRenewal(c *pairCase, row int) (verdict, bool) {
	d := &c.findings.Rows[row]
	if d.Kind != reconcile.MissingInONP {
		return verdict{}, false
	}
	evidence := []reconcile.Fact{fact(reconcile.FactSide, reconcile.Legacy.String())}
	before := c.terms.Period - 1
	cells, paid, loaded := c.month(reconcile.Legacy, before)
	if loaded && !paid {
		return verdict{}, false
	}
	if paid {
		evidence = append(evidence, fact(reconcile.FactMonth, before.String()), fact(reconcile.FactAmount, c.net(cells).String()))
	}
	return rootOf(reconcile.CauseTacitRenewal, "tacit_renewal", reconcile.FaultLegacy, "", evidence...), true
}

// net is what some cells leave the agent.
func (c *pairCase) net(cells []reconcile.Cell) (sum reconcile.Amount) {
	for i := range cells {
		if c.book.tables.Elements[cells[i].Element()].Kind.Sense().Net() {
			sum += cells[i].Amount
		}
	}
	return sum
}

// timingEntry: a side does not pay yet who has come, or no longer who is leaving:
// his file came after the 20th.
func timingEntry(c *pairCase, row int) (verdict, bool) {
	d := &c.findings.Rows[row]
	if !missing(d) {
		return verdict{}, false
	}
	lacks := reconcile.Legacy
	if d.Kind == reconcile.MissingInONP {
		lacks = reconcile.ONP
	}
	before := c.terms.Period - 1
	month := fact(reconcile.FactMonth, before.String())
	if _, paid, _ := c.month(lacks, before); paid { // who was paid last month is no entrant
		return rootOf(reconcile.CauseTiming, "timing_exit", faultOf(1-lacks), "", fact(reconcile.FactSide, (1-lacks).String()), month), true
	}
	evidence := []reconcile.Fact{fact(reconcile.FactSide, lacks.String())}
	if _, paid, loaded := c.month(1-lacks, before); loaded && !paid {
		evidence = append(evidence, month)
	}
	return rootOf(reconcile.CauseTiming, "timing_entry", faultOf(lacks), "", evidence...), true
}
