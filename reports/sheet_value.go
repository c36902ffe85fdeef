package reports

import "bascule/reconcile"

// valueSheet says what the project is worth: what was expected, what is retained
// once measured, when it pays back, and the test of one euro saved for one spent
// within three years (DOMAIN 5.5).
func (v *budgetView) valueSheet() *Sheet {
	lines := v.head(v.m.t("value.title"), v.m.t("value.purpose"))
	var value *reconcile.ProjectValue
	if v.budget.Figures != nil {
		value = v.budget.Figures.Value
	}
	if value == nil {
		return v.wordSheet(v.names.value, append(lines, heading(v.m.t("value.none"))))
	}
	verdict, role := v.valueVerdict(&value.Retained)
	lines = append(lines, Line{Cells: banner(role.mark()+verdict, role, valueColumns), Height: 2}, Line{})
	lines = append(lines, v.outcomeBlock(value)...)
	lines = append(lines, Line{})
	top, years := len(lines)+2, len(value.Years)
	lines = append(lines, blockHeading(v.m.t("value.years")))
	columns := []Column{
		v.titled("value_year", Text, 44), v.titled("expected_gains", Money, 19), v.titled("measured_gains", Money, 19), v.titled("expected_costs", Money, 19),
		v.titled("measured_costs", Money, 19), v.titled("gains", Money, 19), v.titled("costs", Money, 19), v.titled("net", Delta, 19), v.titled("cumulated", Figure, 19), v.titled("present", Delta, 19),
	}
	sheet := &Sheet{
		Name: v.names.value, Tab: role, Lines: lines,
		Table: &Table{Name: v.m.t("table.value"), Columns: columns, Empty: v.m.t("value.none"), Rows: slice(value.Years, v.valueCells)},
	}
	if years > 0 {
		sheet.Below = v.valueTotal(value)
		column := func(col int, ink Ink, line bool) Series {
			return Series{Name: Range{col, top, top}, Values: Range{col, top + 1, top + years}, Ink: ink, Line: line}
		}
		sheet.Below = append(sheet.Below, Line{})
		sheet.Below = append(sheet.Below, make([]Line, chartRows)...)
		sheet.Below[len(sheet.Below)-chartRows].Block = true
		var amounts []reconcile.Amount
		for i := range value.Years {
			amounts = append(amounts, value.Years[i].Gains, value.Years[i].Costs, value.Years[i].Cumulated)
		}
		unit, name := v.m.unitOf(amounts...)
		sheet.Charts = []Chart{{Title: v.m.t("chart.value", name), Kind: Columns, Unit: unit, Legend: true, Row: top + years + 3, Col: 1, Width: pixels(columnWidths(columns)[:chartColumns]), Height: 300,
			Categories: Range{1, top + 1, top + years}, Series: []Series{column(6, InkMain, false), column(7, InkDown, false), column(9, InkLimit, true)}, AltText: v.m.t("chart.value.alt")}}
	}
	return sheet
}

const (
	valueColumns = 10
	chartColumns = 7 // under which the chart stands
)

// valueVerdict tells whether the project pays back and passes the test.
func (v *budgetView) valueVerdict(o *reconcile.ValueOutcome) (string, Role) {
	payback := v.m.t("value.no_payback")
	if o.Payback > 0 {
		payback = v.m.t("value.payback", yearText(o.Payback))
	}
	switch {
	case o.TestYear == 0:
		return payback, Warn
	case !o.TestTold:
		return payback + " " + v.m.t("value.beyond", yearText(o.TestYear)), Warn
	case o.TestPassed:
		return payback + " " + v.m.t("value.passed", yearText(o.TestYear), v.m.money(o.TestGains), v.m.money(o.TestCosts)), Good
	}
	return payback + " " + v.m.t("value.failed", yearText(o.TestYear), v.m.money(o.TestGains), v.m.money(o.TestCosts)), Warn
}

// outcomeBlock sets what was expected beside what is retained.
func (v *budgetView) outcomeBlock(value *reconcile.ProjectValue) []Line {
	x, y := &value.Expected, &value.Retained
	lines := []Line{heading(v.m.t("value.outcome")), {Cells: headers(1, v.m.t("value.what"), v.m.t("value.expected"), v.m.t("value.retained"), v.m.t("word.gap")), Height: 2}}
	row := func(label string, a, b reconcile.Amount) {
		lines = append(lines, bodyLine([]Cell{T(label), A(a), A(b), D(b - a)}))
	}
	row(v.m.t("value.gains"), x.Gains, y.Gains)
	row(v.m.t("value.costs"), x.Costs, y.Costs)
	row(v.m.t("value.net"), x.Net, y.Net)
	row(v.m.t("value.present", v.m.rateText(value.Rate), yearText(value.BaseYear)), x.Present, y.Present)
	text := func(label, a, b string) {
		lines = append(lines, bodyLine([]Cell{T(label), T(a).AtRight(), T(b).AtRight(), {}}))
	}
	text(v.m.t("value.payback_year"), v.yearOrNone(x.Payback), v.yearOrNone(y.Payback))
	text(v.m.t("value.test"), v.testText(x), v.testText(y))
	return lines
}

func (v *budgetView) yearOrNone(year int) string {
	if year == 0 {
		return v.m.t("value.never")
	}
	return yearText(year)
}

func (v *budgetView) testText(o *reconcile.ValueOutcome) string {
	switch {
	case o.TestYear == 0:
		return v.m.t("value.untested")
	case !o.TestTold:
		return v.m.t("value.not_given", yearText(o.TestYear))
	case o.TestPassed:
		return Good.mark() + v.m.t("word.yes")
	}
	return Bad.mark() + v.m.t("word.no")
}

// valueCells follows the order of the columns of valueSheet.
func (v *budgetView) valueCells(y *reconcile.ValueYear) []Cell {
	return []Cell{T(yearText(y.Year)), A(y.ExpectedGains), A(y.MeasuredGains), A(y.ExpectedCosts), A(y.MeasuredCosts), A(y.Gains), A(y.Costs), D(y.Net), D(y.Cumulated), D(y.Present)}
}

func (v *budgetView) valueTotal(value *reconcile.ProjectValue) []Line {
	var sum reconcile.ValueYear
	for i := range value.Years {
		y := &value.Years[i]
		sum.ExpectedGains, sum.MeasuredGains, sum.ExpectedCosts, sum.MeasuredCosts = sum.ExpectedGains+y.ExpectedGains, sum.MeasuredGains+y.MeasuredGains, sum.ExpectedCosts+y.ExpectedCosts, sum.MeasuredCosts+y.MeasuredCosts
		sum.Gains, sum.Costs, sum.Net, sum.Present = sum.Gains+y.Gains, sum.Costs+y.Costs, sum.Net+y.Net, sum.Present+y.Present
	}
	cells := v.valueCells(&sum)
	cells[0], cells[8] = T(v.m.t("word.total")), Cell{}
	return []Line{{Cells: asTotal(cells)}}
}
