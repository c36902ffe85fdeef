package reports

import (
	"bascule/reconcile"
)

// signedRate prints n out of of as a percentage whose sign is always shown,
// rounded towards zero.
func (m *messages) signedRate(n, of int64) string {
	if of < 0 {
		n, of = -n, -of
	}
	switch {
	case n > 0 && of > 0:
		return "+" + m.rate(n, of)
	case n < 0 && of > 0:
		return m.minus() + m.rate(-n, of)
	}
	return m.rate(n, of)
}

// title2 names a category of title 2; what feeds no element is to be classed.
func (m *messages) title2(category string) string {
	if _, known := catalogue()["title2."+category]; known {
		return m.t("title2." + category)
	}
	if category == "" {
		return m.t("title2.none")
	}
	return category
}

func (m *messages) judged(j reconcile.Judged) string { return m.t("judged." + string(j)) }

// programme names a programme; pay booked nowhere has none.
func (m *messages) programme(code string) string {
	if code == "" {
		return m.t("programme.none")
	}
	return m.t("programme.of", Clean(code))
}

// population names a status as the files have it.
func (m *messages) population(status string) string {
	if _, known := catalogue()["population."+status]; !known {
		return status
	}
	return m.t("population." + status)
}

// massAlerts are what the controller has to look at, in words.
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
	const shown = 7
	lines := []Line{{Cells: []Cell{T(v.m.t("alert.heading")).As(Heading)}}}
	alerts := v.massAlerts()
	for _, text := range alerts[:min(len(alerts), shown)] {
		lines = append(lines, Line{Cells: []Cell{T(Warn.mark() + text).As(Strong)}})
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
