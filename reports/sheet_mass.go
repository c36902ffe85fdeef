package reports

import (
	"cmp"
	"iter"
	"slices"

	"bascule/reconcile"
)

// massRow is what both sides pay on one axis in one category, and what the gaps
// move there.
type massRow struct {
	reconcile.MassAxis
	reconcile.MassCategory
	masses
	judged [5]reconcile.OptAmount // in the order of AllJudged; absent where there is no gap
}

// transfers is what the other side books elsewhere: what the gaps do not tell.
func (r *massRow) transfers() reconcile.Amount {
	left := r.delta()
	for _, moved := range r.judged {
		left -= moved.Amount
	}
	return left
}

// massRows joins what is paid with the gaps, in the order of the store.
func (v *budgetView) massRows() []massRow {
	type key struct {
		reconcile.MassAxis
		reconcile.MassCategory
	}
	at := make(map[key]int, len(v.budget.Lines))
	rows := make([]massRow, 0, len(v.budget.Lines))
	of := func(k key) *massRow {
		i, known := at[k]
		if !known {
			i = len(rows)
			at[k] = i
			rows = append(rows, massRow{MassAxis: k.MassAxis, MassCategory: k.MassCategory})
		}
		return &rows[i]
	}
	for i := range v.budget.Lines {
		l := &v.budget.Lines[i]
		of(key{l.MassAxis, l.MassCategory}).masses = masses{l.Legacy, l.ONP}
	}
	for i := range v.budget.Gaps {
		g := &v.budget.Gaps[i]
		if held := slices.Index(reconcile.AllJudged, g.Judged); held >= 0 {
			sum := &of(key{g.MassAxis, g.MassCategory}).judged[held]
			*sum = reconcile.Some(sum.Amount + g.Delta)
		}
	}
	slices.SortFunc(rows, func(a, b massRow) int {
		return cmp.Or(reconcile.CompareMassAxes(a.MassAxis, b.MassAxis), compareNames(a.Title2, b.Title2), compareFlags(a.CAS, b.CAS), cmp.Compare(a.Account, b.Account))
	})
	return rows
}

func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// massSheet gives a row to each place, population and nature of the expense,
// under the totals of all of them.
func (v *budgetView) massSheet() *Sheet {
	rows := v.massRows()
	lines := v.head(v.m.t("mass.sheet", v.m.month(v.Run.Period)), v.m.t("mass.purpose"))
	lines[len(lines)-1] = v.massTotals(rows)
	columns := []Column{
		v.titled("programme", Text, 11), v.titled("bop", Text, 14), v.titled("service", Text, 16), v.titled("mass_population", Text, 15), v.titled("wave", Text, 9),
		v.titled("mass_title2", Text, 31), v.titled("mass_cas", Text, 14), v.titled("mass_account", Text, 11),
		v.titled("mass_legacy", Money, 20), v.titled("mass_onp", Money, 20), v.titled("delta", Delta, 18),
	}
	for _, j := range reconcile.AllJudged {
		columns = append(columns, Column{Key: "judged_" + string(j), Header: v.m.judged(j), Type: Delta, Width: 18})
	}
	columns = append(columns, v.titled("mass_transfers", Delta, 18))
	return &Sheet{
		Name:  v.names.mass,
		Tab:   Muted,
		Lines: lines,
		Table: &Table{Name: v.m.t("table.mass"), Columns: columns, Frozen: 2, Empty: v.m.t("mass.empty"), Rows: v.massCells(rows)},
	}
}

const massTexts = 8 // columns before the amounts

func (v *budgetView) massCells(rows []massRow) iter.Seq2[[]Cell, error] {
	cells := make([]Cell, 0, massTexts+9)
	return slice(rows, func(r *massRow) []Cell {
		cas := v.m.t("mass.cas.no")
		if r.CAS {
			cas = v.m.t("mass.cas.yes")
		}
		cells = append(cells[:0], T(r.Programme), T(r.BOP), T(r.Service), T(v.m.population(r.Population)), T(r.Wave), T(v.m.title2(r.Title2)), T(cas), T(r.Account))
		return appendMass(cells, r)
	})
}

// appendMass adds the amounts of a row.
func appendMass(cells []Cell, r *massRow) []Cell {
	cells = append(cells, A(r.legacy), A(r.onp), D(r.delta()))
	for _, moved := range r.judged {
		cells = append(cells, optDelta(moved))
	}
	transfers := Cell{}
	if t := r.transfers(); t != 0 {
		transfers = D(t)
	}
	return append(cells, transfers)
}

// massTotals is the line that stays in sight above the table.
func (v *budgetView) massTotals(rows []massRow) Line {
	var sum massRow
	for i := range rows {
		sum.legacy, sum.onp = sum.legacy+rows[i].legacy, sum.onp+rows[i].onp
		for j, moved := range rows[i].judged {
			sum.judged[j] = reconcile.Some(sum.judged[j].Amount + moved.Amount)
		}
	}
	cells := make([]Cell, massTexts)
	cells[0] = T(v.m.t("word.total"))
	return Line{Cells: asTotal(appendMass(cells, &sum))}
}
