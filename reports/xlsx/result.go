package xlsx

import (
	"bascule/reconcile"
)

// Result is what a workbook holds.
type Result struct {
	SHA256 string  // of the content: sheets, cells and their texts; not of the bytes of the file, nor of the reviewer's columns
	Tables []Table // in order
}

// Table is what the rows of a table hold, all its sheets together.
type Table struct {
	Sheet string // name of its first sheet
	Rows  int
	Sums  []Sum // of its columns of amounts, in order
}

// Sum is the total of a column of amounts.
type Sum struct {
	Column string // its stable name
	Amount reconcile.Amount
}

// Sum finds the total of a column of a sheet.
func (r *Result) Sum(sheet, column string) (reconcile.Amount, bool) {
	for i := range r.Tables {
		if r.Tables[i].Sheet != sheet {
			continue
		}
		for _, s := range r.Tables[i].Sums {
			if s.Column == column {
				return s.Amount, true
			}
		}
	}
	return 0, false
}

// Rows is the number of rows of a sheet's table.
func (r *Result) Rows(sheet string) int {
	for i := range r.Tables {
		if r.Tables[i].Sheet == sheet {
			return r.Tables[i].Rows
		}
	}
	return 0
}
