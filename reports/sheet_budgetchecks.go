package reports

import "bascule/reconcile"

// budgetCheckSheet proves the budget: what the rows add up to, the gaps and the
// transfers against the closing of the run, programme by programme.
func (v *budgetView) budgetCheckSheet() *Sheet {
	checks := v.budgetChecks()
	verdict := T(Good.mark() + v.m.t("budget_checks.closed", v.m.count(int64(len(checks))))).As(Good)
	if !v.closes() {
		verdict = T(Bad.mark() + v.m.t("mass.broken")).As(Bad)
	}
	lines := v.head(v.m.t("budget_checks.title"), v.m.t("budget_checks.purpose"))
	lines = append(lines, Line{Cells: banner(verdict.Text, verdict.Role, checkColumns), Height: 2}, Line{})
	lines = append(lines, v.digestLines()...)
	lines = append(lines, v.importedLines()...)
	ok := v.titled("verdict", Text, 12)
	ok.Rules = []Rule{{v.verdict(true), Good}, {v.verdict(false), Bad}}
	return &Sheet{
		Name:  v.sheets.checks,
		Tab:   verdict.Role,
		Lines: append(lines, heading(v.m.t("checks.list"))),
		Table: &Table{
			Name: v.m.t("table.checks"),
			Columns: []Column{
				v.titledLong("check", 62), v.titledLong("scope", 34), v.titled("left", Figure, 20), v.titled("right", Figure, 20),
				v.titled("difference", Figure, 16), ok, v.titledLong("note", 44),
			},
			Empty: v.m.t("checks.none"),
			Rows:  slice(checks, v.massCheckRow),
		},
	}
}

// closes tells whether every equality of the budget holds, and of the run.
func (v *budgetView) closes() bool {
	if !v.summary().Closing.OK {
		return false
	}
	for _, c := range v.budgetChecks() {
		if !c.OK {
			return false
		}
	}
	return true
}

// budgetChecks are the equalities of the mass, then those of what is reckoned.
func (v *budgetView) budgetChecks() []reconcile.Check {
	return append(v.massChecks(), v.figureChecks()...)
}

// massCheck is an equality of the budget; its name is a key of the catalogue.
func massCheck(name, scope string, left, right reconcile.Amount) reconcile.Check {
	return reconcile.Check{Name: name, Scope: scope, Left: left, Right: right, OK: left == right}
}

// massChecks holds the mass against its gaps, and both against what the run's
// own closing says of each programme.
func (v *budgetView) massChecks() []reconcile.Check {
	checks := v.runChecks()
	all := func(p *massPart, scope string) {
		delta, moved := p.mass(everyCategory).delta(), p.moved(everyGap)
		var judged, causes reconcile.Amount
		for _, m := range p.judged() {
			judged += m.delta
		}
		for _, c := range p.causes() {
			causes += c.delta
		}
		var natures reconcile.Amount
		for _, t := range title2 {
			natures += p.mass(ofTitle2(t)).delta()
		}
		checks = append(checks,
			massCheck("mass_judged", scope, judged, moved.delta),
			massCheck("mass_causes", scope, causes, moved.delta),
			massCheck("mass_natures", scope, natures, delta),
			massCheck("mass_cas", scope, p.mass(withCAS).delta()+p.mass(withoutCAS).delta(), delta))
	}
	var transfers reconcile.Amount
	for i := range v.programmes {
		p := &v.programmes[i]
		all(p, v.m.programme(p.name))
		transfers += p.transfers()
	}
	all(&v.whole, v.m.t("scope.ministry"))
	return append(checks, massCheck("mass_transfers", v.m.t("scope.ministry"), transfers, 0))
}

// runChecks hold the rows of the budget against the closing of the run: both
// members of its own equality, and ours.
func (v *budgetView) runChecks() []reconcile.Check {
	var checks []reconcile.Check
	for _, c := range v.summary().Closing.Checks {
		if c.Name != "mass" {
			continue
		}
		part, scope := v.whole, v.m.t("scope.ministry")
		if c.Scope != "ministry" {
			part, scope = v.programme(c.Scope), v.m.programme(c.Scope)
		}
		delta := part.mass(everyCategory).delta()
		check := massCheck("mass_run", scope, delta, c.Right)
		closing := massCheck("mass_closing", scope, part.moved(everyGap).delta+part.transfers(), c.Left)
		if t := part.transfers(); t != 0 {
			closing.Note = v.m.t("note.transfer", v.m.delta(t))
		}
		checks = append(checks, check, closing)
	}
	return checks
}

// programme finds the mass of a programme, an empty one for none.
func (v *budgetView) programme(name string) massPart {
	for _, p := range v.programmes {
		if p.name == name {
			return p
		}
	}
	return massPart{name: name}
}

func (v *budgetView) massCheckRow(c *reconcile.Check) []Cell {
	return []Cell{T(v.m.t("check." + c.Name)), T(c.Scope), A(c.Left), A(c.Right), D(c.Right - c.Left), T(v.verdict(c.OK)), T(c.Note)}
}
