package reports

import (
	"strconv"

	"bascule/reconcile"
)

// figureChecks hold what is reckoned of the year against its parts, and the
// credits against the rows that were imported.
func (v *budgetView) figureChecks() []reconcile.Check {
	f := v.budget.Figures
	if f == nil {
		return nil
	}
	checks := v.yearChecks(f)
	checks = append(checks, v.effectChecks(&f.Effect)...)
	if f.Project != nil {
		checks = append(checks, v.projectChecks(f.Project)...)
	}
	if f.Value != nil {
		checks = append(checks, v.valueChecks(f.Value)...)
	}
	return checks
}

func (v *budgetView) yearChecks(f *reconcile.BudgetFigures) []reconcile.Check {
	var executed, available, categories reconcile.Amount
	for i := range f.Programmes {
		p := &f.Programmes[i]
		executed, available = executed+p.Executed, available+p.Credits.Available
	}
	for i := range f.Total.Categories {
		categories += f.Total.Categories[i].Executed
	}
	all := v.m.t("scope.ministry")
	checks := []reconcile.Check{
		massCheck("year_programmes", all, executed, f.Total.Executed),
		massCheck("year_categories", all, categories, f.Total.Executed),
	}
	list := append([]reconcile.ProgrammeBudget{f.Total}, f.Programmes...)
	for i := range list {
		p, scope := &list[i], all
		if i > 0 {
			scope = v.m.programme(p.Programme)
		}
		checks = append(checks, monthChecks(p, scope)...)
	}
	if f.Total.Credits.Told {
		c := &f.Total.Credits
		checks = append(checks, massCheck("credits_programmes", all, available, c.Available), massCheck("credits_parts", all, c.LFI+c.Moved+c.Frozen, c.Available),
			massCheck("credits_imported", all, v.importedCredits(), c.Available))
	}
	return checks
}

// monthChecks hold what a programme executed, and where its forecasts end,
// against its months.
func monthChecks(p *reconcile.ProgrammeBudget, scope string) []reconcile.Check {
	var executed, explained, declared, simple reconcile.Amount
	for i := range p.Months {
		m := &p.Months[i]
		executed, explained, declared, simple = executed+m.Executed.Amount, explained+m.Explained.Amount, declared+m.Declared.Amount, simple+m.Simple.Amount
	}
	checks := []reconcile.Check{massCheck("year_months", scope, executed, p.Executed)}
	for _, of := range []struct {
		name string
		sum  reconcile.Amount
		f    *reconcile.Forecast
	}{{"year_explained", explained, &p.Explained}, {"year_declared", declared, &p.Declared}, {"year_simple", simple, &p.Simple}} {
		if of.f.Told {
			checks = append(checks, massCheck(of.name, scope, of.sum, of.f.YearEnd))
		}
	}
	return checks
}

// importedCredits adds the rows imported of title 2, in the year.
func (v *budgetView) importedCredits() (sum reconcile.Amount) {
	if v.budget.Imported == nil {
		return 0
	}
	for i := range v.budget.Imported.Credits {
		c := &v.budget.Imported.Credits[i]
		if c.Year == v.budget.Figures.Year && reconcile.InTitle2(c.Category) {
			sum += c.CP
		}
	}
	return sum
}

func (v *budgetView) effectChecks(e *reconcile.SwitchEffect) []reconcile.Check {
	all := v.m.t("scope.ministry")
	var delta, lasting reconcile.Amount
	var checks []reconcile.Check
	for i := range e.Months {
		m := &e.Months[i]
		delta, lasting = delta+m.Delta, lasting+m.Lasting
		if m.Run == v.Run.ID {
			mass := v.whole.mass(everyCategory)
			checks = append(checks, massCheck("effect_run", v.m.month(m.Month), mass.delta(), m.Delta), massCheck("effect_lasting", v.m.month(m.Month), v.whole.moved(everyGap).lasting(), m.Lasting))
		}
	}
	return append(checks, massCheck("effect_months", all, delta, e.Delta), massCheck("effect_parts", all, lasting+e.OneOff, e.Delta), massCheck("effect_cutover", all, e.Before+e.After, e.Delta))
}

func (v *budgetView) projectChecks(p *reconcile.ProjectBudget) []reconcile.Check {
	all := v.m.t("sheet.project")
	var streams, commitments, beyond reconcile.Amount // beyond: paid above a commitment, which leaves nothing to pay
	for i := range p.Workstreams {
		streams += p.Workstreams[i].ToPay
	}
	for i := range p.Commitments {
		c := &p.Commitments[i]
		commitments, beyond = commitments+c.ToPay, beyond+max(0, c.Paid-c.AE)
	}
	t := &p.Total
	return []reconcile.Check{
		massCheck("project_streams", all, streams, t.ToPay), massCheck("project_commitments", all, commitments, t.ToPay),
		massCheck("project_left", all, t.AllCommit-t.AllPaid+beyond, t.ToPay), massCheck("project_completion", all, t.AllPaid+t.ToPay+t.Further, t.Completion),
	}
}

func (v *budgetView) valueChecks(value *reconcile.ProjectValue) []reconcile.Check {
	all := v.m.t("sheet.value")
	var net, present reconcile.Amount
	for i := range value.Years {
		net, present = net+value.Years[i].Net, present+value.Years[i].Present
	}
	r := &value.Retained
	return []reconcile.Check{massCheck("value_net", all, r.Gains-r.Costs, r.Net), massCheck("value_years", all, net, r.Net), massCheck("value_present", all, present, r.Present)}
}

// importedLines tell what was imported: its rows, its totals, its digest.
func (v *budgetView) importedLines() []Line {
	f := v.budget.Figures
	lines := []Line{heading(v.m.t("budget_checks.imported"))}
	if f == nil || f.Import == 0 {
		return append(lines, Line{Cells: []Cell{T(v.m.t("budget_checks.nothing"))}}, Line{})
	}
	lines = append(lines, Line{Cells: []Cell{T(v.m.t("budget_checks.import", strconv.FormatInt(f.Import, 10))).As(Strong), H(v.budget.Digest)}},
		Line{Cells: headers(2, v.m.t("budget_checks.kind"), "", v.m.t("budget_checks.ae"), v.m.t("budget_checks.cp"), v.m.t("budget_checks.rows"))})
	for _, k := range f.Imported {
		lines = append(lines, bodyLine([]Cell{T(v.m.t("budget_kind." + string(k.Kind))), {}, A(k.AE), A(k.CP), N(k.Rows)}))
	}
	return append(lines, Line{})
}
