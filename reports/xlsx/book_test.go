package xlsx_test

import (
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"bascule/reconcile"
	"bascule/reports"
	"bascule/reports/xlsx"
)

var created = time.Date(2013, 12, 21, 2, 15, 0, 0, time.UTC)

// rows streams n rows: a name, an amount, a delta, a count, a share, a day, a month.
func rows(n int) iter.Seq2[[]reports.Cell, error] {
	return func(yield func([]reports.Cell, error) bool) {
		row := make([]reports.Cell, 0, 8)
		for i := range n {
			if !yield(append(row[:0], invented(i)...), nil) {
				return
			}
		}
	}
}

func invented(i int) []reports.Cell {
	cents := reconcile.Amount(i)*123_457 - 1_000_000
	return []reports.Cell{
		reports.T(fmt.Sprintf("=AGENT(%d)", i)), reports.A(cents), reports.D(-cents / 3), reports.N(i), reports.R(int64(i), int64(i+1)),
		reports.Day("2013-12-19"), reports.M(reconcile.NewPeriod(2013, 12)), reports.T([]string{"Ouvert", "Justifié"}[i%2]),
	}
}

// workbook has a sheet of lines, a long table with the reviewer's columns, and
// the sheet that feeds their drop-down.
func workbook(list iter.Seq2[[]reports.Cell, error]) *reports.Workbook {
	item := func(s string) reports.Line {
		c := reports.T(s)
		c.List = "Choix"
		return reports.Line{Cells: []reports.Cell{c}}
	}
	head := []reports.Line{{Cells: []reports.Cell{reports.T("Titre & suite").As(reports.Title)}, Height: 2}, {Cells: []reports.Cell{reports.T("retour").To("Page l'une")}}}
	return &reports.Workbook{
		Title: "Essai & co", Subject: "Sujet", Lang: "fr", Footer: "Confidentiel",
		Sheets: []*reports.Sheet{
			{Name: "Page l'une", Tab: reports.Good, Widths: []int{30, 20}, OnePage: true, Lines: []reports.Line{
				{Cells: []reports.Cell{reports.T("Page").As(reports.Title)}},
				{Cells: []reports.Cell{reports.T("vers la liste").To("Liste"), reports.A(123_456)}},
				{Cells: []reports.Cell{reports.T("autre"), reports.A(-50)}},
			}, Charts: []reports.Chart{{Title: "Barres", Row: 5, Col: 1, Width: 300, Height: 200, Categories: reports.Range{Col: 1, First: 2, Last: 3}, Series: []reports.Series{{Values: reports.Range{Col: 2, First: 2, Last: 3}}}, AltText: "deux barres"}}},
			{Name: "Liste", Tab: reports.Bad, Lines: head, Table: &reports.Table{Name: "T_Liste", Frozen: 1, Printed: 4, Empty: "Rien.", Tick: "suite", Rows: list, Columns: []reports.Column{
				{Key: "who", Header: "Qui", Type: reports.Text, Width: 20, Wrap: true}, {Key: "amount", Header: "Montant", Type: reports.Money, Width: 16},
				{Key: "delta", Header: "Écart", Type: reports.Delta, Width: 16}, {Key: "n", Header: "Nombre", Type: reports.Count, Width: 8},
				{Key: "share", Header: "Part", Type: reports.Percent, Width: 8}, {Key: "day", Header: "Jour", Type: reports.Date, Width: 12}, {Key: "month", Header: "Mois", Type: reports.Month, Width: 10},
				{Key: "status", Header: "Statut calculé", Type: reports.Text, Width: 14, Rules: []reports.Rule{{Text: "Ouvert", Role: reports.Bad}, {Text: "Justifié", Role: reports.Good}}},
				{Key: "review", Header: "Statut", Note: "À choisir.", Type: reports.Text, Width: 14, Input: true, List: "Choix"}, {Key: "comment", Header: "Commentaire", Type: reports.Text, Width: 20, Input: true},
			}}},
			{Name: "Choix", Tab: reports.Muted, Widths: []int{20}, Lines: []reports.Line{{Cells: []reports.Cell{reports.T("Choix").As(reports.Title)}}, item("oui"), item("non")}},
		},
	}
}

func write(t *testing.T, wb *reports.Workbook, o xlsx.Options) (string, xlsx.Result) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "essai.xlsx")
	o.Created = created
	result, err := xlsx.Write(path, wb, o)
	if err != nil {
		t.Fatal(err)
	}
	return path, result
}
