package xlsx

import (
	"errors"

	"github.com/xuri/excelize/v2"

	"bascule/reports"
)

var errPivotRows = errors.New("un tableau croisé lit plus de lignes que n'en tient une feuille")

// pivots draws the pivot tables over the table of a sheet about to be streamed,
// on sheets written before it. excelize reads the headers from the sheet: they
// are put there for it, and the stream then takes their place.
func (b *book) pivots(s *reports.Sheet, name string, header int) error {
	if header == 0 || name != s.Name {
		return nil
	}
	for _, of := range b.book.Sheets {
		if of.Pivot == nil || of.Pivot.Source != s {
			continue
		}
		if header+of.Pivot.Rows > b.options.SheetRows {
			return errPivotRows
		}
		for i := range s.Table.Columns {
			if err := b.file.SetCellStr(name, cellName(i+1, header), s.Table.Columns[i].Header); err != nil {
				return err
			}
		}
		if err := b.pivot(of, header); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) pivot(of *reports.Sheet, header int) error {
	p := of.Pivot
	options := &excelize.PivotTableOptions{
		Name:            p.Name,
		DataRange:       p.Source.Name + "!" + area(1, header, len(p.Source.Table.Columns), header+p.Rows),
		PivotTableRange: of.Name + "!" + area(p.Col, p.Row, p.Col+len(p.Sums), p.Row+p.Height-1),
		RowGrandTotals:  true, ColGrandTotals: true, ShowDrill: true, ShowRowHeaders: true, ShowColHeaders: true, ShowLastColumn: true,
	}
	for _, name := range p.Labels {
		options.Rows = append(options.Rows, excelize.PivotTableField{Data: name, Compact: true, Outline: true, DefaultSubtotal: true})
	}
	for _, name := range p.Filters {
		options.Filter = append(options.Filter, excelize.PivotTableField{Data: name})
	}
	const integers, decimals = 3, 4 // formats that Excel numbers
	for _, s := range p.Sums {
		format := decimals
		if s.Counts {
			format = integers
		}
		options.Data = append(options.Data, excelize.PivotTableField{Data: s.Column, Name: s.Name, Subtotal: "Sum", NumFmt: format})
	}
	return b.file.AddPivotTable(options)
}
