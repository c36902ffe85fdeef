package main

import (
	"archive/zip"

	"bascule/reconcile/extract"
	"bascule/reports/xlsx"
)

// openWorkbook lets the readers of extracts, which know no Excel, read sheets.
func openWorkbook(z *zip.Reader) (extract.Workbook, error) {
	w, err := xlsx.Open(z)
	if err != nil {
		return nil, err
	}
	return w, nil
}
