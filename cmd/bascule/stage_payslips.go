package main

import (
	"context"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// largest gathers the payslips of a population that the workbook shows in full,
// as explain shows each.
func (a *App) largest(ctx context.Context, db *sqlite.DB, run *reconcile.Run, tables *reconcile.Tables, of sqlite.Part) (reports.Largest, error) {
	l := reports.Largest{Asked: a.Config.Report.Payslips}
	if l.Asked == 0 {
		return l, nil
	}
	roots, payslips, open, err := db.LargestRoots(ctx, run.ID, of, l.Asked)
	if err != nil {
		return reports.Largest{}, err
	}
	l.Payslips, l.Roots = payslips, open
	for _, root := range roots {
		view, err := a.agentView(ctx, db, run, tables, root.Key)
		if err != nil {
			return reports.Largest{}, err
		}
		l.Of = append(l.Of, reports.LargestPayslip{Root: root, View: view})
	}
	return l, nil
}
