package reconcile

func (c *Comparer) emitGaps() error {
	for i := range c.gaps {
		g := &c.gaps[i]
		e := &c.terms.Mapping.Elements[g.key.element()]
		d := c.blank(AmountDiffers)
		switch {
		case g.sides[Legacy].Lines == 0:
			d.Kind = LineMissingInLegacy
		case g.sides[ONP].Lines == 0:
			d.Kind = LineMissingInONP
		}
		d.Element, d.Sense, d.Origin = string(e.Code), e.Kind.Sense(), g.key.origin()
		d.Legacy, d.ONP, d.Delta = g.sides[Legacy].Amount, g.sides[ONP].Amount, g.delta()
		d.LegacyLines, d.ONPLines = g.sides[Legacy].Lines, g.sides[ONP].Lines
		d.Rule = "compared_line"
		switch {
		case !e.Compared:
			d.Status, d.Rule, d.Decision = StatusJustified, "not_compared", e.Reason
		case g.tolerated:
			d.Status, d.Rule, d.Cause = StatusTolerated, "tolerance", CauseRounding
		case g.vanishes:
			d.Rule, d.Cause = "net_over_origins", CauseArrears
		case c.terms.oneOff(g):
			d.Rule, d.Cause = "one_off_arrears", CauseArrears
		}
		c.where.stand(d, place{cell: g.key}).Delta += g.delta()
		if err := c.emitMoney(d); err != nil {
			return err
		}
	}
	return nil
}

// head prepares the columns that all discrepancies of a pair share: who and
// where, as the legacy side says, or the side there is.
func (c *Comparer) head(p *Pair) {
	payslip := p.Groups[sideOf(p)].Payslip
	a := &payslip.Agent
	c.row = Discrepancy{Key: p.Key, Dossier: a.Dossier, Matricule: a.Matricule, Service: a.Service, Programme: a.Programme, BOP: a.BOP}
	for _, side := range Sides {
		if s := p.Groups[side].Payslip; s != nil {
			*[2]*int64{&c.row.LegacyPayslip, &c.row.ONPPayslip}[side] = s.ID
		}
	}
	c.emitted.agent = a
}

// blank is a discrepancy of the current pair, open and unexplained.
func (c *Comparer) blank(k Kind) *Discrepancy {
	d := c.row
	d.Kind, d.Cause, d.AtFault, d.Status = k, CauseUnexplained, FaultUnknown, StatusOpen
	return &d
}

// emitMoney fills in the effect of a line's gap and emits it.
func (c *Comparer) emitMoney(d *Discrepancy) error {
	if d.Sense.Net() {
		d.DeltaNet = d.Delta
	} else {
		d.DeltaInformation = d.Delta
	}
	return c.emit(d)
}

func (c *Comparer) emit(d *Discrepancy) error {
	d.Name, d.Wave = c.emitted.agent.Name(), c.waveOf(c.emitted.agent)
	d.Fingerprint = c.terms.fingerprint(d)
	d.Origin = c.terms.Mapping.trueOrigin(d)
	c.emitted.net += d.DeltaNet
	c.rows = append(c.rows, *d)
	return nil
}
