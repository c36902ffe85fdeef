package xlsx

import (
	"bytes"
	"errors"

	"bascule/reconcile"
)

// SheetRows are the rows of a worksheet that hold something.
type SheetRows struct {
	Name     string
	Hidden   bool
	Rows     []Row
	Date1904 bool // its days are counted from 1904
}

// maxSheetsCells bounds the cells of a workbook that is read whole.
const maxSheetsCells = 2_000_000

// ReadSheets reads a small workbook whole, given by its bytes, hidden sheets too,
// whatever program saved it; path is how errors name it. The password serves only where the file is encrypted. Any error is an
// InputError, after which nothing of the file may be kept.
func ReadSheets(path string, content []byte, password string) (_ []SheetRows, err error) {
	defer func() {
		if err == nil {
			return
		}
		var input *reconcile.InputError
		if err = inFile(path, err); errors.As(err, &input) && input.Hint == hintXLSX {
			input.Hint = "l'enregistrer en .xlsx, ou en CSV UTF-8"
		}
	}()
	w, err := openAt(bytes.NewReader(content), int64(len(content)), password, maxUnfoldedBytes)
	if err != nil {
		return nil, err
	}
	var sheets []SheetRows
	cells := 0
	for i, name := range w.names {
		sheet := SheetRows{Name: name, Hidden: w.Hidden(i), Date1904: w.date1904}
		for row, err := range w.Rows(i) {
			if err != nil {
				return nil, err
			}
			if cells += len(row.Cells); cells > maxSheetsCells {
				return nil, unfit("contient trop de cellules", "ne garder que les lignes utiles")
			}
			sheet.Rows = append(sheet.Rows, Row{Number: row.Number, Cells: append([]string{}, row.Cells...), Types: append([]byte{}, row.Types...)})
		}
		sheets = append(sheets, sheet)
	}
	return sheets, nil
}
