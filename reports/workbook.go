package reports

import (
	"iter"

	"bascule/reconcile"
)

// Workbook is a report: properties and sheets, in order.
type Workbook struct {
	Title, Subject, Description, Keywords string

	Lang   string // language of the document, "fr" or "en"
	Footer string // printed at the foot of each page: how confidential it is
	Stamp  Stamp  // which run it came from; zero where nothing is to be read back
	Sheets []*Sheet
}

// Sheet is a page: lines of cells, then at most one table, then lines that go
// with a table that has rows. The first cell of the first line is its title.
type Sheet struct {
	Name    string
	Tab     Role  // colour of the tab: Good, Warn, Bad or Muted
	Widths  []int // of the columns, in characters; blank: those of the table
	Lines   []Line
	Table   *Table
	Below   []Line
	Charts  []Chart
	Pivot   *Pivot // over the table of a sheet that follows
	Printed int    // number of columns printed, of a sheet without table; 0 is all
	OnePage bool   // printed on a single page; otherwise one page wide
}

// Line is a row of cells above the table. A cell may run over the blank cells
// at its right: nothing is merged.
type Line struct {
	Cells  []Cell
	Height int  // in lines of text; 0 is one
	Block  bool // begins a block, up to the next one, that a printed page does not cut where it can hold it
	Joint  bool // where a block that no page holds is rather cut
}

// Table is a list with one header row. Rows are pulled once, in order; a row
// may be reused by the next, so that memory does not grow with their number.
type Table struct {
	Name    string // of the Excel table: letters and digits
	Columns []Column
	Rows    iter.Seq2[[]Cell, error]
	Empty   string // the sentence that stands for a table without rows
	Frozen  int    // number of columns kept in sight
	Printed int    // number of columns printed; 0 is all
	Brief   bool   // only its first rows are printed
	First   int    // how many of them, when Brief
	Outline bool   // some rows belong under one before them
	Tick    string // continuation title of the sheets that follow a full one
}

// Column describes a column of a table.
type Column struct {
	Key    string // stable English name, that of discrepancies.csv where it stands there
	Header string
	Note   string // what it means, for the sheet that explains
	Type   CellType
	Width  int // in characters
	Wrap   bool
	Input  bool   // the reviewer's: unlocked
	List   string // name of the list that feeds its drop-down, when Input
	Open   bool   // the list suggests: other texts are accepted
	Rules  []Rule
}

// Rule gives a role to the cells of a column that hold a text. The text tells
// it already: a colour never speaks alone.
type Rule struct {
	Text string
	Role Role
}

// Chart draws figures that stand on its own sheet.
type Chart struct {
	Title         string
	Kind          ChartKind
	Row, Col      int // where its top left corner stands, from 1
	Width, Height int // in pixels
	Categories    Range
	Series        []Series
	Percent       bool
	Unit          Unit // of the axis of values, where it is of money
	From, To      int  // of the axis of values, in ten-thousandths; both 0: the program chooses
	Under         bool // the values of a curve are written under it
	Step          int  // between the marks of the axis of values, in euros; 0: the program chooses
	Legend        bool // names the series, below
	AltText       string
}

// ChartKind is how the series of a chart are drawn.
type ChartKind uint8

// The kinds. Series that are lines of their own lie over Columns.
const (
	Bars    ChartKind = iota // horizontal, of one series
	Curve                    // a line over time, with its values
	Stack                    // horizontal bars end to end: the steps of a bridge
	Columns                  // vertical, side by side
)

// Unit is what the figures of an axis count by.
type Unit uint8

// The units.
const (
	Euros Unit = iota
	Thousands
	Millions
)

// Series is a row of values of a chart.
type Series struct {
	Name   Range // the cell that names it
	Values Range
	Ink    Ink
	Line   bool // over Columns, a line
}

// Ink is the colour of a series.
type Ink uint8

// The inks. Unseen lifts what is stacked on it.
const (
	InkMain Ink = iota
	InkUnseen
	InkUp
	InkDown
	InkLimit
	InkSoft
)

// Pivot is a pivot table over the table of another sheet. What it shows stands
// already in the lines of its own, where a program that does not refresh it
// leaves it.
type Pivot struct {
	Name            string
	Source          *Sheet   // whose table has the rows, all in memory
	Rows            int      // of the source
	Row, Col        int      // where its header stands, from 1
	Height          int      // of it, header and total included
	Labels, Filters []string // headers of the source
	Sums            []PivotSum
}

// PivotSum is a column of the source that a pivot table adds up.
type PivotSum struct {
	Column string // its header
	Name   string // of the sums
	Counts bool   // a number of things; otherwise money
}

// Range is a part of one column of a sheet, rows and columns counted from 1.
type Range struct {
	Col, First, Last int
}

// CellType is the type of a cell's value.
type CellType uint8

// The types. Money is an amount; Delta is one whose sign is always shown.
const (
	Blank CellType = iota
	Text
	Money
	Delta
	Count
	Percent
	Date
	Month
	Digest // a fingerprint or a hash, in fixed-width letters
	Figure // in a column: money or count, told by the cell; never summed
	Jobs   // full-time equivalents
)

// Role is what a cell is in the page; it decides its looks.
type Role uint8

// The roles.
const (
	Plain Role = iota
	Title
	Subtitle
	Heading // of a block
	Header  // of the columns of a block or table
	Total
	Strong
	Good
	Warn
	Bad
	Muted
	Paragraph // wrapped text
	Body      // a cell of a table
	Input
	Faint // a cell of a table that asks for nothing
)

// Cell is a typed value with a role.
type Cell struct {
	Type  CellType
	Role  Role
	Wrap  bool
	Right bool // a header above figures
	Large bool
	Inset bool  // off the edge of its column, as what stands in a list
	Level uint8 // of the first cell of a row: 1 where the row belongs under one before it
	Text  string
	N     int64  // centimes, a count, a percentage's numerator, ten-thousandths of a job, a day or a month (see Date and Month)
	Of    int64  // a percentage's denominator
	Link  string // name of the sheet it leads to
	Mark  string // what both ends of a link share: it leads to the cell of that sheet with the same mark, or to its top
	List  string // name of the drop-down list it is an item of
}

// As gives a role to the cell.
func (c Cell) As(r Role) Cell { c.Role = r; return c }

// AtRight aligns a header with the figures under it.
func (c Cell) AtRight() Cell { c.Right = true; return c }

// To makes the cell a link to a sheet.
func (c Cell) To(sheet string) Cell { c.Link = sheet; return c }

// ToMark makes the cell a link to the cell of a sheet that bears the same mark.
func (c Cell) ToMark(sheet, mark string) Cell { c.Link, c.Mark = sheet, mark; return c }

// T is a text, made harmless.
func T(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Type: Text, Text: Clean(s)}
}

// A is an amount of money.
func A(a reconcile.Amount) Cell { return Cell{Type: Money, N: int64(a)} }

// D is a difference of amounts: its sign is always shown.
func D(a reconcile.Amount) Cell { return Cell{Type: Delta, N: int64(a)} }

// N is a count.
func N[I int | int32 | int64](n I) Cell { return Cell{Type: Count, N: int64(n)} }

// R is the ratio of two counts, shown as a percentage rounded downwards, so
// that 100 % means all. Of nothing it is blank.
func R(n, of int64) Cell {
	if of == 0 {
		return Cell{}
	}
	return Cell{Type: Percent, N: n, Of: of}
}

// S is R with its sign always shown: the share that a difference is of something.
func S(n, of int64) Cell {
	c := R(n, of)
	if c.Type == Percent {
		c.Text = "+"
	}
	return c
}

// J is a number of jobs, in ten-thousandths of a full-time one.
func J(n int64) Cell { return Cell{Type: Jobs, N: n} }

// M is a month, held as the day number of its first day.
func M(p reconcile.Period) Cell {
	if p == 0 {
		return Cell{}
	}
	return Cell{Type: Month, N: dayNumber(p.Year(), p.Month(), 1), Text: p.String()}
}

// Day is a date written AAAA-MM-JJ, possibly followed by a time. What is no
// date is shown as it is.
func Day(s string) Cell {
	y, m, d, ok := parseDay(s)
	if !ok {
		return T(s)
	}
	return Cell{Type: Date, N: dayNumber(y, m, d), Text: s[:10]}
}

// H is a fingerprint or a hash.
func H(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Type: Digest, Text: Clean(s)}
}
