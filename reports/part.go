package reports

import "bascule/reconcile"

// EcartsPart is the écarts workbook of one population, Data.Axis and Data.Value,
// for those who control it: Synthèse, Causes, Grappes, Écarts, Absents,
// Bulletins where it is asked for, Analyse, Agrégats, Lisez-moi. The lists of d
// are that population's. The totals of the files, their rejected lines and the
// codes of the ministry are those of everybody: they stay out.
func EcartsPart(d *Data) *Workbook {
	part := *d
	part.Run, part.Rejects, part.History = runOfPart(d), nil, nil // the codes give their labels
	v := newView(&part)
	detail, payslips := v.discrepancySheet(), v.payslipSheet()
	analysis, aggregates := v.analysisSheets()
	return v.workbook(
		v.partSummarySheet(),
		v.causeSheet(),
		v.clusterSheet(),
		detail,
		v.missingSheet(),
		payslips,
		analysis,
		aggregates,
		v.readMeSheet(detail.Table.Columns),
	)
}

// runOfPart is the run with, for figures, those of the part alone.
func runOfPart(d *Data) *reconcile.Run {
	run := *d.Run
	run.Loads = nil
	run.Summary = reconcile.Summary{Run: run.ID, Period: run.Period, PreviousRun: run.Previous}
	g, p := &run.Summary.Discrepancies, &run.Summary.Payslips
	for i := range d.Causes {
		c := &d.Causes[i]
		g.Total, g.Open, g.Roots = g.Total+c.Count, g.Open+c.Open, g.Roots+c.Roots
		g.Delta, g.DeltaInformation, g.Absolute = g.Delta+c.DeltaNet, g.DeltaInformation+c.DeltaInformation, g.Absolute+c.Absolute
		switch {
		case c.Status == reconcile.StatusTolerated:
			g.Tolerated += c.Count
		case !c.Status.Open():
			g.Justified += c.Count
		}
		switch c.Kind {
		case reconcile.MissingInONP:
			p.MissingInONP += c.Count
		case reconcile.MissingInLegacy:
			p.MissingInLegacy += c.Count
		}
	}
	return &run
}

// whole tells whether the workbook holds the whole run.
func (v *view) whole() bool { return v.Axis == "" }

// part names the population that the workbook holds.
func (v *view) part() string {
	value := Clean(v.Value)
	if value == "" {
		value = v.m.t("part.none")
	}
	return v.m.t("part."+v.Axis, value)
}

// partSummarySheet is the page of a population: what there is to treat, by
// status, cause, cluster and kind.
func (v *view) partSummarySheet() *Sheet {
	g := v.summary().Discrepancies
	verdict, role := v.m.t("part.closed", v.m.n("gaps.total", g.Total)), Good
	if g.Open > 0 {
		verdict, role = v.m.t("part.open", v.m.n("gaps.open", g.Open), v.m.n("gaps.total", g.Total)), Bad
	}
	lines := []Line{
		{Cells: []Cell{T(v.m.t("part.title", v.part(), v.m.month(v.Run.Period))).As(Title)}, Height: 2},
		{Cells: []Cell{T(v.identity()).As(Subtitle)}},
		{Cells: []Cell{T(v.m.t("part.about"))}},
		{Cells: banner(role.mark()+verdict, role, pageColumns), Height: 2},
		{Cells: []Cell{T(v.m.t("part.effect", v.m.delta(g.Delta), v.m.delta(g.DeltaInformation), v.m.money(g.Absolute)))}},
		{},
	}
	lines = append(lines, sideBySide(v.statusBlock(), v.causeBlock(), v.moneyBlock())...)
	lines = append(lines, Line{})
	lines = append(lines, sideBySide(v.kindBlock(), nil, v.agentBlock())...)
	n := v.sheets
	links := make([]Cell, pageColumns)
	for i, name := range []string{n.causes, n.clusters, n.discrepancies, n.missing} {
		links[i] = T("→ " + name).To(name)
	}
	links[bandStep] = T("→ " + n.analysis).To(n.analysis)
	if name := v.payslips(); name != "" {
		links[bandStep+1] = T("→ " + name).To(name)
	}
	links[2*bandStep] = T("→ " + n.readMe).To(n.readMe)
	lines = append(lines, Line{}, Line{Cells: links})
	return &Sheet{Name: n.summary, Tab: role, Widths: summaryWidths, Lines: lines, OnePage: true}
}
