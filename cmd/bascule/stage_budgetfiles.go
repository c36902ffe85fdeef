package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"bascule/mappings"
	"bascule/reconcile"
	"bascule/reconcile/budget"
	"bascule/reconcile/extract"
	"bascule/reports/xlsx"
)

// zipHead starts an .xlsx, compoundHead one that is encrypted.
var (
	zipHead      = []byte("PK\x03\x04")
	compoundHead = []byte{0xD0, 0xCF, 0x11, 0xE0}
)

// budgetTables reads a file of the budget, CSV or XLSX by what it holds: its
// tables, one for each sheet that is not blank.
func (a *App) budgetTables(file string, content []byte) ([]budget.Table, error) {
	if bytes.HasPrefix(content, zipHead) || bytes.HasPrefix(content, compoundHead) {
		password, err := a.Config.WorkbookPassword()
		if err != nil {
			return nil, err
		}
		return sheetTables(file, content, password)
	}
	t, err := csvTable(file, content)
	return []budget.Table{t}, err
}

// readBudgetFile reads a file of the budget whole: its digest is of the bytes that
// are read into tables.
func readBudgetFile(file string) ([]byte, error) {
	content, err := mappings.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &reconcile.InputError{File: file, Err: errors.New("n'existe pas"), Hint: "vérifiez le chemin du fichier"}
	}
	return content, err
}

// csvTable reads a CSV file: UTF-8, semicolons.
func csvTable(file string, content []byte) (budget.Table, error) {
	t := budget.Table{File: file}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if line := mappings.InvalidUTF8(content); line > 0 {
		return t, &reconcile.InputError{File: file, Line: line, Err: errors.New("la ligne n'est pas en UTF-8"), Hint: "enregistrez le fichier au format « CSV UTF-8 », ou donnez le classeur .xlsx"}
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma, r.FieldsPerRecord = ';', -1
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return t, mappings.QuoteError(file, err)
		}
		line, _ := r.FieldPos(0)
		row := budget.Row{Number: line, Cells: make([]budget.Cell, len(cells))}
		for i, text := range cells {
			row.Cells[i].Text = text
		}
		t.Rows = append(t.Rows, row)
	}
}

// sheetTables reads the sheets of a workbook that hold something.
func sheetTables(file string, content []byte, password string) ([]budget.Table, error) {
	sheets, err := xlsx.ReadSheets(file, content, password)
	if err != nil {
		return nil, err
	}
	var tables []budget.Table
	for _, s := range sheets {
		if len(s.Rows) == 0 {
			continue
		}
		t := budget.Table{File: file, Sheet: s.Name, Hidden: s.Hidden}
		for _, row := range s.Rows {
			of := budget.Row{Number: row.Number, Cells: make([]budget.Cell, len(row.Cells))}
			for i, text := range row.Cells {
				of.Cells[i] = budgetCell(text, row.Types[i], s.Date1904)
			}
			t.Rows = append(t.Rows, of)
		}
		tables = append(tables, t)
	}
	if tables == nil {
		return nil, &reconcile.InputError{File: file, Err: errors.New("n'a aucune feuille remplie"), Hint: "donnez une feuille par sorte de fichier, avec son en-tête"}
	}
	return tables, nil
}

func budgetCell(text string, kind byte, date1904 bool) budget.Cell {
	switch kind {
	case xlsx.Number:
		return budget.Cell{Text: text, Kind: budget.Number}
	case xlsx.Percent:
		return budget.Cell{Text: text, Kind: budget.Percent}
	case xlsx.Bool, xlsx.Error, xlsx.NoResult:
		return budget.Cell{Text: text, Kind: budget.Unreadable}
	case xlsx.Date:
		return budget.Cell{Text: text[:min(len(text), len("2006-01-02"))], Kind: budget.Day}
	case xlsx.Day:
		whole, _, _ := strings.Cut(text, ".")
		serial, err := strconv.ParseInt(whole, 10, 64)
		year, month, day, ok := extract.SerialDay(serial, date1904)
		if err != nil || !ok {
			return budget.Cell{Text: text, Kind: budget.Unreadable}
		}
		return budget.Cell{Text: fmt.Sprintf("%04d-%02d-%02d", year, month, day), Kind: budget.Day}
	}
	return budget.Cell{Text: text, Kind: budget.Text}
}
