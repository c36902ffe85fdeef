package reconcile

import "strings"

// admit counts a group, and reports what repeats the payslip in one file or
// doubles it in another.
func (c *Comparer) admit(side Side, g *Group) error {
	p := g.Payslip
	if p == nil {
		return nil
	}
	t := &c.Tally.Sides[side]
	t.Payslips += 1 + int64(g.Repeats)
	if person, _, _ := strings.Cut(p.Key, KeySeparator); person != c.person[side] {
		t.Agents++
		c.person[side] = person
	}
	if g.Repeats > 0 {
		if err := c.repeated(side, p, "repeated_in_file", 0); err != nil {
			return err
		}
	}
	for i, double := range g.Doubles {
		t.Duplicates++
		t.SetAside = t.SetAside.Plus(double.Sums)
		c.Tally.Ledger.setAside(c.terms.Mapping, side, double)
		if err := c.repeated(side, double, "doubled_in_files", i); err != nil {
			return err
		}
	}
	return nil
}

// single makes a Single of a pair that misses a side, or nothing when the pair
// is whole or no looser key exists.
func (c *Comparer) single(p *Pair) *Single {
	side := Legacy
	switch {
	case p.Groups[Legacy].Payslip != nil && p.Groups[ONP].Payslip != nil:
		return nil
	case p.Groups[Legacy].Payslip == nil:
		side = ONP
	}
	payslip := p.Groups[side].Payslip
	if row := c.crosswalk[side][p.Key]; row != nil {
		return &Single{Side: side, By: ByCrosswalk, Loose: "x" + row.LegacyKey, Payslip: payslip}
	}
	if key, ok := KeyOf(&payslip.Agent, c.terms.Identity.Fallback); ok {
		return &Single{Side: side, By: ByFallback, Loose: "f" + key, Payslip: payslip}
	}
	return nil
}

// identity reports that the pair was not made by its key (step 1).
func (c *Comparer) identity(p *Pair) error {
	if p.Match == ByKey {
		return nil
	}
	d := c.blank(IdentityDoubt)
	d.Cause, d.Rule = CauseIdentity, "fallback_key"
	if p.Match == ByCrosswalk {
		d.Rule, d.Status = "crosswalk", StatusJustified
		d.Decision = c.crosswalk[Legacy][p.Groups[Legacy].Payslip.Key].Reason
	}
	return c.emit(d)
}

// repeated reports a payslip met again in the same file, or in another one.
// Its amounts are shown and move nothing: they are summed once, elsewhere.
func (c *Comparer) repeated(side Side, payslip *Payslip, rule string, ordinal int) error {
	p := &Pair{Key: payslip.Key}
	p.Groups[side].Payslip = payslip
	c.head(p)
	d := c.blank(IdentityDoubt)
	d.Side, d.Cause, d.Rule, d.AtFault, d.ordinal = side, CauseDuplicate, rule, FaultLegacy, ordinal
	d.Legacy = payslip.Sums.Net()
	if side == ONP {
		d.Legacy, d.ONP, d.AtFault = 0, d.Legacy, FaultONP
	}
	return c.emit(d)
}
