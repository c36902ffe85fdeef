package reports

import (
	"slices"
	"strings"

	"bascule/reconcile"
)

// projectAlerts are the alerts about AE, CP, workstreams and the project's value; the others are about
// title 2.
var projectAlerts = []reconcile.BudgetAlertCode{reconcile.AlertCPShort, reconcile.AlertCPLacking, reconcile.AlertAEShort, reconcile.AlertCommittedAboveAE, reconcile.AlertPaidAboveCP,
	reconcile.AlertPaidAboveCommitted, reconcile.AlertMilestoneLate, reconcile.AlertNoWorkstream, reconcile.AlertGainNought, reconcile.AlertCostNought}

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
	case reconcile.AlertCreditsExceeded, reconcile.AlertCeilingExceeded, reconcile.AlertCPShort, reconcile.AlertCPLacking, reconcile.AlertAEShort, reconcile.AlertCommittedAboveAE, reconcile.AlertPaidAboveCP, reconcile.AlertPaidAboveCommitted:
		return Bad
	}
	return Warn
}

// alertText puts an alert into words: what, where, by how much.
func (m *messages) alertText(a *reconcile.BudgetAlert) string {
	text := m.t("budget_alert." + string(a.Code))
	var parts []string
	switch {
	case a.Scope == "" && slices.Contains(projectAlerts, a.Code):
		parts = append(parts, m.t("project.unattached"))
	case slices.Contains(projectAlerts, a.Code):
		parts = append(parts, Clean(a.Scope))
	case a.Scope != "" || a.Code != reconcile.AlertCeilingExceeded && a.Code != reconcile.AlertMonthsMissing: // which tell of the ministry too
		parts = append(parts, m.programme(a.Scope))
	}
	if a.Amount != 0 && a.Of != 0 {
		parts = append(parts, m.t("budget_alert.of", m.money(a.Amount), m.money(a.Of)))
	} else if a.Amount != 0 {
		parts = append(parts, m.money(a.Amount))
	}
	if a.Jobs != 0 {
		parts = append(parts, m.t("budget_alert.jobs", m.jobs(a.Jobs)))
	}
	switch {
	case len(a.Months) > 0:
		parts = append(parts, strings.Trim(m.monthList(a.Months), " ()"))
	case a.Count > 0:
		parts = append(parts, m.n("budget_alert.days", int64(a.Count)))
	}
	return strings.TrimSuffix(text+" — "+strings.Join(parts, " · "), " — ")
}

// alertLines list the alerts of some codes under a heading.
func (v *budgetView) alertLines(codes []reconcile.BudgetAlertCode) []Line {
	lines := []Line{heading(v.m.t("alert.heading"))}
	alerts := v.alertsOf(codes)
	for i := range alerts {
		role := alertRole(alerts[i].Code)
		lines = append(lines, Line{Cells: []Cell{T(role.mark() + v.m.alertText(&alerts[i])).As(Strong)}})
	}
	if len(alerts) == 0 {
		lines = append(lines, Line{Cells: []Cell{T(Good.mark() + v.m.t("alert.none"))}})
	}
	return lines
}

// pageAlert is an alert of the page, with how grave it is and how many alike
// there are besides.
type pageAlert struct {
	role Role
	text string
	more int64
}

// allAlerts are those of the credits and of the project, then those of the mass:
// the first of each kind tells of the others.
func (v *budgetView) allAlerts() []pageAlert {
	var alerts []pageAlert
	if f := v.budget.Figures; f != nil {
		for i := range f.Alerts {
			if i > 0 && f.Alerts[i].Code == f.Alerts[i-1].Code {
				alerts[len(alerts)-1].more++
				continue
			}
			alerts = append(alerts, pageAlert{role: alertRole(f.Alerts[i].Code), text: v.m.alertText(&f.Alerts[i])})
		}
	}
	return append(append(alerts, v.massAlerts()...), v.programmeAlerts()...)
}

// shown is the alert in words.
func (a *pageAlert) shown(m *messages) string {
	switch {
	case a.more == 1:
		return a.role.mark() + m.t("alert.others.one", a.text, m.count(a.more))
	case a.more > 1:
		return a.role.mark() + m.t("alert.others.many", a.text, m.count(a.more))
	}
	return a.role.mark() + a.text
}

// programmeAlerts tell of the programmes that move beyond the benchmark, the
// heaviest.
func (v *budgetView) programmeAlerts() []pageAlert {
	var heaviest *massPart
	var count int64
	for i := range v.programmes {
		p := &v.programmes[i]
		m := p.mass(everyCategory)
		if !m.delta().Abs().Decimal().GreaterThan(benchmarkShare.Mul(m.legacy.Decimal())) {
			continue
		}
		if count++; heaviest == nil || m.delta().Abs() > heaviest.mass(everyCategory).delta().Abs() {
			heaviest = p
		}
	}
	if heaviest == nil {
		return nil
	}
	m := heaviest.mass(everyCategory)
	return []pageAlert{{Warn, v.m.t("alert.programme", v.m.programme(heaviest.name), v.m.delta(m.delta()), v.m.signedRate(int64(m.delta()), int64(m.legacy))), count - 1}}
}

// massAlerts are what moves the mass and has to be looked at, in words.
func (v *budgetView) massAlerts() []pageAlert {
	var alerts []pageAlert
	add := func(text string) { alerts = append(alerts, pageAlert{role: Warn, text: text}) }
	for i, m := range v.whole.judged() {
		judged := reconcile.AllJudged[i]
		if m.gaps > 0 && judged != reconcile.JudgedJustified && judged != reconcile.JudgedTolerated {
			add(v.m.t("alert."+string(judged), v.m.delta(m.delta), v.m.delta(monthsOfYear*m.lasting())))
		}
	}
	if m := v.whole.mass(ofTitle2("")); m != (masses{}) {
		add(v.m.t("alert.unclassed", v.m.money(m.legacy), v.m.money(m.onp)))
	}
	if year := monthsOfYear * v.whole.moved(everyGap).lasting(); year.Abs() > v.benchmark() {
		add(v.m.t("alert.benchmark", v.m.delta(year), v.m.money(v.benchmark())))
	}
	return alerts
}

// alertBlock lists the alerts, the first when they are many.
func (v *budgetView) alertBlock() []Line {
	const shown = 9
	lines := []Line{{Cells: []Cell{T(v.m.t("alert.heading")).As(Heading)}}}
	alerts := v.allAlerts()
	for _, a := range alerts[:min(len(alerts), shown)] {
		for _, text := range foldBold(a.shown(v.m), roomOf(budgetWidths[halfStep:spreadWidth])) {
			lines = append(lines, Line{Cells: []Cell{T(text).As(Strong)}})
		}
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
