package reconcile

// Tolerance says which gaps are too small to be treated. Always in centimes,
// never a percentage: a percentage hides the biggest amounts (DOMAIN 4.1). A
// tolerated gap is counted, summed and listed like any other.
type Tolerance struct {
	LineCents    Amount // one line's gap, unless its element has its own tolerance
	PayslipCents Amount // the sum of the absolute gaps of one payslip
}

// Line tells whether the gap of one line of the element is tolerated by itself.
func (t Tolerance) Line(e *Element, delta Amount) bool {
	limit := t.LineCents
	if e.Tolerance.Set {
		limit = e.Tolerance.Amount
	}
	return delta.Abs() <= limit
}

// Payslip tells whether a payslip whose gaps add up to absolute, whatever
// their signs, is tolerated as a whole.
func (t Tolerance) Payslip(absolute Amount) bool { return absolute <= t.PayslipCents }
