package reports

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// The page of the budget is two bands of blocks side by side, each a label and
// four figures. Right of it, out of what is printed, stand the steps that the
// chart of the bridge draws.
const (
	halfColumns  = 5
	halfStep     = halfColumns + 1
	spreadWidth  = 2*halfStep - 1
	bridgeRows   = 10 // causes shown
	budgetRows   = 12 // programmes shown
	bridgeHeight = 19 // lines that the chart covers
	monthsOfYear = 12
)

var budgetWidths = []int{40, 21, 21, 20, 20, 2, 46, 20, 20, 20, 20, 2, 12, 12, 12, 12, 12, 12}

// benchmarkShare is what title 2 of the programmes 176 and 152 spent in 2022
// beyond the finance act: +0.92 % (DOMAIN 5.1).
var benchmarkShare = decimal.New(92, -4)

// budgetSummarySheet is the page that the finance controller reads in a minute:
// what the month would cost under ONP, why, whose errors are in it, what lasts.
func (v *budgetView) budgetSummarySheet() *Sheet {
	verdict, role := v.massVerdict()
	lines := []Line{
		{Cells: []Cell{T(v.m.t("mass.title", v.m.month(v.Run.Period))).As(Title)}, Height: 2},
		{Cells: []Cell{T(v.identity()).As(Subtitle)}},
	}
	if seal := v.summary().Seal; seal != "" {
		lines = append(lines, Line{Cells: []Cell{T(v.m.t("avis.seal")).As(Strong), H(seal)}})
	}
	lines = append(lines, Line{}, Line{Cells: banner(role.mark()+verdict, role, spreadWidth), Height: 2}, Line{Cells: []Cell{T(v.scaleText())}}, Line{Cells: []Cell{T(v.landingText()).To(v.names.trajectory)}}, Line{})
	mass, bridge := v.monthBlock(), v.bridgeBlock()
	bridgeTop := len(lines) + len(mass) + 3 // a blank line and the heading stand above its header
	left := append(append(mass, Line{}), bridge...)
	right := append(append(v.judgedBlock(), Line{}), v.yearBlock()...)
	right = append(append(right, Line{}), v.alertBlock()...)
	lines = append(lines, inBands(halfStep, left, right)...)
	charts := v.bridgeChart(lines, bridgeTop, len(lines)+2)
	lines = append(lines, Line{})
	below := inBands(halfStep, nil, v.programmeBlock())
	if len(charts) > 0 {
		below = padLines(below, bridgeHeight)
	}
	lines = append(lines, below...)
	lines = append(lines, Line{}, v.budgetLinks())
	for i := range lines {
		lines[i].Height = max(lines[i].Height, 1)
	}
	return &Sheet{Name: v.sheets.summary, Tab: role, Widths: budgetWidths, Lines: lines, Charts: charts, Printed: spreadWidth, OnePage: true}
}

// massVerdict tells what the month would cost under ONP, and how grave that is.
func (v *budgetView) massVerdict() (string, Role) {
	if !v.closes() {
		return v.m.t("mass.broken"), Bad
	}
	mass, moved := v.whole.mass(everyCategory), v.whole.moved(everyGap)
	if len(v.budget.Lines) == 0 {
		return v.m.t("mass.empty"), Warn
	}
	role := Good
	for _, a := range v.allAlerts() {
		if a.role == Bad || role == Good {
			role = a.role
		}
	}
	if moved.gaps == 0 && mass.delta() == 0 {
		return v.m.t("mass.equal", v.m.money(mass.legacy)), role
	}
	return v.m.t("mass.verdict", v.m.money(mass.onp), v.m.money(mass.legacy), v.m.delta(mass.delta()), v.m.signedRate(int64(mass.delta()), int64(mass.legacy)),
		v.m.delta(moved.lasting()), v.m.delta(moved.oneOff)), role
}

// scaleText holds the lasting effect over a year against how far title 2 once
// went beyond its credits.
func (v *budgetView) scaleText() string {
	year := monthsOfYear * v.whole.moved(everyGap).lasting()
	return v.m.t("mass.scale", v.m.delta(year), v.m.signedRate(int64(year), int64(v.yearlyMass())), v.m.money(v.benchmark()))
}

// landingText tells where the year ends, and what margin that leaves.
func (v *budgetView) landingText() string {
	f := v.budget.Figures
	switch {
	case f == nil || !f.Total.Explained.Told:
		return v.m.t("trajectory.none")
	case !f.Total.Explained.Margin.Set:
		return v.m.t("trajectory.sentence_alone", v.year(), v.m.money(f.Total.Explained.YearEnd))
	}
	e, available := &f.Total.Explained, f.Total.Credits.Available
	return v.m.t("trajectory.sentence", v.year(), v.m.money(e.YearEnd), v.m.money(available), v.m.delta(e.Margin.Amount), v.m.signedRate(int64(e.Margin.Amount), int64(available)))
}

// yearlyMass is what the legacy side would pay in a year of such months.
func (v *budgetView) yearlyMass() reconcile.Amount {
	return monthsOfYear * v.whole.mass(everyCategory).legacy
}

// benchmark is +0.92 % of the yearly mass, to the nearest centime.
func (v *budgetView) benchmark() reconcile.Amount {
	return reconcile.Round(v.yearlyMass().Decimal().Mul(benchmarkShare), reconcile.HalfUp)
}

// massCells are both sides' amounts, their difference and its share.
func massCells(label Cell, m masses) []Cell {
	return []Cell{label, A(m.legacy), A(m.onp), D(m.delta()), S(int64(m.delta()), int64(m.legacy))}
}

// monthBlock shows the mass of the month by category, then within and without
// the CAS Pensions.
func (v *budgetView) monthBlock() []Line {
	var rows [][]Cell
	for _, t := range title2 {
		if m := v.whole.mass(ofTitle2(t)); t != "" || m != (masses{}) {
			rows = append(rows, massCells(T(v.m.title2(t)), m))
		}
	}
	rows = append(rows, asTotal(massCells(T(v.m.t("mass.total")).To(v.names.mass), v.whole.mass(everyCategory))),
		massCells(T(v.m.t("mass.cas")), v.whole.mass(withCAS)), massCells(T(v.m.t("mass.without_cas")), v.whole.mass(withoutCAS)))
	return blockOf(halfColumns, T(v.m.t("mass.month")).To(v.names.mass), []string{v.m.t("mass.nature"), v.m.side(reconcile.Legacy), v.m.side(reconcile.ONP), v.m.t("word.gap"), v.m.t("mass.share")}, rows...)
}

func movementCells(label Cell, m movement) []Cell {
	return []Cell{label, D(m.delta), D(m.oneOff), D(m.lasting()), D(monthsOfYear * m.lasting())}
}

func (v *budgetView) movementHeader(what string) []string {
	return []string{what, v.m.t("word.gap"), v.m.t("mass.one_off"), v.m.t("mass.lasting"), v.m.t("mass.year")}
}

// bridgeBlock goes from the mass of one side to that of the other, cause by cause.
func (v *budgetView) bridgeBlock() []Line {
	mass := v.whole.mass(everyCategory)
	rows := [][]Cell{asTotal([]Cell{T(v.m.t("bridge.legacy")), A(mass.legacy), {}, {}, {}})}
	for _, s := range v.bridge() {
		rows = append(rows, movementCells(T(s.label), s.movement))
	}
	total := movementCells(T(v.m.t("bridge.onp")), v.whole.moved(everyGap))
	total[1] = A(mass.onp)
	return blockOf(halfColumns, T(v.m.t("bridge.heading")).To(v.names.programmes), v.movementHeader(v.m.t("col.cause")), append(rows, asTotal(total))...)
}

// step is what a part of the gaps moves.
type step struct {
	label string
	movement
}

// bridge lists the steps from a side to the other: the heaviest causes, then the
// others together.
func (v *budgetView) bridge() []step {
	var steps []step
	for i, c := range v.whole.causes() {
		if i < bridgeRows {
			steps = append(steps, step{v.m.cause(c.cause), c.movement})
			continue
		}
		if i == bridgeRows {
			steps = append(steps, step{label: v.m.t("bridge.others")})
		}
		other := &steps[bridgeRows].movement
		other.delta, other.oneOff, other.gaps = other.delta+c.delta, other.oneOff+c.oneOff, other.gaps+c.gaps
	}
	return steps
}

// judgedBlock splits what the gaps move by what is held of them.
func (v *budgetView) judgedBlock() []Line {
	var rows [][]Cell
	for i, m := range v.whole.judged() {
		rows = append(rows, movementCells(T(v.m.judged(reconcile.AllJudged[i])), m))
	}
	rows = append(rows, asTotal(movementCells(T(v.m.t("word.total")), v.whole.moved(everyGap))))
	return blockOf(halfColumns, T(v.m.t("judged.heading")).To(v.names.mass), v.movementHeader(v.m.t("judged.what")), rows...)
}

// yearBlock sets the lasting effect over a year apart from what does not come
// back, and against the scale.
func (v *budgetView) yearBlock() []Line {
	moved, annual := v.whole.moved(everyGap), int64(v.yearlyMass())
	year := monthsOfYear * moved.lasting()
	benchmark := v.benchmark()
	return blockOf(halfColumns, T(v.m.t("year.heading")), []string{v.m.t("year.what"), v.m.t("year.amount"), v.m.t("year.of_mass")},
		[]Cell{T(v.m.t("year.lasting")), D(moved.lasting()), S(int64(moved.lasting()), annual/monthsOfYear)},
		asTotal([]Cell{T(v.m.t("year.full")), D(year), S(int64(year), annual), {}, {}}),
		[]Cell{T(v.m.t("year.one_off")), D(moved.oneOff), S(int64(moved.oneOff), annual)},
		[]Cell{T(v.m.t("year.benchmark")), A(benchmark), S(benchmarkShare.Shift(4).IntPart(), 10_000)},
		[]Cell{T(v.m.t("year.of_benchmark")), {}, S(int64(year), int64(benchmark))})
}

// programmeBlock shows the programmes that pay most.
func (v *budgetView) programmeBlock() []Line {
	var rows [][]Cell
	heaviest := slices.Clone(v.programmes)
	slices.SortStableFunc(heaviest, func(a, b massPart) int {
		return cmp.Compare(b.mass(everyCategory).legacy, a.mass(everyCategory).legacy)
	})
	for i := range heaviest[:min(len(heaviest), budgetRows)] {
		p := &heaviest[i]
		rows = append(rows, massCells(T(v.m.programme(p.name)), p.mass(everyCategory)))
	}
	if more := len(v.programmes) - len(rows); more > 0 {
		rows = append(rows, []Cell{T(v.m.n("programmes.more", int64(more))).To(v.names.programmes)})
	}
	rows = append(rows, asTotal(massCells(T(v.m.t("word.total")), v.whole.mass(everyCategory))))
	return blockOf(halfColumns, T(v.m.t("programmes.heading")).To(v.names.programmes),
		[]string{v.m.t("mass.programme"), v.m.side(reconcile.Legacy), v.m.side(reconcile.ONP), v.m.t("word.gap"), v.m.t("mass.share")}, rows...)
}

// budgetLinks lead to every other sheet.
func (v *budgetView) budgetLinks() Line {
	cells := make([]Cell, spreadWidth)
	n := &v.names
	for i, name := range []string{n.mass, n.programmes, n.trajectory, n.project} {
		cells[i] = T("→ " + name).To(name)
	}
	for i, name := range []string{n.workstreams, n.value, v.sheets.checks} {
		cells[halfStep+i] = T("→ " + name).To(name)
	}
	return Line{Cells: cells}
}
