package reports

import (
	"slices"
	"strings"

	"bascule/reconcile"
)

// projectAlerts are the alerts about AE, CP and workstreams; the others are about
// title 2.
var projectAlerts = []reconcile.BudgetAlertCode{reconcile.AlertCPShort, reconcile.AlertAEShort, reconcile.AlertCommittedAboveAE, reconcile.AlertPaidAboveCP,
	reconcile.AlertPaidAboveCommitted, reconcile.AlertMilestoneLate, reconcile.AlertNoWorkstream}

// alertsOf are the alerts of some codes, the gravest first.
func (v *budgetView) alertsOf(codes []reconcile.BudgetAlertCode) []reconcile.BudgetAlert {
	if v.budget.Figures == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.budget.Figures.Alerts), func(a reconcile.BudgetAlert) bool { return !slices.Contains(codes, a.Code) })
}

// alertRole is Bad for what the rules of the budget forbid.
func alertRole(c reconcile.BudgetAlertCode) Role {
	switch c {
	case reconcile.AlertCreditsExceeded, reconcile.AlertCeilingExceeded, reconcile.AlertCPShort, reconcile.AlertAEShort, reconcile.AlertCommittedAboveAE, reconcile.AlertPaidAboveCP, reconcile.AlertPaidAboveCommitted:
		return Bad
	}
	return Warn
}

// alertText puts an alert into words: what, where, by how much.
func (v *budgetView) alertText(a *reconcile.BudgetAlert) string {
	text := v.m.t("budget_alert." + string(a.Code))
	var parts []string
	switch {
	case a.Scope != "" && slices.Contains(projectAlerts, a.Code):
		parts = append(parts, Clean(a.Scope))
	case a.Scope != "":
		parts = append(parts, v.m.programme(a.Scope))
	}
	if a.Amount != 0 && a.Of != 0 {
		parts = append(parts, v.m.t("budget_alert.of", v.m.money(a.Amount), v.m.money(a.Of)))
	} else if a.Amount != 0 {
		parts = append(parts, v.m.money(a.Amount))
	}
	if a.Jobs != 0 {
		parts = append(parts, v.m.t("budget_alert.jobs", v.m.jobs(a.Jobs)))
	}
	if len(a.Months) > 0 {
		parts = append(parts, strings.Trim(v.monthList(a.Months), " ()"))
	}
	if a.Count > 0 {
		parts = append(parts, v.m.count(int64(a.Count)))
	}
	return strings.TrimSuffix(text+" — "+strings.Join(parts, " · "), " — ")
}

// alertLines list the alerts of some codes under a heading.
func (v *budgetView) alertLines(codes []reconcile.BudgetAlertCode) []Line {
	lines := []Line{heading(v.m.t("alert.heading"))}
	alerts := v.alertsOf(codes)
	for i := range alerts {
		role := alertRole(alerts[i].Code)
		lines = append(lines, Line{Cells: []Cell{T(role.mark() + v.alertText(&alerts[i])).As(Strong)}})
	}
	if len(alerts) == 0 {
		lines = append(lines, Line{Cells: []Cell{T(Good.mark() + v.m.t("alert.none"))}})
	}
	return lines
}

// pageAlert is an alert of the page, with how grave it is.
type pageAlert struct {
	role Role
	text string
}

// allAlerts are those of the credits and of the project, then those of the mass.
func (v *budgetView) allAlerts() []pageAlert {
	var alerts []pageAlert
	if f := v.budget.Figures; f != nil {
		for i := range f.Alerts {
			alerts = append(alerts, pageAlert{alertRole(f.Alerts[i].Code), v.alertText(&f.Alerts[i])})
		}
	}
	for _, text := range v.massAlerts() {
		alerts = append(alerts, pageAlert{Warn, text})
	}
	return alerts
}

// massAlerts are what moves the mass and has to be looked at, in words.
func (v *budgetView) massAlerts() []string {
	var alerts []string
	judged := v.whole.judged()
	for i, key := range []string{"alert.onp", "alert.legacy", "", "", "alert.unexplained"} {
		if m := judged[i]; key != "" && m.gaps > 0 {
			alerts = append(alerts, v.m.t(key, v.m.delta(m.delta), v.m.delta(monthsOfYear*m.lasting())))
		}
	}
	if m := v.whole.mass(ofTitle2("")); m != (masses{}) {
		alerts = append(alerts, v.m.t("alert.unclassed", v.m.money(m.legacy), v.m.money(m.onp)))
	}
	if year := monthsOfYear * v.whole.moved(everyGap).lasting(); year.Abs() > v.benchmark() {
		alerts = append(alerts, v.m.t("alert.benchmark", v.m.delta(year), v.m.money(v.benchmark())))
	}
	for i := range v.programmes {
		p := &v.programmes[i]
		m := p.mass(everyCategory)
		if share := benchmarkShare.Mul(m.legacy.Decimal()); m.delta().Abs().Decimal().GreaterThan(share) {
			alerts = append(alerts, v.m.t("alert.programme", v.m.programme(p.name), v.m.delta(m.delta()), v.m.signedRate(int64(m.delta()), int64(m.legacy))))
		}
	}
	return alerts
}

// alertBlock lists the alerts, the first when they are many.
func (v *budgetView) alertBlock() []Line {
	const shown = 9
	lines := []Line{{Cells: []Cell{T(v.m.t("alert.heading")).As(Heading)}}}
	alerts := v.allAlerts()
	for _, a := range alerts[:min(len(alerts), shown)] {
		lines = append(lines, Line{Cells: []Cell{T(a.role.mark() + a.text).As(Strong)}})
	}
	if more := len(alerts) - shown; more > 0 {
		lines = append(lines, Line{Cells: []Cell{T(v.m.n("alert.more", int64(more))).To(v.names.programmes)}})
	}
	if len(alerts) == 0 {
		lines = append(lines, Line{Cells: []Cell{T(Good.mark() + v.m.t("alert.none"))}})
	}
	tolerated := v.whole.moved(func(g *reconcile.MassGap) bool { return g.Judged == reconcile.JudgedTolerated })
	return append(lines, Line{Cells: []Cell{T(v.m.t("alert.tolerated", v.m.delta(tolerated.delta), v.m.delta(monthsOfYear*tolerated.delta))).As(Muted)}})
}
