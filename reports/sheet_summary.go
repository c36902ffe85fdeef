package reports

import (
	"path/filepath"

	"bascule/reconcile"
)

// The page of the Synthèse is three bands of blocks side by side, each a label
// and three figures, with a gap between bands.
const (
	bandColumns = 4
	bandStep    = bandColumns + 1
	pageColumns = 3*bandStep - 1
	topRows     = 10 // causes and clusters shown
	historyRows = 8
	chartLines  = 13
)

var summaryWidths = []int{24, 17, 17, 17, 2, 36, 10, 10, 17, 2, 52, 10, 10, 17}

// summarySheet is the page that a meeting looks at: the verdict in words, both
// totals, the gaps by status, kind, cause and cluster, and the closing.
func (v *view) summarySheet() *Sheet {
	verdict, role := v.verdictText()
	about := Cell{}
	if v.m.months {
		about = T(v.m.t("summary.about"))
	}
	lines := []Line{
		{Cells: []Cell{T(v.m.t("summary.title", v.m.month(v.Run.Period))).As(Title)}, Height: 2},
		{Cells: []Cell{T(v.identity()).As(Subtitle)}},
		{Cells: []Cell{about}},
		{Cells: banner(role.mark()+verdict, role, pageColumns), Height: 2},
		{Cells: []Cell{T(v.effectText())}},
		{Cells: []Cell{T(v.evolutionText()).As(Muted)}},
		{},
	}
	lines = append(lines, sideBySide(v.totalsBlock(), v.payslipBlock(), v.statusBlock())...)
	lines = append(lines, Line{})
	causesTop := len(lines) + 1
	byCause := v.causeBlock()
	lines = append(lines, sideBySide(v.kindBlock(), byCause, v.clusterBlock())...)
	lines = append(lines, Line{})
	chartTop := len(lines) + 1
	history := v.historyBlock()
	charts := v.summaryCharts(chartTop, causesTop, len(byCause))
	if beside := sideBySide(nil, nil, history); len(charts) > 0 {
		lines = append(lines, padLines(beside, chartLines)...)
	} else {
		lines = append(lines, beside...)
	}
	lines = append(lines, Line{})
	lines = append(lines, v.fileLines()...)
	lines = append(lines, Line{}, v.closingLine(), v.linkLine())
	return &Sheet{
		Name:    v.sheets.summary,
		Tab:     role,
		Widths:  summaryWidths,
		Lines:   lines,
		OnePage: true,
		Charts:  charts,
	}
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
			if row[i].Role == Plain {
				row[i].Role = Body
			}
		}
		lines = append(lines, Line{Cells: row})
	}
	return lines
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

// fileLines list the files that were read, the first of each side when they are many.
func (v *view) fileLines() []Line {
	const shown = 3 // of each side
	lines := []Line{{Cells: []Cell{T(v.m.t("inputs.heading")).As(Heading)}}, {Cells: v.fileHeader()}}
	for _, side := range reconcile.Sides {
		n := 0
		for i := range v.Run.Loads {
			if l := &v.Run.Loads[i]; v.Run.PlaceOf(l) == side {
				if n++; n <= shown {
					lines = append(lines, v.fileLine(l))
				}
			}
		}
		if n > shown {
			lines = append(lines, Line{Cells: []Cell{T(v.m.t("inputs.more", n-shown)).To(v.sheets.checks)}})
		}
	}
	return lines
}

// The files take the first two bands.
const fileColumns = bandStep + bandColumns

func (v *view) fileHeader() []Cell {
	cells := make([]Cell, fileColumns)
	cells[0], cells[1], cells[2] = T(v.m.t("inputs.side")), T(v.m.t("inputs.layout")), T(v.m.t("inputs.sha256"))
	cells[5], cells[6], cells[7], cells[8] = T(v.m.t("inputs.file")), T(v.m.t("inputs.payslips")), T(v.m.t("inputs.lines")), T(v.m.t("inputs.produced"))
	for i := range cells {
		cells[i].Role, cells[i].Right = Header, i == 6 || i == 7
	}
	return cells
}

func (v *view) fileLine(l *reconcile.Load) Line {
	cells := make([]Cell, fileColumns)
	cells[0] = T(v.m.side(v.Run.PlaceOf(l)))
	cells[1] = T(l.Layout)
	cells[2] = H(shortDigest(l.SHA256))
	cells[5] = T(shorten(filepath.Base(l.Path), 36))
	cells[6] = N(l.Payslips)
	cells[7] = N(l.Sums.Lines)
	cells[8] = Day(l.Produced)
	for i := range cells {
		cells[i].Role = Body
	}
	return Line{Cells: cells}
}

// shortDigest is what a page has room for; Contrôles has the whole.
func shortDigest(s string) string { return s[:min(len(s), 16)] }

func (v *view) closingLine() Line {
	c := v.closing()
	cells := banner(c.Text, c.Role, pageColumns)
	cells[0].Link, cells[0].Large = v.sheets.checks, false
	return Line{Cells: cells}
}

// linkLine leads to every other sheet.
func (v *view) linkLine() Line {
	n := v.sheets
	cells := make([]Cell, pageColumns)
	for i, name := range []string{n.causes, n.clusters, n.discrepancies, n.missing} {
		cells[i] = T("→ " + name).To(name)
	}
	for i, name := range []string{n.coverage, n.rejects} {
		cells[bandStep+i] = T("→ " + name).To(name)
	}
	cells[bandStep+2] = v.payslipLink()
	for i, name := range []string{n.checks, n.readMe} {
		cells[2*bandStep+i] = T("→ " + name).To(name)
	}
	return Line{Cells: cells}
}
