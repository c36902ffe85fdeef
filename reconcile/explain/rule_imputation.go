package explain

import "bascule/reconcile"

// imputation tells of the same money under another programme, BOP or accountant.
func imputation(c *pairCase, row int) (verdict, bool) {
	d := &c.findings.Rows[row]
	if d.Kind != reconcile.BudgetDiffers {
		return verdict{}, false
	}
	return c.found(row, change("", d.LegacyText, d.ONPText)), true
}
