package budget

import (
	"slices"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// alerts lists what the controller must look at, the gravest first.
func (y *year) alerts(f *reconcile.BudgetFigures) []reconcile.BudgetAlert {
	list := []reconcile.BudgetAlert{}
	for i := range f.Programmes {
		list = append(list, y.ofProgramme(&f.Programmes[i])...)
	}
	if j := &f.Total.Jobs; j.Margin.Set && j.Margin.Jobs < 0 {
		list = append(list, reconcile.BudgetAlert{Code: reconcile.AlertCeilingExceeded, Jobs: -j.Margin.Jobs})
	}
	if y.latest >= 0 {
		var missed []reconcile.Period
		for at, m := range y.months[:y.latest] {
			if m == nil {
				missed = append(missed, y.period(at))
			}
		}
		if missed != nil {
			list = append(list, reconcile.BudgetAlert{Code: reconcile.AlertMonthsMissing, Months: missed, Count: len(missed)})
		}
	}
	if f.Project != nil {
		list = append(list, y.ofProject(f.Project)...)
	}
	list = append(list, measuredNought(y.budget.Values)...)
	slices.SortStableFunc(list, func(a, b reconcile.BudgetAlert) int {
		return slices.Index(reconcile.BudgetAlerts, a.Code) - slices.Index(reconcile.BudgetAlerts, b.Code)
	})
	return list
}

func (y *year) ofProgramme(p *reconcile.ProgrammeBudget) (list []reconcile.BudgetAlert) {
	add := func(code reconcile.BudgetAlertCode, a reconcile.BudgetAlert) {
		a.Code, a.Scope = code, p.Programme
		list = append(list, a)
	}
	if m := p.Explained.Margin; m.Set {
		low := y.terms.MarginAlert.Mul(decimal.New(int64(p.Credits.Available), 0))
		switch {
		case m.Amount < 0:
			add(reconcile.AlertCreditsExceeded, reconcile.BudgetAlert{Amount: -m.Amount, Of: p.Credits.Available})
		case decimal.New(int64(m.Amount), 0).LessThan(low):
			add(reconcile.AlertMarginLow, reconcile.BudgetAlert{Amount: m.Amount, Of: p.Credits.Available})
		}
	}
	if j := &p.Jobs; j.Margin.Set && j.Margin.Jobs < 0 {
		add(reconcile.AlertCeilingExceeded, reconcile.BudgetAlert{Jobs: -j.Margin.Jobs})
	}
	for _, of := range []struct {
		code reconcile.BudgetAlertCode
		is   func(*reconcile.ProgrammeMonth) bool
	}{{reconcile.AlertProfileUnlike, func(m *reconcile.ProgrammeMonth) bool { return m.Unlike }}, {reconcile.AlertEstimateBounded, func(m *reconcile.ProgrammeMonth) bool { return m.Bounded }}} {
		if months := monthsThat(p.Months, of.is); months != nil {
			add(of.code, reconcile.BudgetAlert{Months: months, Count: len(months)})
		}
	}
	if y.budget.Import == 0 || p.Executed == 0 { // the screen says that nothing was imported
		return list
	}
	if !p.Credits.Told {
		add(reconcile.AlertCreditsMissing, reconcile.BudgetAlert{})
	}
	latest := y.period(max(y.latest, 0))
	missing := monthsThat(p.Months, func(m *reconcile.ProgrammeMonth) bool { return (m.Run == 0 || m.Month == latest) && !m.Profile.Set })
	if missing != nil && !y.whole() {
		add(reconcile.AlertProfileMissing, reconcile.BudgetAlert{Months: missing, Count: len(missing)})
	}
	return list
}

// monthsThat lists the months of which something is true, nil for none.
func monthsThat(months []reconcile.ProgrammeMonth, is func(*reconcile.ProgrammeMonth) bool) (list []reconcile.Period) {
	for i := range months {
		if is(&months[i]) {
			list = append(list, months[i].Month)
		}
	}
	return list
}

// whole tells whether every month has a run: nothing is left to estimate.
func (y *year) whole() bool {
	return !slices.Contains(y.months[:], nil)
}

func (y *year) ofProject(p *reconcile.ProjectBudget) (list []reconcile.BudgetAlert) {
	add := func(code reconcile.BudgetAlertCode, scope string, amount, of reconcile.Amount) {
		list = append(list, reconcile.BudgetAlert{Code: code, Scope: scope, Amount: amount, Of: of})
	}
	for i := range p.Workstreams {
		w := &p.Workstreams[i]
		covered := w.LeftAE >= w.ExpectedAE
		if !covered && w.ExpectedAE > 0 {
			add(reconcile.AlertAEShort, w.ID, w.ExpectedAE-w.LeftAE, w.AE)
		}
		if w.ExpectedCP > w.LeftCP && w.ExpectedCP > 0 {
			code := reconcile.AlertCPLacking
			if covered {
				code = reconcile.AlertCPShort
			}
			add(code, w.ID, w.ExpectedCP-w.LeftCP, w.CP)
		}
		if w.LeftAE < 0 {
			add(reconcile.AlertCommittedAboveAE, w.ID, -w.LeftAE, w.AE)
		}
		if w.LeftCP < 0 {
			add(reconcile.AlertPaidAboveCP, w.ID, -w.LeftCP, w.CP)
		}
	}
	for i := range p.Commitments {
		if c := &p.Commitments[i]; c.Paid > c.AE {
			add(reconcile.AlertPaidAboveCommitted, c.ID, c.Paid-c.AE, c.AE)
		}
	}
	for i := range p.Milestones {
		if m := &p.Milestones[i]; m.Late && m.Met == "" {
			list = append(list, reconcile.BudgetAlert{Code: reconcile.AlertMilestoneLate, Scope: m.ID, Count: m.Days})
		}
	}
	return append(list, withoutWorkstream(y.budget.Operations)...)
}

func withoutWorkstream(operations []reconcile.Operation) (list []reconcile.BudgetAlert) {
	for i := range operations {
		if o := &operations[i]; o.Workstream == "" && o.Nature != reconcile.OperationWithdrawn {
			list = append(list, reconcile.BudgetAlert{Code: reconcile.AlertNoWorkstream, Scope: o.ID, Amount: max(o.AE, o.CP)})
		}
	}
	return list
}

// imported counts what is in force, by kind of file.
func imported(b *reconcile.Budget) []reconcile.BudgetImported {
	list := []reconcile.BudgetImported{}
	add := func(kind reconcile.BudgetKind, rows int, sums func(int) (ae, cp reconcile.Amount)) {
		if rows == 0 {
			return
		}
		of := reconcile.BudgetImported{Kind: kind, Rows: rows}
		for i := range rows {
			ae, cp := sums(i)
			of.AE, of.CP = of.AE+ae, of.CP+cp
		}
		list = append(list, of)
	}
	nothing := func(int) (reconcile.Amount, reconcile.Amount) { return 0, 0 }
	add(reconcile.BudgetCredits, len(b.Credits), func(i int) (ae, cp reconcile.Amount) { return b.Credits[i].AE, b.Credits[i].CP })
	add(reconcile.BudgetCeilings, len(b.Ceilings), nothing)
	add(reconcile.BudgetProfile, len(b.Profile), func(i int) (ae, cp reconcile.Amount) { return b.Profile[i].Amount, b.Profile[i].Amount })
	add(reconcile.BudgetWorkstreams, len(b.Workstreams), func(i int) (ae, cp reconcile.Amount) { return b.Workstreams[i].AE, b.Workstreams[i].CP })
	add(reconcile.BudgetOperations, len(b.Operations), func(i int) (ae, cp reconcile.Amount) { return b.Operations[i].AE, b.Operations[i].CP })
	add(reconcile.BudgetMilestones, len(b.Milestones), nothing)
	add(reconcile.BudgetValues, len(b.Values), func(i int) (ae, cp reconcile.Amount) { return b.Values[i].Amount, b.Values[i].Amount })
	return list
}
