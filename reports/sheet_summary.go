package reports

import (
	"strings"

	"bascule/reconcile"
)

// The page of the Synthèse is three bands of blocks side by side, each a label
// and three figures, with a gap between bands.
const (
	bandColumns = 4
	bandStep    = bandColumns + 1
	pageColumns = 3*bandStep - 1
	causeRows   = 8 // causes shown one by one
	moneyRows   = 12
	agentRows   = 7
	historyRows = 8
	rowPixels   = 18
	chartLines  = 13 // of a page of rows of the usual height
)

var summaryWidths = []int{28, 18, 18, 19, 2, 34, 10, 10, 18, 2, 58, 10, 10, 18}

// summarySheet is the page that a meeting looks at: the verdict in words, the
// key figures, what explains the gap, what is new, what to treat first, and the
// closing.
func (v *view) summarySheet() *Sheet {
	verdict, role := v.verdictText()
	lines := []Line{
		{Cells: []Cell{T(v.m.t("summary.title", v.m.month(v.Run.Period))).As(Title)}, Height: 2},
		{Cells: []Cell{T(v.identity()).As(Subtitle)}},
		{Cells: []Cell{T(v.aboutText())}},
		{Cells: banner(role.mark()+verdict, role, pageColumns), Height: 2},
		{},
	}
	lines = append(lines, v.keyFigures()...)
	steps := v.causeSteps()
	bridgeTop := len(lines) + 1
	lines = append(lines, sideBySide(v.bridgeBlock(steps), nil, v.moneyBlock())...)
	charts := v.causeChart(steps, lines, bridgeTop)
	lines = append(lines, Line{})
	lines = append(lines, sideBySide(v.evolutionBlock(), v.payslipBlock(), v.agentBlock())...)
	lines = append(lines, Line{})
	lines = append(lines, sideBySide(v.totalsBlock(), v.statusBlock(), v.kindBlock())...)
	lines = append(lines, Line{})
	historyTop := len(lines) + 1
	history := sideBySide(v.historyBlock(), nil, nil)
	if trend := v.trendChart(historyTop); trend != nil {
		history = padLines(history, historyRows+2)
		charts = append(charts, *trend)
	}
	lines = append(lines, history...)
	lines = append(lines, Line{}, v.closingLine())
	lines = append(lines, v.linkLines()...)
	for i := range lines {
		lines[i].Height = max(lines[i].Height, 1)
	}
	return &Sheet{
		Name:    v.sheets.summary,
		Tab:     role,
		Widths:  summaryWidths,
		Lines:   lines,
		OnePage: true,
		Printed: pageColumns,
		Charts:  charts,
	}
}

// aboutText says what a reader must know before the figures: that two months are
// compared, that the list goes on in other sheets.
func (v *view) aboutText() string {
	var parts []string
	if v.m.months {
		parts = append(parts, v.m.t("summary.about"))
	}
	if n := v.gapSheets(); n > 1 {
		parts = append(parts, v.m.t("gaps.sheets", n, v.sheets.discrepancies, v.sheets.discrepancies+" (2)"))
	}
	return strings.Join(parts, " ")
}

// banner is a coloured line across some columns.
func banner(text string, role Role, columns int) []Cell {
	cells := make([]Cell, columns)
	for i := range cells {
		cells[i] = Cell{Role: role}
	}
	cells[0] = T(text).As(role)
	cells[0].Large = true
	return cells
}

// sideBySide lays blocks in bands.
func sideBySide(blocks ...[]Line) []Line { return inBands(bandStep, blocks...) }

// inBands lays blocks in bands of step columns, the last of them a gap.
func inBands(step int, blocks ...[]Line) []Line {
	height := 0
	for _, b := range blocks {
		height = max(height, len(b))
	}
	lines := make([]Line, height)
	for i := range lines {
		lines[i].Cells = make([]Cell, len(blocks)*step-1)
		for j, b := range blocks {
			if i < len(b) {
				copy(lines[i].Cells[j*step:], b[i].Cells)
			}
		}
	}
	return lines
}

func padLines(lines []Line, height int) []Line {
	for len(lines) < height {
		lines = append(lines, Line{})
	}
	return lines
}

// block is a heading, a header row and rows.
func block(heading Cell, header []string, rows ...[]Cell) []Line {
	return blockOf(bandColumns, heading, header, rows...)
}

// blockOf is a block of some columns: a text, then figures.
func blockOf(columns int, heading Cell, header []string, rows ...[]Cell) []Line {
	for len(header) < columns {
		header = append(header, "")
	}
	lines := []Line{{Cells: []Cell{heading.As(Heading)}}, {Cells: headers(1, header...)}}
	for _, row := range rows {
		for len(row) < columns {
			row = append(row, Cell{Role: row[0].Role})
		}
		for i := range row {
			row[i].Role = rowRole(row[i].Role)
		}
		lines = append(lines, Line{Cells: row})
	}
	return lines
}

// rowRole is the role of a cell in a list.
func rowRole(r Role) Role {
	switch r {
	case Plain:
		return Body
	case Muted:
		return Faint
	}
	return r
}

// whole is a text that takes the lines that it needs.
func whole(s string) Cell {
	c := T(s)
	c.Wrap = true
	return c
}

func asTotal(row []Cell) []Cell {
	for i := range row {
		row[i].Role = Total
	}
	return row
}

// totalsBlock shows what both sides' files hold.
func (v *view) totalsBlock() []Line {
	l, o := &v.summary().Legacy, &v.summary().ONP
	counts := func(key string, x, y int64) []Cell { return []Cell{T(v.m.t(key)), N(x), N(y), signedCount(y - x)} }
	money := func(key string, x, y reconcile.Amount) []Cell {
		return []Cell{T(v.m.t(key)), A(x), A(y), D(y - x)}
	}
	return block(T(v.m.t("totals.heading")), []string{"", v.m.side(reconcile.Legacy), v.m.side(reconcile.ONP), v.m.t("word.gap")},
		counts("totals.files", int64(l.Files), int64(o.Files)),
		counts("totals.agents", l.Agents, o.Agents),
		counts("totals.payslips", l.Payslips, o.Payslips),
		counts("totals.lines", l.Lines, o.Lines),
		counts("totals.rejected", l.Rejected, o.Rejected),
		money("totals.to_pay", l.ToPay, o.ToPay),
		money("totals.to_deduct", l.ToDeduct, o.ToDeduct),
		asTotal(money("totals.net", l.ToPay-l.ToDeduct, o.ToPay-o.ToDeduct)),
		money("totals.information", l.Information, o.Information))
}

func signedCount(n int64) Cell { c := N(n); c.Text = "+"; return c }

// payslipBlock counts payslips by verdict, in numbers and shares of all.
func (v *view) payslipBlock() []Line {
	p := v.summary().Payslips
	all := allPayslips(&p)
	row := func(key string, n int64, to string) []Cell {
		c := T(v.m.t(key))
		if n > 0 && to != "" {
			c = c.To(to)
		}
		return []Cell{c, N(n), R(n, all)}
	}
	return block(T(v.m.t("payslips.heading")), []string{v.m.t("payslips.verdict"), v.m.t("word.count"), v.m.t("word.share")},
		row("payslips.identical", p.Identical, ""),
		row("payslips.tolerated", p.Tolerated, v.sheets.discrepancies),
		row("payslips.differing", p.Differing, v.sheets.discrepancies),
		row("payslips.missing_in_onp", p.MissingInONP, v.sheets.missing),
		row("payslips.missing_in_legacy", p.MissingInLegacy, v.sheets.missing),
		asTotal([]Cell{T(v.m.t("payslips.all")), N(all), R(all, all)}),
		asTotal([]Cell{T(v.m.t("payslips.concordance")), N(p.Identical + p.Tolerated), R(p.Identical+p.Tolerated, all)}))
}

func allPayslips(p *reconcile.PayslipSummary) int64 {
	return p.Matched + p.MissingInONP + p.MissingInLegacy
}

// statusBlock counts and sums the gaps by status.
func (v *view) statusBlock() []Line {
	var rows [][]Cell
	for _, s := range reconcile.Statuses {
		t := v.tally(func(c *reconcile.CauseTotal) bool { return c.Status == s })
		if t.count > 0 {
			rows = append(rows, []Cell{T(v.m.status(s)).As(statusRole(s)), N(t.count), R(t.count, v.summary().Discrepancies.Total), D(t.net)})
		}
	}
	d := v.summary().Discrepancies
	rows = append(rows, asTotal([]Cell{T(v.m.t("word.total")).To(v.sheets.discrepancies), N(d.Total), R(d.Total, d.Total), D(d.Delta)}))
	rows = append(rows,
		[]Cell{T(v.m.t("gaps.roots")), N(d.Roots), R(d.Roots, d.Total), {}},
		[]Cell{T(v.m.t("gaps.information")), {}, {}, D(d.DeltaInformation)},
		[]Cell{T(v.m.t("gaps.absolute")), {}, {}, A(d.Absolute)})
	return block(T(v.m.t("gaps.by_status")), []string{v.m.t("col.status"), v.m.t("word.count"), v.m.t("word.share"), v.m.t("word.net_effect")}, rows...)
}

// kindBlock counts and sums the gaps by kind, with links to their rows.
func (v *view) kindBlock() []Line {
	var rows [][]Cell
	for _, k := range reconcile.Kinds {
		t := v.tally(func(c *reconcile.CauseTotal) bool { return c.Kind == k })
		if t.count == 0 {
			continue
		}
		to := v.sheets.discrepancies
		if wholePayslip(k) {
			to = v.sheets.missing
		}
		rows = append(rows, []Cell{T(v.m.kind(k)).To(to), N(t.count), N(t.open), D(t.net)})
	}
	return block(T(v.m.t("gaps.by_kind")), []string{v.m.t("col.kind"), v.m.t("word.count"), v.m.t("word.open"), v.m.t("word.net_effect")}, orNone(rows, v.m)...)
}

// orNone says in words that a block has no row.
func orNone(rows [][]Cell, m *messages) [][]Cell {
	if len(rows) > 0 {
		return rows
	}
	return [][]Cell{{T(m.t("gaps.none"))}}
}

func (v *view) closingLine() Line {
	c := v.closing()
	cells := banner(c.Text, c.Role, pageColumns)
	cells[0].Link, cells[0].Large = v.sheets.checks, false
	return Line{Cells: cells}
}

// linkLines lead to every other sheet. Blank names leave room to the link before.
func (v *view) linkLines() []Line {
	n := v.sheets
	var lines []Line
	for _, names := range [][]string{
		{n.causes, n.clusters, n.discrepancies, n.missing, "", n.coverage, "", n.rejects, "", "", v.payslips()},
		{n.analysis, n.aggregates, n.checks, n.readMe},
	} {
		cells := make([]Cell, pageColumns)
		for i, name := range names {
			if name != "" {
				cells[i] = T("→ " + name).To(name)
			}
		}
		lines = append(lines, Line{Cells: cells})
	}
	return lines
}
