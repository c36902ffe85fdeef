package reports

import (
	"cmp"
	"slices"

	"bascule/reconcile"
)

// keyFigures are what a tired person reads first. They are texts: none is ever
// too wide for its place, and each stands as a number in a block below.
func (v *view) keyFigures() []Line {
	d, p := v.summary().Discrepancies, v.summary().Payslips
	openRoots, effect := v.rootsAndEffect()
	figures := []struct{ caption, value, note string }{
		{v.m.t("key.rate"), v.concordance(), v.sincePrevious(func(r *RunPoint) string {
			return v.m.points(rateIn(p.Identical+p.Tolerated, allPayslips(&p)) - rateIn(r.Identical+r.Tolerated, r.Matched+r.Missing))
		})},
		{v.m.t("key.open"), v.m.count(d.Open), v.sincePrevious(func(r *RunPoint) string { return v.m.signedCount(d.Open - r.Open) })},
		{v.m.t("key.roots"), v.m.count(openRoots), v.m.t("key.roots.note", v.m.count(d.Roots))},
		{v.m.t("key.net"), v.m.delta(d.Delta), v.sincePrevious(func(r *RunPoint) string { return v.m.delta(d.Delta - r.DeltaNet) })},
		{v.m.t("key.employer"), v.m.delta(effect.Employer), v.m.t("key.employer.note", v.m.delta(effect.Budget))},
		{v.m.t("key.absolute"), v.m.money(d.Absolute), v.m.t("key.absolute.note", v.m.delta(d.DeltaInformation))},
	}
	places := [...]int{0, 2, bandStep, bandStep + 1, 2 * bandStep, 2*bandStep + 1}
	lines := make([]Line, 3, 4)
	for i := range lines {
		lines[i].Cells = make([]Cell, pageColumns)
	}
	for i, f := range figures {
		lines[0].Cells[places[i]] = T(f.caption).As(Muted)
		lines[1].Cells[places[i]] = T(f.value).As(Title)
		lines[2].Cells[places[i]] = T(f.note).As(Muted)
	}
	lines[1].Height = 2
	return append(lines, Line{})
}

// rootsAndEffect counts the open roots and sums the effect of all roots with
// what derives from them.
func (v *view) rootsAndEffect() (open int64, effect reconcile.Effect) {
	for i := range v.Causes {
		c := &v.Causes[i]
		if c.Status.Open() {
			open += c.Roots
		}
		effect.Employer, effect.Budget = effect.Employer+c.Effect.Employer, effect.Budget+c.Effect.Budget
	}
	return open, effect
}

// sincePrevious tells how a figure moved since the previous run, where the
// history has it.
func (v *view) sincePrevious(moved func(*RunPoint) string) string {
	at := slices.IndexFunc(v.History, func(p RunPoint) bool { return p.Run == v.Run.Previous })
	if v.Run.Previous == 0 || at < 0 {
		return ""
	}
	return v.m.t("key.since", moved(&v.History[at]), v.Run.Previous)
}

// rateIn is n out of of in hundredths of a percent, rounded downwards.
func rateIn(n, of int64) int64 {
	if of == 0 {
		return 0
	}
	return n * 10_000 / of
}

// causeStep is what the roots of one cause move, with what derives from them.
type causeStep struct {
	label         Cell
	roots         int64
	employer, net reconcile.Amount
}

// causeSteps go from the net of one side to that of the other: the causes that
// move it or the employer's cost most, then the others together. What no root of the run explains is
// told apart, so that the steps always add up to the gap.
func (v *view) causeSteps() []causeStep {
	causes := slices.Clone(v.ByCause)
	slices.SortStableFunc(causes, func(x, y reconcile.CauseTotal) int {
		return cmp.Or(cmp.Compare(y.Effect.Net.Abs()+y.Effect.Employer.Abs(), x.Effect.Net.Abs()+x.Effect.Employer.Abs()), cmp.Compare(y.Roots, x.Roots))
	})
	var steps []causeStep
	left := v.summary().Discrepancies.Delta
	others := causeStep{label: T(v.m.t("bridge.others")).To(v.sheets.causes)}
	for i := range causes {
		c := &causes[i]
		left -= c.Effect.Net
		switch {
		case c.Roots == 0:
		case len(steps) < causeRows:
			steps = append(steps, causeStep{T(v.m.cause(c.Cause)).ToMark(v.sheets.causes, causeMark(c.Cause)), c.Roots, c.Effect.Employer, c.Effect.Net})
		default:
			others.roots, others.employer, others.net = others.roots+c.Roots, others.employer+c.Effect.Employer, others.net+c.Effect.Net
		}
	}
	if others.roots > 0 {
		steps = append(steps, others)
	}
	if left != 0 {
		steps = append(steps, causeStep{label: T(v.m.t("bridge.rootless")), net: left})
	}
	return steps
}

// causeMark is what the links to and from a cause share.
func causeMark(c reconcile.Cause) string { return "cause " + string(c) }

// bridgeBlock goes from the net of one side to that of the other, cause by cause.
func (v *view) bridgeBlock(steps []causeStep) []Line {
	s := v.summary()
	rows := [][]Cell{asTotal([]Cell{T(v.m.t("bridge.net_legacy")), {}, {}, A(s.Legacy.ToPay - s.Legacy.ToDeduct)})}
	var all causeStep
	for _, step := range steps {
		row := []Cell{step.label, {}, {}, D(step.net)}
		if step.roots > 0 {
			row[1], row[2] = N(step.roots), D(step.employer)
		}
		rows = append(rows, row)
		all.roots, all.employer, all.net = all.roots+step.roots, all.employer+step.employer, all.net+step.net
	}
	rows = append(rows,
		asTotal([]Cell{T(v.m.t("bridge.total")), N(all.roots), D(all.employer), D(all.net)}),
		asTotal([]Cell{T(v.m.t("bridge.net_onp")), {}, {}, A(s.ONP.ToPay - s.ONP.ToDeduct)}))
	heading := v.m.t("bridge.heading_net")
	const larger = 110 // hundredths: a heading has letters of 11 points
	beforeChart := roomOf(summaryWidths[:bandColumns])
	if BoldBreadth(heading)*larger/100 > beforeChart {
		heading = v.m.t("bridge.heading_any")
	}
	return block(T(heading).To(v.sheets.causes),
		[]string{v.m.t("col.cause"), v.m.t("col.roots"), v.m.t("bridge.employer"), v.m.t("word.net_effect")}, rows...)
}

// causeChart draws the steps of the bridge, whose heading stands at the row top.
func (v *view) causeChart(steps []causeStep, lines []Line, top int) []Chart {
	if len(steps) == 0 {
		return nil
	}
	deltas := make([]reconcile.Amount, len(steps))
	for i := range steps {
		deltas[i] = steps[i].net
	}
	const above = 3 // heading, header and net of the legacy side
	chart := v.m.bridgeChart(deltas, lines, pageColumns, top+above)
	chart.Row, chart.Col, chart.Width = top, bandStep+1, pixels(summaryWidths[bandStep:bandStep+bandColumns])
	rows := lines[top-1:]
	chart.Height = (len(v.bridgeBlock(steps))+furtherLines(rows, summaryWidths))*rowPixels + rowPixels/2
	return []Chart{chart}
}

// furtherLines is about how many lines texts take beyond one a row.
func furtherLines(rows []Line, widths []int) int {
	further := 0
	for i := range rows {
		most := 0
		for j := range rows[i].Cells {
			if c := &rows[i].Cells[j]; c.Wrap {
				most = max(most, (Breadth(c.Text)-1)/Room(widths[j]))
			}
		}
		further += most
	}
	return further
}

// evolutionBlock tells what is new since the previous run, and what each
// evolution moved the net effect by.
func (v *view) evolutionBlock() []Line {
	if v.Run.Previous == 0 {
		return block(T(v.m.t("evolution.heading")), []string{v.m.t("col.evolution"), v.m.t("word.count"), v.m.t("word.net_effect"), v.m.t("evolution.moved")}, []Cell{T(v.m.t("evolution.first"))})
	}
	var rows [][]Cell
	var total reconcile.EvolutionTotal
	for _, e := range reconcile.Evolutions {
		row := reconcile.EvolutionTotal{Evolution: e}
		if at := slices.IndexFunc(v.Evolutions, func(t reconcile.EvolutionTotal) bool { return t.Evolution == e }); at >= 0 {
			row = v.Evolutions[at]
		}
		rows = append(rows, []Cell{T(v.m.evolution(e)), N(row.Count), D(row.DeltaNet), D(row.Moved)})
		if total.Moved += row.Moved; e != reconcile.EvolutionResolved {
			total.Count, total.DeltaNet = total.Count+row.Count, total.DeltaNet+row.DeltaNet
		}
	}
	rows = append(rows, asTotal([]Cell{T(v.m.t("evolution.total")).To(v.sheets.discrepancies), N(total.Count), D(total.DeltaNet), D(total.Moved)}))
	return block(T(v.m.t("evolution.block", v.Run.Previous)),
		[]string{v.m.t("col.evolution"), v.m.t("word.count"), v.m.t("word.net_effect"), v.m.t("evolution.moved")}, rows...)
}
