package reports

import (
	"slices"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// programmeSheet gives a row to each programme, under their total, then cuts it
// by BOP, by nature of the expense and by cause.
func (v *budgetView) programmeSheet() *Sheet {
	lines := v.head(v.m.t("programmes.title", v.m.month(v.Run.Period)), v.m.t("programmes.purpose"))
	lines[len(lines)-1] = Line{Cells: asTotal(v.programmeCells(T(v.m.t("word.total")), &v.whole))}
	columns := v.programmeColumns()
	below := slices.Concat(v.gapLines(), v.causeLines(), v.bopLines(columns), v.natureLines())
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
		v.titled("mass_programme", Text, 30), v.titled("mass_legacy", Money, 20), v.titled("mass_onp", Money, 20), v.titled("delta", Delta, 19),
		v.titled("mass_share", Percent, 21), v.titled("delta_share", Percent, 18),
		v.titled("heads_legacy", Count, 18), v.titled("heads_onp", Count, 18), v.titled("jobs_legacy", Jobs, 18), v.titled("jobs_onp", Jobs, 18),
		v.titled("cost_legacy", Money, 18), v.titled("cost_onp", Money, 18),
	}
}

// programmeCells follows the order of programmeColumns. The average cost of a job
// is that of the month, to the nearest centime.
func (v *budgetView) programmeCells(name Cell, p *massPart) []Cell {
	m, s := p.mass(everyCategory), p.staff()
	return append(massCells(name, m), S(int64(m.delta()), int64(v.whole.mass(everyCategory).delta())),
		N(s.heads[reconcile.Legacy]), N(s.heads[reconcile.ONP]), J(s.quotite[reconcile.Legacy]), J(s.quotite[reconcile.ONP]),
		perJob(m.legacy, s.quotite[reconcile.Legacy]), perJob(m.onp, s.quotite[reconcile.ONP]))
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
	lines := []Line{blockHeading(v.m.t("programmes.by_bop")), {Cells: headers(1, names...), Height: 2}}
	for i := range v.programmes {
		p := &v.programmes[i]
		for _, bop := range p.split(func(a *reconcile.MassAxis) string { return a.BOP }) {
			lines = append(lines, bodyLine(v.programmeCells(whole(v.bopName(p.name, bop.name)), &bop)))
		}
	}
	return append([]Line{{}}, loose(lines)...)
}

func (v *budgetView) bopName(programme, bop string) string {
	if bop == "" {
		bop = v.m.t("programmes.no_bop")
	}
	return v.m.t("programmes.bop_of", Clean(programme), Clean(bop))
}

// gapLines cut the difference of each programme by nature, then into gaps and
// transfers.
func (v *budgetView) gapLines() []Line {
	names := []string{v.m.t("mass.programme"), v.m.t("word.gap"), v.m.t("col.mass_gaps"), v.m.t("col.mass_transfers")}
	for _, t := range title2 {
		names = append(names, v.m.title2(t))
	}
	return v.matrix(v.m.t("programmes.gaps"), append(names, v.m.t("mass.cas"), v.m.t("mass.without_cas")), func(p *massPart) []reconcile.Amount {
		amounts := p.differences()
		for _, t := range title2 {
			amounts = append(amounts, p.mass(ofTitle2(t)).delta())
		}
		return append(amounts, p.mass(withCAS).delta(), p.mass(withoutCAS).delta())
	})
}

// differences are the difference of a part, what the gaps tell of it, and what
// one side books elsewhere.
func (p *massPart) differences() []reconcile.Amount {
	delta, gaps := p.mass(everyCategory).delta(), p.moved(everyGap).delta
	return []reconcile.Amount{delta, gaps, delta - gaps}
}

// causeLines cut the gaps of each programme by cause, some causes at a time.
func (v *budgetView) causeLines() []Line {
	const abreast = 8
	var lines []Line
	for causes := range slices.Chunk(v.whole.causes(), abreast) {
		names := []string{v.m.t("mass.programme"), v.m.t("word.gap"), v.m.t("col.mass_gaps"), v.m.t("col.mass_transfers")}
		for _, c := range causes {
			names = append(names, v.m.cause(c.cause))
		}
		lines = append(lines, v.matrix(v.m.t("programmes.by_cause"), names, func(p *massPart) []reconcile.Amount {
			amounts := p.differences()
			for _, c := range causes {
				amounts = append(amounts, p.moved(ofCause(c.cause)).delta)
			}
			return amounts
		})...)
	}
	return lines
}

// matrix is a block of differences, a row for each programme and their total.
func (v *budgetView) matrix(title string, names []string, amounts func(*massPart) []reconcile.Amount) []Line {
	lines := []Line{{}, blockHeading(title), {Cells: headers(1, names...), Height: 2}}
	cells := func(name string, p *massPart) []Cell {
		row := []Cell{whole(name)}
		for _, a := range amounts(p) {
			row = append(row, D(a))
		}
		return row
	}
	for i := range v.programmes {
		lines = append(lines, bodyLine(cells(v.m.programme(v.programmes[i].name), &v.programmes[i])))
	}
	return append(lines, Line{Cells: asTotal(cells(v.m.t("word.total"), &v.whole))})
}

// natureLines give both sides of each programme by category, then by who bears it.
func (v *budgetView) natureLines() []Line {
	lines := []Line{{}, blockHeading(v.m.t("programmes.by_nature")), {Cells: headers(1, v.m.t("mass.nature"), v.m.side(reconcile.Legacy), v.m.side(reconcile.ONP), v.m.t("word.gap"), v.m.t("mass.share"))}}
	nature := func(p *massPart, nature string, keep func(*reconcile.MassCategory) bool) {
		if m := p.mass(keep); m != (masses{}) {
			lines = append(lines, bodyLine(massCells(T(nature), m)))
		}
	}
	for i := range v.programmes {
		p := &v.programmes[i]
		lines = append(lines, Line{Cells: asTotal(massCells(whole(v.m.programme(p.name)), p.mass(everyCategory))), Block: i > 0})
		for _, t := range title2 {
			nature(p, v.m.title2(t), ofTitle2(t))
		}
		nature(p, v.m.t("mass.cas"), withCAS)
		nature(p, v.m.t("mass.without_cas"), withoutCAS)
	}
	return lines
}

// bodyLine is a row of a block.
func bodyLine(cells []Cell) Line {
	for i := range cells {
		cells[i].Role = Body
	}
	return Line{Cells: cells}
}
