package reports

import (
	"strconv"

	"bascule/reconcile"
)

const projectColumns = 13

// projectSheet shows where the project's AE and CP stand: in all, year by year,
// and a row for each workstream.
func (v *budgetView) projectSheet() *Sheet {
	lines := v.head(v.m.t("project.title"), v.m.t("project.purpose"))
	p := v.project()
	if p == nil {
		return v.wordSheet(v.names.project, append(lines, heading(v.m.t("project.none"))))
	}
	verdict, role := v.projectVerdict()
	lines = append(lines, Line{Cells: banner(role.mark()+verdict, role, projectColumns), Height: 2}, Line{})
	standing := len(lines) + 1
	lines = append(lines, v.standingBlock()...)
	lines = append(lines, Line{})
	years, charts := v.projectYears(standing, len(lines)+2)
	lines = append(lines, years...)
	lines = append(append(lines, Line{}), v.alertLines(projectAlerts)...)
	return &Sheet{
		Name: v.names.project, Tab: role, Charts: charts,
		Lines: append(lines, Line{}, blockHeading(v.m.t("project.workstreams"))),
		Table: &Table{Name: v.m.t("table.project"), Columns: v.projectTable(), Empty: v.m.t("project.no_workstream"), Rows: slice(p.Workstreams, v.workstreamCells)},
		Below: []Line{{Cells: asTotal(append([]Cell{T(v.m.t("word.total"))}, v.workstreamCells(&p.Total)[1:]...))}},
	}
}

func (v *budgetView) projectTable() []Column {
	return []Column{
		v.titledLong("workstream", 36), v.titled("ae", Money, 18), v.titled("committed", Money, 18), v.titled("left_ae", Delta, 18), v.titled("expected_ae", Money, 18),
		v.titled("cp", Money, 18), v.titled("paid", Money, 18), v.titled("left_cp", Delta, 18), v.titled("expected_cp", Money, 18),
		v.titled("to_pay", Money, 18), v.titled("further", Money, 18), v.titled("completion", Money, 18), v.titled("late", Count, 13),
	}
}

func (v *budgetView) project() *reconcile.ProjectBudget {
	if v.budget.Figures == nil {
		return nil
	}
	return v.budget.Figures.Project
}

// projectVerdict is the gravest alert of the project, in words.
func (v *budgetView) projectVerdict() (string, Role) {
	alerts := v.alertsOf(projectAlerts)
	t := &v.project().Total
	if len(alerts) == 0 {
		return v.m.t("project.sound", v.m.money(t.LeftAE), v.m.money(t.LeftCP), v.m.money(t.ToPay)), Good
	}
	return v.m.alertText(&alerts[0]), alertRole(alerts[0].Code)
}

// standingBlock sets AE and CP of the year side by side.
func (v *budgetView) standingBlock() []Line {
	t := &v.project().Total
	row := func(key string, opened, used, left, expected reconcile.Amount) Line {
		return bodyLine([]Cell{T(v.m.t(key)), A(opened), A(used), R(int64(used), int64(opened)), D(left), A(expected), D(left - expected)})
	}
	lines := []Line{
		blockHeading(v.m.t("project.standing", v.year())),
		{Cells: headers(1, v.m.t("project.what"), v.m.t("project.opened"), v.m.t("project.used"), v.m.t("project.used_share"), v.m.t("project.left"), v.m.t("project.expected"), v.m.t("project.after")), Height: 2},
		row("project.ae", t.AE, t.Committed, t.LeftAE, t.ExpectedAE),
		row("project.cp", t.CP, t.Paid, t.LeftCP, t.ExpectedCP),
	}
	words := v.m.t("project.completion", v.m.money(t.AllCommit), v.m.money(t.AllPaid), v.m.money(t.ToPay), v.m.money(t.Further), v.m.money(t.Completion))
	for _, text := range foldTo(words, roomOf(columnWidths(v.projectTable())[:projectChart-1])) {
		lines = append(lines, Line{Cells: []Cell{T(text)}})
	}
	return lines
}

// projectYears shows AE and CP year by year, and draws them. top is the row of
// the header, beside that at which the block above begins.
func (v *budgetView) projectYears(above, top int) ([]Line, []Chart) {
	p := v.project()
	lines := []Line{heading(v.m.t("project.years")), {Cells: headers(1, v.m.t("project.year"), v.m.t("project.ae_opened"), v.m.t("project.committed"), v.m.t("project.cp_opened"),
		v.m.t("project.paid"), v.m.t("project.foreseen")), Height: 2}}
	for i := range p.Years {
		y := &p.Years[i]
		lines = append(lines, bodyLine([]Cell{T(yearText(y.Year)), A(y.AE), A(y.Committed), A(y.CP), A(y.Paid), A(y.Expected)}))
	}
	n := len(p.Years)
	if n == 0 {
		return lines, nil
	}
	var series []Series
	for i, ink := range []Ink{InkSoft, InkMain, InkDown, InkLimit} {
		series = append(series, Series{Name: Range{2 + i, top, top}, Values: Range{2 + i, top + 1, top + n}, Ink: ink})
	}
	var amounts []reconcile.Amount
	for i := range p.Years {
		amounts = append(amounts, p.Years[i].AE, p.Years[i].Committed, p.Years[i].CP, p.Years[i].Paid)
	}
	unit, name := v.m.unitOf(amounts...)
	chart := Chart{Title: v.m.t("chart.project", name), Kind: Columns, Unit: unit, Legend: true, Row: above, Col: projectChart, Width: pixels(columnWidths(v.projectTable())[projectChart-1:]), Height: 250,
		Categories: Range{1, top + 1, top + n}, Series: series, AltText: v.m.t("chart.project.alt")}
	return padLines(lines, projectRows-(top-1-above)), []Chart{chart}
}

const (
	projectChart = 10 // column where the chart of AE and CP stands
	projectRows  = 15 // lines that it has beside it
)

// workstreamCells follows the order of the columns of projectSheet.
func (v *budgetView) workstreamCells(w *reconcile.WorkstreamBudget) []Cell {
	return []Cell{T(v.workstreamName(w.ID, w.Label)), A(w.AE), A(w.Committed), D(w.LeftAE), A(w.ExpectedAE), A(w.CP), A(w.Paid), D(w.LeftCP), A(w.ExpectedCP),
		A(w.ToPay), A(w.Further), A(w.Completion), N(w.Late)}
}

// workstreamName is a workstream by its number and its label; the blank one
// gathers the operations without any.
func (v *budgetView) workstreamName(id, label string) string {
	switch {
	case id == "":
		return v.m.t("project.unattached")
	case label == "":
		return Clean(id)
	}
	return Clean(id + " — " + label)
}

// yearText is a year as it is written, without thousands apart.
func yearText(year int) string { return strconv.Itoa(year) }
