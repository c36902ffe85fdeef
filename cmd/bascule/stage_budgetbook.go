package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports"
	"bascule/reports/xlsx"
)

// writeBudget writes the budget workbook of a run that compares the systems,
// re-reads it, and refuses it when its sums are not those of the run. A run made
// before the payroll mass was counted has none.
func (a *App) writeBudget(ctx context.Context, db *sqlite.DB, folder string, run *reconcile.Run) error {
	checks := run.Summary.Closing.Checks
	if run.Months.Set() || !slices.ContainsFunc(checks, func(c reconcile.Check) bool { return c.Name == "mass" }) {
		return nil
	}
	d, err := a.budgetData(ctx, db, run)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("budget-%v-run-%04d.xlsx", run.Period, run.ID)
	book := reports.Budget(d)
	result, err := a.writeBook(filepath.Join(folder, name), run, book)
	if err != nil {
		return err
	}
	if err := closeBudget(&run.Summary, d, book, &result); err != nil {
		return err
	}
	run.Summary.Outputs = append(run.Summary.Outputs, reconcile.Output{File: name, SHA256: result.SHA256})
	return nil
}

func (a *App) budgetData(ctx context.Context, db *sqlite.DB, run *reconcile.Run) (*reports.BudgetData, error) {
	tables, err := a.tablesOf(run)
	if err != nil {
		return nil, err
	}
	own, err := massOf(ctx, db, run.Period, run.ID)
	if err != nil {
		return nil, err
	}
	d := &reports.BudgetData{Run: run, Tables: tables, Labels: a.labels(), Lang: a.Config.Lang, Lines: own.Lines, Gaps: own.Gaps, Heads: own.Heads}
	if d.Figures, err = budgetFigures(ctx, db, run, own, tables.Waves); err != nil || run.Budgeted == 0 {
		return d, err
	}
	rows, err := db.BudgetRows(ctx, run.Budgeted)
	if err != nil {
		return nil, err
	}
	d.Digest = rowsDigest(rows)
	d.Imported, err = reconcile.BudgetOf(rows)
	return d, err
}

// rowsDigest is the SHA-256 of rows of the budget, a line each: kind, key and
// content, with tabs between.
func rowsDigest(rows []reconcile.BudgetRow) string {
	h := sha256.New()
	for i := range rows {
		fmt.Fprintf(h, "%s\t%s\t%s\n", rows[i].Kind, rows[i].Key, rows[i].Content)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// closeBudget holds the sums re-read from the rows of the payroll mass against
// those of the run: both sides, and their difference as the run's closing has it.
func closeBudget(s *reconcile.Summary, d *reports.BudgetData, book *reports.Workbook, result *xlsx.Result) error {
	const name = "budget"
	var legacy, onp reconcile.Amount
	for i := range d.Lines {
		legacy, onp = legacy+d.Lines[i].Legacy, onp+d.Lines[i].ONP
	}
	list := ""
	for _, sheet := range book.Sheets {
		if sheet.Table != nil && slices.ContainsFunc(sheet.Table.Columns, func(c reports.Column) bool { return c.Key == "judged_onp" }) {
			list = sheet.Name
		}
	}
	closing := slices.IndexFunc(s.Closing.Checks, func(c reconcile.Check) bool { return c.Name == "mass" && c.Scope == "ministry" })
	var checks []reconcile.Check
	for _, of := range []struct {
		column, scope string
		want          reconcile.Amount
	}{{"mass_legacy", reconcile.Legacy.String(), legacy}, {"mass_onp", reconcile.ONP.String(), onp}, {"delta", "ministry", s.Closing.Checks[closing].Right}} {
		found, ok := result.Sum(list, of.column)
		checks = append(checks, reconcile.Check{Name: name, Scope: of.scope, Left: found, Right: of.want, OK: ok && found == of.want})
	}
	return holdWorkbook(s, name, checks)
}
