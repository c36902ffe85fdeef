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
		if err := c.repeated(side, p, CauseDuplicate, "repeated_in_file", 0); err != nil {
			return err
		}
	}
	if p.conflicting() {
		if err := c.repeated(side, p, CauseIdentity, "conflicting_matricules", 0); err != nil {
			return err
		}
	}
	for i, double := range g.Doubles {
		t.Duplicates++
		t.SetAside = t.SetAside.Plus(double.Sums)
		c.Tally.Ledger.setAside(c.terms.Mapping, side, double)
		if err := c.repeated(side, double, CauseDuplicate, "doubled_in_files", i); err != nil {
			return err
		}
	}
	return nil
}

// conflicting tells whether the parts of a payslip bear several matricules: two
// persons may be under one key.
func (p *Payslip) conflicting() bool {
	for i := range p.Others {
		if m := p.Others[i].Matricule; m != p.Agent.Matricule && m != "" && p.Agent.Matricule != "" {
			return true
		}
	}
	return false
}

// singles are the payslips of a pair to be tried under a looser key: the one
// that misses the other side, and all that have no key of their own.
func (c *Comparer) singles(p *Pair) []*Single {
	var singles []*Single
	keyless := strings.HasPrefix(p.Key, NoKey)
	for _, side := range Sides {
		payslip := p.Groups[side].Payslip
		if payslip == nil || p.Groups[1-side].Payslip != nil && !keyless {
			continue
		}
		s := c.fallback(side, payslip)
		if row := c.crosswalk[side][payslip.Key]; row != nil {
			s = &Single{Side: side, By: ByCrosswalk, Loose: row.LegacyKey, Payslip: payslip}
		}
		if s == nil {
			return nil
		}
		singles = append(singles, s)
	}
	return singles
}

func (c *Comparer) fallback(side Side, p *Payslip) *Single {
	key, ok := KeyOf(&p.Agent, c.terms.Identity.Fallback)
	if !ok {
		return nil
	}
	return &Single{Side: side, By: ByFallback, Loose: key, Payslip: p}
}

// leftover is a payslip that the crosswalk led nowhere, to be tried under the
// fallback; nothing for all other pairs.
func (c *Comparer) leftover(p *Pair) *Single {
	side := sideOf(p)
	if p.From != ByCrosswalk || p.Groups[1-side].Payslip != nil {
		return nil
	}
	return c.fallback(side, p.Groups[side].Payslip)
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

// repeated reports a payslip met again in the same file or in another one, or
// whose parts may be two persons. Its amounts are shown and move nothing: they are summed once, elsewhere.
func (c *Comparer) repeated(side Side, payslip *Payslip, cause Cause, rule string, ordinal int) error {
	p := &Pair{Key: payslip.Key}
	p.Groups[side].Payslip = payslip
	c.head(p)
	d := c.blank(IdentityDoubt)
	d.Side, d.Cause, d.Rule, d.AtFault, d.ordinal = side, cause, rule, FaultLegacy, ordinal
	d.Legacy = payslip.Sums.Net()
	if side == ONP {
		d.Legacy, d.ONP, d.AtFault = 0, d.Legacy, FaultONP
	}
	return c.emit(d)
}
