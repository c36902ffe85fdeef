package xlsx

import (
	"fmt"
	"iter"
	"strings"

	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
	"bascule/reports"
)

const tableStyle = "TableStyleLight1"

// table writes a sheet whose table may overflow to others: "Écarts", then
// "Écarts (2)" once options.SheetRows is reached.
func (b *book) table(s *reports.Sheet) error {
	next, stop := iter.Pull2(s.Table.Rows)
	defer stop()
	row, err, more := next()
	if err != nil {
		return err
	}
	total := Table{Sheet: s.Name, Sums: zeroSums(s.Table)}
	if !more {
		b.result.Tables = append(b.result.Tables, total)
		return b.emptyTable(s)
	}
	for n := 1; more; n++ {
		name, suffix := s.Name, ""
		if n > 1 {
			suffix = fmt.Sprintf(" (%d)", n)
			name += suffix
			suffix = fmt.Sprintf(" — %s %d", s.Table.Tick, n)
		}
		p, header, err := b.openTable(s, name, suffix)
		if err != nil {
			return err
		}
		for more && p.row < b.options.SheetRows {
			if err := p.tableRow(row, &total); err != nil {
				return err
			}
			if row, err, more = next(); err != nil {
				return err
			}
		}
		last := p.row
		if !more {
			if err := p.lines(s.Below, ""); err != nil {
				return err
			}
		}
		b.parts = append(b.parts, partOf(s, name, header, last, p.filled))
		if err := p.end(header, last); err != nil {
			return err
		}
	}
	b.result.Tables = append(b.result.Tables, total)
	return nil
}

// emptyTable says in words that there is nothing to list.
func (b *book) emptyTable(s *reports.Sheet) error {
	p, err := b.begin(s, s.Name, 0)
	if err != nil {
		return err
	}
	if err := p.lines(s.Lines, ""); err != nil {
		return err
	}
	if err := p.write([]reports.Cell{reports.T(s.Table.Empty).As(reports.Strong)}, nil, 0); err != nil {
		return err
	}
	b.parts = append(b.parts, partOf(s, s.Name, p.row, p.row, p.row))
	return p.end(0, 0)
}

func (b *book) openTable(s *reports.Sheet, name, suffix string) (*page, int, error) {
	header := len(s.Lines) + 1
	p, err := b.begin(s, name, header)
	if err != nil {
		return nil, 0, err
	}
	if err := p.lines(s.Lines, suffix); err != nil {
		return nil, 0, err
	}
	line := reports.Line{Cells: make([]reports.Cell, len(s.Table.Columns)), Height: 2}
	for i := range s.Table.Columns {
		c := &s.Table.Columns[i]
		line.Cells[i] = reports.T(c.Header).As(reports.Header)
		line.Cells[i].Right = numeric(c.Type)
	}
	if err := p.write(line.Cells, nil, linesIn(&line, widthsOf(s))); err != nil {
		return nil, 0, err
	}
	p.mark(len(s.Lines) == 0 || len(s.Lines[len(s.Lines)-1].Cells) == 0, false)
	return p, header, nil
}

// tableRow writes a row and adds its amounts up. The reviewer's columns, which
// the report leaves out where nothing is decided, are written blank and
// unlocked.
func (p *page) tableRow(row []reports.Cell, total *Table) error {
	columns := p.sheet.Table.Columns
	for len(row) < len(columns) && columns[len(row)].Input {
		row = append(row, reports.Cell{})
	}
	if len(row) != len(columns) {
		return fmt.Errorf("une ligne de %d cellules pour %d colonnes", len(row), len(columns))
	}
	total.Rows++
	sum := 0
	for i := range columns {
		if !summed(&columns[i]) {
			continue
		}
		if row[i].Type == reports.Money || row[i].Type == reports.Delta {
			total.Sums[sum].Amount += reconcile.Amount(row[i].N)
		}
		sum++
	}
	if err := p.write(row, columns, 0); err != nil {
		return err
	}
	const together = 2 // rows that the header has under it on its page
	p.mark(p.row > len(p.sheet.Lines)+1+together, false)
	return nil
}

func summed(c *reports.Column) bool { return c.Type == reports.Money || c.Type == reports.Delta }

func zeroSums(t *reports.Table) []Sum {
	var sums []Sum
	for i := range t.Columns {
		if summed(&t.Columns[i]) {
			sums = append(sums, Sum{Column: t.Columns[i].Key})
		}
	}
	return sums
}

// endTable sets what a table needs before the stream is flushed: drop-downs,
// rules, protection, printing, and the table itself.
func (p *page) endTable(header, last int) error {
	locked := false
	for i := range p.sheet.Table.Columns {
		c := &p.sheet.Table.Columns[i]
		if err := p.rules(c, i+1, header+1, last); err != nil {
			return err
		}
		if c.List != "" {
			if err := p.dropDown(c, area(i+1, header+1, i+1, last)); err != nil {
				return err
			}
		}
		locked = locked || c.Input
	}
	if locked {
		if err := p.protect(); err != nil {
			return err
		}
	}
	if err := p.printing(header, last); err != nil {
		return err
	}
	whole := area(1, header, len(p.sheet.Table.Columns), last)
	// A matricule is a text of digits on purpose: no green corner for it.
	if err := p.file.AddIgnoredErrors(p.name, whole, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	stripes := true
	return p.stream.AddTable(&excelize.Table{Range: whole, Name: p.tableName(), StyleName: tableStyle, ShowRowStripes: &stripes})
}

// tableName is unique in the file: a continuation bears its number.
func (p *page) tableName() string {
	return p.sheet.Table.Name + strings.NewReplacer(" (", "_", ")", "").Replace(strings.TrimPrefix(p.name, p.sheet.Name))
}

func (p *page) rules(c *reports.Column, col, first, last int) error {
	if len(c.Rules) == 0 {
		return nil
	}
	formats := make([]excelize.ConditionalFormatOptions, 0, len(c.Rules))
	for _, r := range c.Rules {
		id, err := p.conditional(r.Role)
		if err != nil {
			return err
		}
		formats = append(formats, excelize.ConditionalFormatOptions{
			Type: "cell", Criteria: "==", Value: `"` + strings.ReplaceAll(r.Text, `"`, `""`) + `"`, Format: &id,
		})
	}
	return p.file.SetConditionalFormat(p.name, area(col, first, col, last), formats)
}

// dropDown feeds the cells from a list of the workbook, whose name is defined
// when the sheet that holds it has been written.
func (p *page) dropDown(c *reports.Column, cells string) error {
	v := excelize.NewDataValidation(true)
	v.Sqref = cells
	v.SetSqrefDropList(c.List)
	if !c.Open {
		v.SetError(excelize.DataValidationErrorStyleStop, c.Header, c.Note)
	}
	v.SetInput(c.Header, c.Note)
	return p.file.AddDataValidation(p.name, v)
}

// protect locks all cells but the reviewer's. No password: it prevents slips,
// it keeps no secret.
func (p *page) protect() error {
	return p.file.ProtectSheet(p.name, &excelize.SheetProtectionOptions{
		AutoFilter: true, Sort: true, FormatColumns: true, FormatRows: true, PivotTables: true,
		SelectLockedCells: true, SelectUnlockedCells: true, EditScenarios: true,
	})
}
