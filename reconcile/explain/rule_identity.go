package explain

import "bascule/reconcile"

// identity keeps what the engine found doubtful about who is paid, and gives it
// as the cause of a payslip that misses because several could be its own.
func identity(c *pairCase, row int) (verdict, bool) {
	d := &c.findings.Rows[row]
	if d.Kind == reconcile.IdentityDoubt {
		return c.found(row, ""), true
	}
	if missing(d) && c.findings.Pair.Match == reconcile.Ambiguous {
		return rootOf(reconcile.CauseIdentity, "ambiguous", reconcile.FaultUnknown, ""), true
	}
	return verdict{}, false
}

func missing(d *reconcile.Discrepancy) bool {
	return d.Kind == reconcile.MissingInLegacy || d.Kind == reconcile.MissingInONP
}
