package reports

import (
	"strings"

	"bascule/reconcile"
)

const (
	barometerRuns  = 12 // shown, and drawn
	barometerWaves = 12
)

var barometerWidths = []int{36, 17, 15, 17, 2, 34, 11, 11, 24, 2, 34, 14, 17, 17}

// barometerSheet is the page that a committee looks at: the opinion in words,
// the rates against their targets, what moved, who has to act and for how long,
// and the concordance over the runs.
func (v *avisView) barometerSheet() *Sheet {
	_, role := v.m.opinionText(v.summary(), reconcile.WholeMinistry)
	lines := []Line{
		{Cells: []Cell{T(v.m.t("avis.title", v.m.month(v.Run.Period))).As(Title)}, Height: 2},
		{Cells: []Cell{T(v.identity()).As(Subtitle)}},
	}
	lines = append(lines, v.sealLines()...)
	lines = append(lines, Line{}, v.opinionBanner(pageColumns))
	lines = append(lines, v.reasonLines()...)
	lines = append(lines, Line{Cells: []Cell{T(v.evolutionText()).As(Muted)}}, Line{})
	lines = append(lines, sideBySide(v.targetBlock(), v.ownerBlock(), v.ageBlock())...)
	lines = append(lines, Line{})
	top := len(lines) + 1
	charts, below := v.barometerCharts(top), sideBySide(nil, v.waveBlock(), v.runBlock())
	if len(charts) > 0 {
		below = padLines(below, chartLines-furtherLines(below, barometerWidths))
	}
	lines = append(lines, below...)
	lines = append(lines, Line{}, v.avisLinks())
	for i := range lines {
		lines[i].Height = max(lines[i].Height, 1)
	}
	return &Sheet{Name: v.names.barometer, Tab: role, Lines: lines, OnePage: true, Charts: charts, Widths: barometerWidths}
}

// reasonLines say in words what holds the opinion back: the blocking criteria
// first, then the others, then decisions without a visa and what was loosened.
func (v *avisView) reasonLines() []Line {
	const shown = 6
	var lines []Line
	failing := append(v.failing(true), v.failing(false)...)
	for _, results := range failing[:min(len(failing), shown)] {
		lines = append(lines, inset(T(v.failure(results))))
	}
	if more := len(failing) - shown; more > 0 {
		lines = append(lines, inset(T(v.m.n("avis.more", int64(more))).To(v.names.gates)))
	}
	if n := v.summary().AwaitingVisa; n > 0 {
		lines = append(lines, inset(T(Warn.mark()+v.m.n("opinion.awaiting", n))))
	}
	if n := int64(len(v.avis.Loosenings)); n > 0 {
		lines = append(lines, inset(T(Warn.mark()+v.m.n("avis.loosened", n)).To(v.names.gates)))
	}
	return lines
}

// inset is a line off the edge of the page.
func inset(c Cell) Line {
	c.Inset = true
	return Line{Cells: []Cell{c}}
}

// failing gathers what is not held by criterion.
func (v *avisView) failing(blocking bool) [][]*reconcile.GateResult {
	var list [][]*reconcile.GateResult
	at := map[string]int{}
	for i := range v.summary().Gates {
		r := &v.summary().Gates[i]
		if r.OK || r.Blocking != blocking {
			continue
		}
		if _, met := at[r.ID]; !met {
			at[r.ID] = len(list)
			list = append(list, nil)
		}
		list[at[r.ID]] = append(list[at[r.ID]], r)
	}
	return list
}

// failure tells where a criterion is not held, and why in the first of these waves.
func (v *avisView) failure(results []*reconcile.GateResult) string {
	const widest = 60
	var waves []string
	for _, r := range results {
		waves = append(waves, v.m.wave(r.Wave))
	}
	_, role := v.m.gateVerdict(results[0])
	why := v.m.gateReason(results[0])
	if v.hides(results[0].Wave, results[0].Metric) {
		why = v.m.t("gate.reason", v.m.gateName(&results[0].Gate), v.gateValue(results[0]))
	}
	text := role.mark() + shorten(strings.Join(waves, ", "), widest) + " — " + why
	if len(waves) > 1 {
		text += " (" + waves[0] + ")"
	}
	return text
}

// targetBlock holds each metric of the whole against what its gates ask for.
func (v *avisView) targetBlock() []Line {
	var rows [][]Cell
	for _, metric := range reconcile.Metrics {
		if row := v.targetRow(metric); row != nil {
			rows = append(rows, row)
		}
	}
	return endingInText(block(T(v.m.t("avis.targets")).To(v.names.gates),
		[]string{v.m.t("avis.metric"), v.m.t("avis.value"), v.m.t("avis.target"), v.m.t("avis.held")}, orNone(rows, v.m)...))
}

// endingInText puts the header of a block's last column above texts.
func endingInText(lines []Line) []Line {
	lines[1].Cells[bandColumns-1].Right = false
	return lines
}

// targetRow is nil for a metric that nothing measures or judges.
func (v *avisView) targetRow(metric reconcile.Metric) []Cell {
	var of *reconcile.GateResult // of the whole, or else the worst of a wave
	held, judged, blocking := 0, 0, false
	for i := range v.summary().Gates {
		r := &v.summary().Gates[i]
		if r.Metric != metric {
			continue
		}
		judged++
		if r.OK {
			held++
		} else {
			blocking = blocking || r.Blocking
		}
		if of == nil || r.Wave == reconcile.WholeMinistry || !r.OK && of.OK && of.Wave != reconcile.WholeMinistry {
			of = r
		}
	}
	value := v.measureCell(reconcile.WholeMinistry, metric)
	if of == nil {
		if value.Type == Blank {
			return nil
		}
		return []Cell{T(v.m.metric(metric)), value, {}, T(v.m.t("avis.untargeted")).As(Muted)}
	}
	if metric == reconcile.MetricStability || value.Type == Blank {
		value = T(v.gateValue(of)).AtRight()
	}
	role := Good
	switch {
	case blocking:
		role = Bad
	case held < judged:
		role = Warn
	}
	verdict := v.m.t("gate.ok")
	if judged > 1 {
		verdict = v.m.t("gate.held", v.m.count(int64(held)), v.m.count(int64(judged)))
	} else if held == 0 {
		verdict = v.m.t("gate.blocking")
	}
	return []Cell{T(v.m.metric(metric)), value, T(v.m.threshold(&of.Gate)).AtRight(), T(role.mark() + verdict).As(role)}
}

// ownerBlock counts the open gaps by who has to act, under what moved since the
// run before.
func (v *avisView) ownerBlock() []Line {
	by := v.summary().Discrepancies.ByEvolution
	var moved, rows [][]Cell
	for _, e := range reconcile.Evolutions {
		moved = append(moved, []Cell{T(v.m.evolution(e)), N(by[e])})
	}
	lines := block(T(v.m.t("avis.evolution")), []string{v.m.t("col.evolution"), v.m.t("word.count")}, moved...)
	for _, o := range v.avis.Owners {
		if o.Gaps > 0 {
			rows = append(rows, []Cell{T(v.m.owner(o.Owner)), N(o.Roots), N(o.Gaps), D(o.DeltaNet)})
		}
	}
	return append(append(lines, Line{}), block(T(v.m.t("avis.owners")),
		[]string{v.m.t("avis.owner"), v.m.t("avis.roots"), v.m.t("avis.gaps"), v.m.t("word.net_effect")}, orNone(rows, v.m)...)...)
}

// ageBlock counts the open roots by age, then what may have been paid wrongly by
// the side of 24 months it falls on.
func (v *avisView) ageBlock() []Line {
	var rows [][]Cell
	var all int64
	for _, n := range v.avis.RootAges {
		all += n
	}
	from := 0
	for i, n := range v.avis.RootAges {
		label := v.m.t("avis.age.over", from)
		switch {
		case i == 0:
			label = v.m.t("avis.age.upto", reconcile.AgeBounds[i])
		case i < len(reconcile.AgeBounds):
			label = v.m.t("avis.age.between", from+1, reconcile.AgeBounds[i])
		}
		if i < len(reconcile.AgeBounds) {
			from = reconcile.AgeBounds[i]
		}
		rows = append(rows, []Cell{T(label), N(n), R(n, all)})
	}
	lines := block(T(v.m.t("avis.ages")), []string{v.m.t("avis.age"), v.m.t("avis.roots"), v.m.t("word.share")}, rows...)
	if len(v.avis.Ageing) == 0 {
		return lines
	}
	var sums [2]reconcile.AgeTotal // under, then over 24 months
	for i := range v.avis.Ageing {
		a := &v.avis.Ageing[i]
		s := &sums[0]
		if a.Over24 {
			s = &sums[1]
		}
		s.Count, s.Overpaid, s.Underpaid = s.Count+a.Count, s.Overpaid+a.Overpaid, s.Underpaid+a.Underpaid
	}
	row := func(key string, s *reconcile.AgeTotal) []Cell {
		return []Cell{T(v.m.t(key)), N(s.Count), A(s.Overpaid), A(s.Underpaid)}
	}
	return append(append(lines, Line{}), block(T(v.m.t("avis.undue")), []string{v.m.t("avis.age"), v.m.t("avis.gaps"), v.m.t("avis.overpaid"), v.m.t("avis.underpaid")},
		row("avis.under24", &sums[0]), row("avis.over24", &sums[1]))...)
}

// waveBlock gives the opinion on each wave, the first when they are many.
func (v *avisView) waveBlock() []Line {
	var rows [][]Cell
	for _, name := range v.avis.Waves[:min(len(v.avis.Waves), barometerWaves)] {
		w := v.waveRow(name)
		label := strings.TrimSuffix(v.m.wave(name)+" — "+w.Label, " — ")
		rows = append(rows, []Cell{whole(label), M(w.Cutover), v.measureCell(name, reconcile.MetricConcordancePayslips), v.opinionCell(v.summary().Opinions[name])})
	}
	if more := len(v.avis.Waves) - len(rows); more > 0 {
		rows = append(rows, []Cell{T(v.m.n("avis.more_waves", int64(more))).To(v.names.waves)})
	}
	if len(rows) == 0 {
		rows = [][]Cell{{T(v.m.t("avis.no_wave"))}}
	}
	return endingInText(block(T(v.m.t("avis.waves")).To(v.names.waves),
		[]string{v.m.t("avis.wave"), v.m.t("avis.cutover"), v.m.t("history.rate"), v.m.t("avis.opinion")}, rows...))
}

// runBlock shows the last runs that compare the systems, which the chart draws.
func (v *avisView) runBlock() []Line {
	var rows [][]Cell
	for _, p := range v.drawnRuns() {
		rows = append(rows, []Cell{T(v.runName(&p)), R(p.Identical+p.Tolerated, p.Matched+p.Missing), N(p.Open), D(p.DeltaNet)})
	}
	if len(rows) == 0 {
		rows = [][]Cell{{T(v.m.t("history.none"))}}
	}
	return block(T(v.m.t("avis.runs")).To(v.names.history), []string{v.m.t("history.what"), v.m.t("history.rate"), v.m.t("word.open"), v.m.t("word.net_effect")}, rows...)
}

func (v *avisView) drawnRuns() []RunPoint { return v.History[max(0, len(v.History)-barometerRuns):] }

func (v *avisView) barometerCharts(top int) []Chart {
	runs := len(v.drawnRuns())
	if runs < 2 {
		return nil
	}
	const column = 2*bandStep + 1
	from, to, under := rateAxis(v.drawnRuns())
	return []Chart{{
		Title: v.rateTitle(from, to), Kind: Curve, Percent: true, From: from, To: to, Under: under, Row: top, Col: 1, Width: pixels(barometerWidths[:bandColumns]), Height: 228,
		Categories: Range{column, top + 2, top + 1 + runs}, Series: []Series{{Values: Range{column + 1, top + 2, top + 1 + runs}}},
		AltText: v.m.t("chart.history.alt"),
	}}
}

// avisLinks lead to every other sheet.
func (v *avisView) avisLinks() Line {
	cells := make([]Cell, pageColumns)
	for i, name := range []string{v.names.waves, v.names.gates, v.names.history, v.names.signatures} {
		cells[i] = T("→ " + name).To(name)
	}
	return Line{Cells: cells}
}
