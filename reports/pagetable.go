package reports

import (
	"strings"

	"bascule/reconcile"
)

// pageTable is a table of a page: a caption, one row of headers, rows.
type pageTable struct {
	Caption string
	Head    []pageCell
	Rows    [][]pageCell
}

type pageCell struct {
	Text, Class string
	Row         bool // heads its row
	Span        int  // columns it stands over; 0 is one
}

// tablesOf are the blocks of a sheet, as block makes them, one table for each.
func (v *view) tablesOf(lines []Line) []pageTable {
	var tables []pageTable
	for len(lines) > 0 {
		end := 0
		for end < len(lines) && len(lines[end].Cells) > 0 {
			end++
		}
		if end > 1 {
			tables = append(tables, v.tableOf(lines[:end]))
		}
		lines = lines[min(end+1, len(lines)):]
	}
	return tables
}

// tableOf is one block: its heading, its headers, its rows.
func (v *view) tableOf(lines []Line) pageTable {
	t := pageTable{Caption: lines[0].Cells[0].Text}
	head, rows := lines[1].Cells, lines[2:]
	columns := 0
	for _, line := range lines[1:] {
		for i, c := range line.Cells {
			if c.Type != Blank {
				columns = max(columns, i+1)
			}
		}
	}
	for i := range columns {
		t.Head = append(t.Head, pageCell{Text: head[i].Text, Class: numberClass(numericColumn(rows, i))})
	}
	for _, line := range rows {
		t.Rows = append(t.Rows, v.pageRow(line.Cells, columns))
	}
	return t
}

// pageRow is a row whose first cell heads it: over all of it, where it is alone.
func (v *view) pageRow(cells []Cell, columns int) []pageCell {
	row, filled := make([]pageCell, 0, columns), 0
	for i := range columns {
		c := Cell{}
		if i < len(cells) {
			c = cells[i]
		}
		if c.Type != Blank {
			filled++
		}
		class := strings.TrimSpace(numberClass(numericType(c.Type) || c.Right) + " " + pageClass(c.Role))
		row = append(row, pageCell{Text: v.m.shown(&c), Class: class, Row: i == 0})
	}
	if filled == 1 && columns > 1 && row[0].Text != "" {
		row[0].Span = columns
		return row[:1]
	}
	return row
}

func numberClass(number bool) string {
	if number {
		return "number"
	}
	return ""
}

// numericColumn tells whether a column holds figures.
func numericColumn(rows []Line, col int) bool {
	for _, line := range rows {
		if col < len(line.Cells) && (numericType(line.Cells[col].Type) || line.Cells[col].Right) {
			return true
		}
	}
	return false
}

func numericType(t CellType) bool {
	return t == Money || t == Delta || t == Count || t == Percent
}

// shown is a cell as a text, as a sheet shows it.
func (m *messages) shown(c *Cell) string {
	switch c.Type {
	case Money:
		return m.money(reconcile.Amount(c.N))
	case Delta:
		return m.delta(reconcile.Amount(c.N))
	case Count:
		if c.Text == "+" && c.N > 0 {
			return "+" + m.count(c.N)
		}
		return m.count(c.N)
	case Percent:
		return m.rate(c.N, c.Of)
	}
	return c.Text
}
