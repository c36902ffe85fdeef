package reports

import (
	"strings"

	"bascule/reconcile"
)

// effectBlock shows what the switchover does month by month and cumulated, one-off
// apart from lasting, before and after the cutovers.
func (v *budgetView) effectBlock() []Line {
	e := &v.budget.Figures.Effect
	lines := []Line{blockHeading(v.m.t("effect.heading")), {Cells: []Cell{T(v.m.t("effect.purpose"))}}, {Cells: headers(1, v.m.t("col.month"), v.m.t("col.run"),
		v.m.t("col.mass_legacy"), v.m.t("col.mass_onp"), v.m.t("word.gap"), v.m.t("mass.lasting"), v.m.t("mass.one_off"), v.m.t("effect.before"), v.m.t("effect.after"),
		v.m.t("effect.cumulated"), v.m.t("effect.cumulated_lasting")), Height: 2}}
	for i := range e.Months {
		m := &e.Months[i]
		lines = append(lines, bodyLine([]Cell{T(m.Month.String()), N(m.Run), A(m.Legacy), A(m.ONP), D(m.Delta), D(m.Lasting), D(m.OneOff), D(m.Before), D(m.After),
			D(m.Cumulated), D(m.CumulatedLast)}))
	}
	total := []Cell{T(v.m.t("word.total")), {}, A(e.Legacy), A(e.ONP), D(e.Delta), D(e.Lasting), D(e.OneOff), D(e.Before), D(e.After), {}, {}}
	year := T(v.m.t("effect.full_year", v.m.delta(e.FullYear))).As(Strong)
	return append(lines, Line{Cells: asTotal(total)}, Line{Cells: []Cell{year}})
}

// switchedBlock shows each wave before its cutover and from it on.
func (v *budgetView) switchedBlock() []Line {
	lines := []Line{blockHeading(v.m.t("effect.waves")), {Cells: headers(1, v.m.t("col.wave"), v.m.t("col.cutover"), v.m.t("effect.months_before"), v.m.t("effect.before"),
		v.m.t("effect.lasting_before"), v.m.t("effect.months_after"), v.m.t("effect.after"), v.m.t("effect.lasting_after")), Height: 2}}
	lines[1].Cells[1].Right = false // above months
	for i := range v.budget.Figures.Effect.Waves {
		w := &v.budget.Figures.Effect.Waves[i]
		name := strings.TrimSuffix(v.m.wave(w.Wave)+" — "+w.Label, " — ")
		lines = append(lines, bodyLine([]Cell{whole(name), M(w.Cutover), N(w.MonthsBefore), D(w.Before), D(w.LastingBefore), N(w.MonthsAfter), D(w.After), D(w.LastingAfter)}))
	}
	return lines
}

// toleratedBlock weighs the centimes that tolerances let through (DOMAIN 4.1).
func (v *budgetView) toleratedBlock() []Line {
	t := &v.budget.Figures.Tolerated
	lines := []Line{blockHeading(v.m.t("tolerated.heading")), {Cells: headers(1, v.m.t("tolerated.what"), v.m.t("col.mass_gaps"), v.m.t("mass.share"), v.m.t("tolerated.yearly"), v.m.t("tolerated.gaps"),
		v.m.t("word.agents"), v.m.t("tolerated.cent")), Height: 2}}
	return append(lines, bodyLine([]Cell{T(v.toleratedSign(t.Delta)), D(t.Delta), S(int64(t.Delta), int64(t.Mass)), D(t.Yearly), N(t.Gaps), N(t.Agents), A(t.CentPerAgent)}))
}

// toleratedSign tells whom the tolerated centimes favour.
func (v *budgetView) toleratedSign(delta reconcile.Amount) string {
	switch {
	case delta > 0:
		return v.m.t("tolerated.more")
	case delta < 0:
		return v.m.t("tolerated.less")
	}
	return v.m.t("tolerated.even")
}
