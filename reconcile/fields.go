package reconcile

// fields reports the fields of situation and imputation that differ, where
// both files carry them (steps 2 and 7). A payslip joined from several has all
// their values.
func (c *Comparer) fields(p *Pair) error {
	l, o := p.Groups[Legacy].Payslip, p.Groups[ONP].Payslip
	carried := l.Agent.Carried & o.Agent.Carried
	moved, told := c.where.transfer(), false
	for f := Field(0); f < fieldCount; f++ {
		if !carried.Has(f) || len(l.Others)+len(o.Others) == 0 && l.Agent.same(&o.Agent, f) {
			continue
		}
		d := c.blank(SituationDiffers)
		d.Cause, d.Rule = CauseSituation, "situation_field"
		if f.Budget() {
			d.Kind, d.Cause, d.Rule = BudgetDiffers, CauseBudgetOnly, "imputation_field"
			if f == FieldAccountant {
				d.Cause = CauseAccountant
			}
		}
		d.Element, d.LegacyText, d.ONPText = f.String(), l.values(f), o.values(f)
		if d.LegacyText == d.ONPText {
			continue
		}
		told = told || f == FieldProgramme
		if err := c.emit(d); err != nil {
			return err
		}
	}
	if !moved || told {
		return nil
	}
	d := c.blank(BudgetDiffers) // the same programmes bear other amounts
	d.Cause, d.Rule, d.Element = CauseBudgetOnly, "imputation_shares", FieldProgramme.String()
	d.LegacyText, d.ONPText = l.shares(), o.shares()
	return c.emit(d)
}

// declaredNets reports that the nets printed on both payslips differ otherwise
// than their lines do: what the bank would pay is not what was compared (step 8).
func (c *Comparer) declaredNets(p *Pair) error {
	l, o := p.Groups[Legacy].Payslip, p.Groups[ONP].Payslip
	if !declaredNetsDiffer(l, o) {
		return nil
	}
	d := c.blank(SituationDiffers)
	d.Element, d.Rule = "net", "declared_net"
	d.LegacyText, d.ONPText = l.Declared.Net.Amount.String(), o.Declared.Net.Amount.String()
	return c.emit(d)
}

// declaredNetsDiffer tells whether both payslips print a net, and these differ
// otherwise than their lines do.
func declaredNetsDiffer(l, o *Payslip) bool {
	if !l.Declared.Net.Set || !o.Declared.Net.Set {
		return false
	}
	declared := o.Declared.Net.Amount - l.Declared.Net.Amount
	return declared != 0 && declared != o.Sums.Net()-l.Sums.Net()
}
