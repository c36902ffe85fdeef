package reports

import (
	"iter"
	"strings"

	"bascule/reconcile"
)

// chartRows are the lines that a chart of a sheet covers.
const chartRows = 16

// trajectorySheet says where the year ends: each programme against its credits
// and its ceiling, the ministry month by month, the effect of the switchover over
// time, then every month of every programme.
func (v *budgetView) trajectorySheet() *Sheet {
	lines := v.head(v.m.t("trajectory.title", v.year()), v.m.t("trajectory.purpose"))
	f := v.budget.Figures
	if f == nil || len(f.Programmes) == 0 {
		return v.wordSheet(v.names.trajectory, append(lines, heading(v.m.t("trajectory.none"))))
	}
	lines = append(lines, v.trajectoryWords()...)
	lines = append(lines, Line{})
	lines = append(lines, v.landingBlock()...)
	lines = append(lines, Line{}, blockHeading(v.m.t("trajectory.ministry")))
	months, charts := v.ministryBlock(len(lines) + 1)
	lines = append(lines, months...)
	if len(charts) > 0 {
		for i := range charts {
			charts[i].Row = len(lines) + 2
		}
		lines = append(lines, make([]Line, chartRows+1)...)
	}
	lines = append(append(lines, Line{}), v.effectBlock()...)
	lines = append(append(lines, Line{}), v.switchedBlock()...)
	lines = append(append(lines, Line{}), v.toleratedBlock()...)
	return &Sheet{
		Name: v.names.trajectory, Tab: Muted, Charts: charts,
		Lines: append(lines, Line{}, blockHeading(v.m.t("trajectory.detail"))),
		Table: &Table{Name: v.m.t("table.trajectory"), Columns: v.trajectoryTable(), Empty: v.m.t("trajectory.none"), Rows: v.monthCells()},
	}
}

// wordWidths are those of a sheet of words: its longest line fits. One column alone,
// wider than a page, is not made smaller by LibreOffice, which cuts it.
var wordWidths = []int{42, 42, 42, 42, 42}

// wordSheet is a sheet that has nothing to show and says why.
func (v *budgetView) wordSheet(name string, lines []Line) *Sheet {
	return &Sheet{Name: name, Tab: Muted, Widths: wordWidths, Lines: lines}
}

// year is that of the budget.
func (v *budgetView) year() string {
	if v.budget.Figures != nil {
		return yearText(v.budget.Figures.Year)
	}
	return yearText(v.Run.Period.Year())
}

// trajectoryWords say what the figures stand on: which months have a run, which
// are estimated, and what is missing.
func (v *budgetView) trajectoryWords() []Line {
	f := v.budget.Figures
	words := []string{v.m.n("trajectory.executed", int64(len(f.Executed))) + v.m.monthList(f.Executed)}
	if len(f.Estimated) > 0 {
		words = append(words, v.m.n("trajectory.estimated", int64(len(f.Estimated)))+v.m.monthList(f.Estimated))
	}
	lines := []Line{{Cells: []Cell{T(strings.Join(words, " · ")).As(Strong)}}, {Cells: []Cell{T(v.m.t("trajectory.methods"))}}}
	if !f.Total.Credits.Told {
		lines = append(lines, Line{Cells: []Cell{T(Warn.mark() + v.m.t("trajectory.no_credits")).As(Strong)}})
	}
	if !f.Total.Declared.Told {
		lines = append(lines, Line{Cells: []Cell{T(Warn.mark() + v.m.t("trajectory.no_profile")).As(Strong)}})
	}
	return lines
}

// monthList names months: ": 2013-01 … 2013-12" when they follow each other.
func (m *messages) monthList(months []reconcile.Period) string {
	if len(months) == 0 {
		return ""
	}
	first, last := months[0], months[len(months)-1]
	if len(months) > 2 && int(last-first) == len(months)-1 {
		return " (" + m.t("trajectory.from_to", m.shortMonth(first), m.shortMonth(last)) + ")"
	}
	names := make([]string, len(months))
	for i, p := range months {
		names[i] = m.shortMonth(p)
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// opt is an amount that may be absent, which is not nought.
func opt(o reconcile.OptAmount) Cell {
	if !o.Set {
		return Cell{}
	}
	return A(o.Amount)
}

// optDelta is a difference that may be absent.
func optDelta(o reconcile.OptAmount) Cell {
	if !o.Set {
		return Cell{}
	}
	return D(o.Amount)
}

// yearEnd is where a method says the year ends.
func yearEnd(f *reconcile.Forecast) Cell {
	if !f.Told {
		return Cell{}
	}
	return A(f.YearEnd)
}

// jobs of a year are shown to two decimals, halves away from zero.
func jobs(j reconcile.Jobs) Cell { return J(j.Decimal().Shift(4).IntPart()) }

func optJobs(o reconcile.OptJobs) Cell {
	if !o.Set {
		return Cell{}
	}
	return jobs(o.Jobs)
}

// monthJobs are those of a month, exact.
func monthJobs(o reconcile.OptJobs) Cell {
	if !o.Set {
		return Cell{}
	}
	return J(int64(o.Jobs))
}

// landingBlock shows where each programme ends the year, the ministry last.
func (v *budgetView) landingBlock() []Line {
	f := v.budget.Figures
	header := headers(1, v.m.t("mass.programme"), v.m.t("trajectory.paid"), v.m.t("trajectory.arrears"), v.m.t("trajectory.explained"), v.m.t("trajectory.declared"),
		v.m.t("trajectory.simple"), v.m.t("trajectory.lfi"), v.m.t("trajectory.moved"), v.m.t("trajectory.frozen"), v.m.t("trajectory.available"),
		v.m.t("trajectory.margin"), v.m.t("trajectory.margin_share"), v.m.t("trajectory.jobs"), v.m.t("trajectory.jobs_end"), v.m.t("trajectory.ceiling"), v.m.t("trajectory.jobs_margin"))
	lines := []Line{blockHeading(v.m.t("trajectory.landing")), {Cells: header, Height: 2}}
	for i := range f.Programmes {
		p := &f.Programmes[i]
		lines = append(lines, bodyLine(v.landingCells(v.m.programme(p.Programme), p)))
	}
	return append(lines, Line{Cells: asTotal(v.landingCells(v.m.t("word.total"), &f.Total))})
}

func (v *budgetView) landingCells(name string, p *reconcile.ProgrammeBudget) []Cell {
	cells := []Cell{whole(name), A(p.Executed), A(p.Arrears), yearEnd(&p.Explained), yearEnd(&p.Declared), yearEnd(&p.Simple)}
	if c := &p.Credits; c.Told {
		cells = append(cells, A(c.LFI), D(c.Moved), D(c.Frozen), A(c.Available))
	} else {
		cells = append(cells, Cell{}, Cell{}, Cell{}, Cell{})
	}
	share := Cell{}
	if p.Explained.Margin.Set {
		share = S(int64(p.Explained.Margin.Amount), int64(p.Credits.Available))
	}
	return append(cells, optDelta(p.Explained.Margin), share, jobs(p.Jobs.Executed), optJobs(p.Jobs.Explained), optJobs(p.Jobs.Ceiling), optJobs(p.Jobs.Margin))
}

// ministryBlock shows the ministry month by month, cumulated, and draws it
// against its credits and its ceiling. top is the row of the header.
func (v *budgetView) ministryBlock(top int) ([]Line, []Chart) {
	total := &v.budget.Figures.Total
	lines := []Line{{Cells: headers(1, v.m.t("col.month"), v.m.t("trajectory.month_paid"), v.m.t("trajectory.cumul_paid"), v.m.t("trajectory.cumul_explained"), v.m.t("trajectory.cumul_declared"),
		v.m.t("trajectory.cumul_simple"), v.m.t("trajectory.available"), v.m.t("trajectory.left"), v.m.t("trajectory.jobs_month"), v.m.t("trajectory.jobs_forecast"), v.m.t("trajectory.ceiling")), Height: 2}}
	var paid, explained, declared, simple reconcile.Amount
	for i := range total.Months {
		m := &total.Months[i]
		cells := []Cell{T(m.Month.String()), opt(m.Executed), {}, {}, {}, {}, {}, {}, monthJobs(m.Jobs), monthJobs(m.Forecast), optJobs(total.Jobs.Ceiling)}
		if m.Executed.Set {
			paid += m.Executed.Amount
			cells[2] = A(paid)
		}
		for _, of := range []struct {
			at    int
			sum   *reconcile.Amount
			month reconcile.OptAmount
		}{{3, &explained, m.Explained}, {4, &declared, m.Declared}, {5, &simple, m.Simple}} {
			if of.month.Set {
				*of.sum += of.month.Amount
				cells[of.at] = A(*of.sum)
			}
		}
		if total.Credits.Told {
			cells[6] = A(m.Available)
			if m.Explained.Set {
				cells[7] = D(m.Available - explained)
			}
		}
		lines = append(lines, bodyLine(cells))
	}
	return lines, v.trajectoryCharts(top, len(total.Months))
}

// trajectoryCharts draw what is paid and forecast against the credits, and the
// jobs against their ceiling.
func (v *budgetView) trajectoryCharts(top, months int) []Chart {
	if months == 0 {
		return nil
	}
	total := &v.budget.Figures.Total
	column := func(col int, ink Ink, line bool) Series {
		return Series{Name: Range{col, top, top}, Values: Range{col, top + 1, top + months}, Ink: ink, Line: line}
	}
	credits := []Series{column(3, InkSoft, false), column(4, InkMain, true)}
	if total.Declared.Told {
		credits = append(credits, column(5, InkDown, true))
	}
	if total.Credits.Told {
		credits = append(credits, column(7, InkLimit, true))
	}
	posts := []Series{column(9, InkSoft, false)}
	if total.Jobs.Explained.Set {
		posts = append(posts, column(10, InkMain, false))
	}
	if total.Jobs.Ceiling.Set {
		posts = append(posts, column(11, InkLimit, false))
	}
	categories := Range{1, top + 1, top + months}
	unit, name := v.m.unitOf(total.Explained.YearEnd, total.Declared.YearEnd, total.Executed, total.Credits.Available)
	const second, gap = 8, 20 // the column of the second chart, and pixels before it
	widths := columnWidths(v.trajectoryTable())
	return []Chart{
		{Title: v.m.t("chart.trajectory", name), Kind: Columns, Unit: unit, Legend: true, Col: 1, Width: pixels(widths[:second-1]) - gap, Height: 300, Categories: categories, Series: credits, AltText: v.m.t("chart.trajectory.alt")},
		{Title: v.m.t("chart.jobs"), Kind: Curve, Legend: true, Col: second, Width: pixels(widths[second-1:]), Height: 300, Categories: categories, Series: posts, AltText: v.m.t("chart.jobs.alt")},
	}
}

func columnWidths(columns []Column) []int {
	widths := make([]int, len(columns))
	for i := range columns {
		widths[i] = columns[i].Width
	}
	return widths
}

func (v *budgetView) trajectoryTable() []Column {
	return []Column{
		v.titled("mass_programme", Text, 26), v.titled("month", Month, 20), v.titled("run", Count, 20), v.titled("mass_legacy", Money, 20), v.titled("mass_onp", Money, 20),
		v.titled("executed", Money, 20), v.titled("arrears", Money, 20), v.titled("profile", Money, 20), v.titled("by_explained", Money, 20), v.titled("by_declared", Money, 20),
		v.titled("by_simple", Money, 20), v.titled("available", Figure, 20), v.titled("month_jobs", Jobs, 14), v.titled("month_jobs_forecast", Jobs, 14),
		v.titled("entries", Jobs, 14), v.titled("exits", Jobs, 14),
	}
}

// monthCells follows the order of trajectoryTable.
func (v *budgetView) monthCells() iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for i := range v.budget.Figures.Programmes {
			p := &v.budget.Figures.Programmes[i]
			for j := range p.Months {
				m := &p.Months[j]
				cells := []Cell{T(v.m.programme(p.Programme)), M(m.Month), {}, {}, {}, opt(m.Executed), {}, opt(m.Profile), opt(m.Explained), opt(m.Declared), opt(m.Simple), {},
					monthJobs(m.Jobs), monthJobs(m.Forecast), J(int64(m.Entries)), J(int64(m.Exits))}
				if m.Run > 0 {
					cells[2], cells[3], cells[4], cells[6] = N(m.Run), A(m.Legacy), A(m.ONP), A(m.Arrears)
				}
				if p.Credits.Told {
					cells[11] = A(m.Available)
				}
				if !yield(cells, nil) {
					return
				}
			}
		}
	}
}
