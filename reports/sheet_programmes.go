package reports

import (
	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// programmeSheet gives a row to each programme, under their total, then cuts it
// by BOP, by nature of the expense and by cause.
func (v *budgetView) programmeSheet() *Sheet {
	lines := v.head(v.m.t("programmes.title", v.m.month(v.Run.Period)), v.m.t("programmes.purpose"))
	lines[len(lines)-1] = Line{Cells: asTotal(v.programmeCells(T(v.m.t("word.total")), &v.whole))}
	columns := v.programmeColumns()
	below := v.bopLines(columns)
	below = append(below, v.natureLines()...)
	below = append(below, v.causeLines()...)
	return &Sheet{
		Name:  v.names.programmes,
		Tab:   Muted,
		Lines: lines,
		Table: &Table{
			Name: v.m.t("table.programmes"), Columns: columns, Frozen: 1, Empty: v.m.t("mass.empty"),
			Rows: slice(v.programmes, func(p *massPart) []Cell { return v.programmeCells(T(v.m.programme(p.name)), p) }),
		},
		Below: below,
	}
}

func (v *budgetView) programmeColumns() []Column {
	return []Column{
		v.titled("mass_programme", Text, 24), v.titled("mass_legacy", Money, 20), v.titled("mass_onp", Money, 20), v.titled("delta", Delta, 18),
		v.titled("mass_share", Percent, 10), v.titled("delta_share", Percent, 11),
		v.titled("heads_legacy", Count, 11), v.titled("heads_onp", Count, 11), v.titled("jobs_legacy", Jobs, 13), v.titled("jobs_onp", Jobs, 13),
		v.titled("cost_legacy", Money, 16), v.titled("cost_onp", Money, 16),
		v.titled("delta_21", Delta, 16), v.titled("delta_22", Delta, 16), v.titled("delta_23", Delta, 16), v.titled("delta_none", Delta, 16),
		v.titled("delta_cas", Delta, 16), v.titled("delta_without_cas", Delta, 16), v.titled("mass_gaps", Delta, 16), v.titled("mass_transfers", Delta, 16),
	}
}

// programmeCells follows the order of programmeColumns. The average cost of a job
// is that of the month, to the nearest centime.
func (v *budgetView) programmeCells(name Cell, p *massPart) []Cell {
	m, s, gaps := p.mass(everyCategory), p.staff(), p.moved(everyGap).delta
	cells := append(massCells(name, m), S(int64(m.delta()), int64(v.whole.mass(everyCategory).delta())),
		N(s.heads[reconcile.Legacy]), N(s.heads[reconcile.ONP]), J(s.quotite[reconcile.Legacy]), J(s.quotite[reconcile.ONP]),
		perJob(m.legacy, s.quotite[reconcile.Legacy]), perJob(m.onp, s.quotite[reconcile.ONP]))
	for _, t := range title2 {
		cells = append(cells, D(p.mass(ofTitle2(t)).delta()))
	}
	return append(cells, D(p.mass(withCAS).delta()), D(p.mass(withoutCAS).delta()), D(gaps), D(m.delta()-gaps))
}

// perJob is an amount for each full-time equivalent, given in ten-thousandths,
// rounded half up to the centime; of nobody it is blank.
func perJob(a reconcile.Amount, quotite int64) Cell {
	if quotite == 0 {
		return Cell{}
	}
	const centimes = 2
	euros := a.Decimal().Mul(decimal.NewFromInt(fullJob)).DivRound(decimal.NewFromInt(quotite), centimes)
	return A(reconcile.Round(euros, reconcile.HalfUp))
}

// fullJob is a full-time job in the unit of J.
const fullJob = 10_000

// bopLines cut each programme by BOP, in the columns of the table.
func (v *budgetView) bopLines(columns []Column) []Line {
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].Header
	}
	names[0] = v.m.t("programmes.bop")
	lines := []Line{{}, heading(v.m.t("programmes.by_bop")), {Cells: headers(1, names...), Height: 2}}
	for i := range v.programmes {
		p := &v.programmes[i]
		for _, bop := range p.split(func(a *reconcile.MassAxis) string { return a.BOP }) {
			lines = append(lines, bodyLine(v.programmeCells(T(v.bopName(p.name, bop.name)), &bop)))
		}
	}
	return lines
}

func (v *budgetView) bopName(programme, bop string) string {
	if bop == "" {
		bop = v.m.t("programmes.no_bop")
	}
	return v.m.t("programmes.bop_of", Clean(programme), Clean(bop))
}

// natureLines cut each programme by category, then by who bears it.
func (v *budgetView) natureLines() []Line {
	lines := []Line{{}, heading(v.m.t("programmes.by_nature")), {Cells: headers(1, v.m.t("mass.programme"), v.m.side(reconcile.Legacy), v.m.side(reconcile.ONP), v.m.t("word.gap"), v.m.t("mass.share"), v.m.t("mass.nature"))}}
	lines[2].Cells[5].Right = false
	row := func(p *massPart, nature string, keep func(*reconcile.MassCategory) bool) {
		if m := p.mass(keep); m != (masses{}) {
			lines = append(lines, bodyLine(append(massCells(T(v.m.programme(p.name)), m), T(nature))))
		}
	}
	for i := range v.programmes {
		p := &v.programmes[i]
		for _, t := range title2 {
			row(p, v.m.title2(t), ofTitle2(t))
		}
		row(p, v.m.t("mass.cas"), withCAS)
		row(p, v.m.t("mass.without_cas"), withoutCAS)
	}
	return lines
}

// causeLines cut the gaps of each programme by cause: what is left of its
// difference is booked elsewhere by one of the sides.
func (v *budgetView) causeLines() []Line {
	causes := v.whole.causes()
	names := []string{v.m.t("mass.programme"), v.m.t("word.gap"), v.m.t("col.mass_gaps"), v.m.t("col.mass_transfers")}
	for _, c := range causes {
		names = append(names, v.m.cause(c.cause))
	}
	lines := []Line{{}, heading(v.m.t("programmes.by_cause")), {Cells: headers(1, names...), Height: 2}}
	cells := func(name string, p *massPart) []Cell {
		row := []Cell{T(name), D(p.mass(everyCategory).delta()), D(p.moved(everyGap).delta), D(p.transfers())}
		for _, c := range causes {
			row = append(row, D(p.moved(ofCause(c.cause)).delta))
		}
		return row
	}
	for i := range v.programmes {
		lines = append(lines, bodyLine(cells(v.m.programme(v.programmes[i].name), &v.programmes[i])))
	}
	return append(lines, Line{Cells: asTotal(cells(v.m.t("word.total"), &v.whole))})
}

// bodyLine is a row of a block.
func bodyLine(cells []Cell) Line {
	for i := range cells {
		cells[i].Role = Body
	}
	return Line{Cells: cells}
}
