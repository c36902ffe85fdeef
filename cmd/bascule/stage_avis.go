package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// writeAvis writes the workbook of the opinion, if the run's gates gave one, and
// its barometer for those who open no workbook.
func (a *App) writeAvis(ctx context.Context, db *sqlite.DB, folder string, run *reconcile.Run) error {
	if run.Summary.Opinion == "" {
		return nil
	}
	d, err := a.avisData(ctx, db, run)
	if err != nil {
		return err
	}
	page := fmt.Sprintf("barometre-%v-run-%04d.html", run.Period, run.ID)
	sum, err := writeFile(filepath.Join(folder, page), func(w io.Writer) error { return reports.WriteBarometer(w, d) })
	if err != nil {
		return err
	}
	name := fmt.Sprintf("avis-%v-run-%04d.xlsx", run.Period, run.ID)
	result, err := a.writeBook(filepath.Join(folder, name), run, reports.Avis(d))
	if err != nil {
		return err
	}
	run.Summary.Outputs = append(run.Summary.Outputs, reconcile.Output{File: name, SHA256: result.SHA256}, reconcile.Output{File: page, SHA256: sum})
	return nil
}

func (a *App) avisData(ctx context.Context, db *sqlite.DB, run *reconcile.Run) (*reports.AvisData, error) {
	tables, err := a.tablesOf(run)
	if err != nil {
		return nil, err
	}
	d := &reports.AvisData{Run: run, Tables: tables, Labels: a.labels(), Lang: a.Config.Lang, Seal: run.Summary.Seal}
	if d.Waves, err = judgedWaves(ctx, db, run); err != nil {
		return nil, err
	}
	measures, err := db.Measures(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	d.Measures = measures[run.ID]
	if d.Loosenings, err = loosenings(ctx, db, run); err != nil {
		return nil, err
	}
	if d.Owners, err = db.OwnerTotals(ctx, run.ID); err != nil {
		return nil, err
	}
	if d.RootAges, err = db.RootAges(ctx, run.ID); err != nil {
		return nil, err
	}
	if d.Decisions, err = db.DecisionTotals(ctx, run); err != nil {
		return nil, err
	}
	if d.ByCause, err = db.ByCause(ctx, run.ID, sqlite.Part{}); err != nil {
		return nil, err
	}
	if d.Ageing, err = db.Undue(ctx, run); err != nil {
		return nil, err
	}
	d.History, err = a.avisHistory(ctx, db, run, d.Loosenings)
	return d, err
}

// avisHistory is every run up to one, the oldest first.
func (a *App) avisHistory(ctx context.Context, db *sqlite.DB, run *reconcile.Run, loosened []reconcile.Loosening) ([]reports.AvisRun, error) {
	runs, err := db.Runs(ctx)
	if err != nil {
		return nil, err
	}
	loosenedBy := make(map[int]int)
	for i := range loosened {
		loosenedBy[loosened[i].Run]++
	}
	var ids []int
	for i := range runs {
		ids = append(ids, runs[i].ID)
	}
	measures, err := db.Measures(ctx, ids...)
	if err != nil {
		return nil, err
	}
	var history []reports.AvisRun
	first := make(map[string]int, len(runs)) // run that first had some inputs
	for i := len(runs) - 1; i >= 0; i-- {    // they come the last first
		r := &runs[i]
		if r.ID > run.ID {
			break
		}
		of := reports.AvisRun{RunPoint: runPoint(r), Compares: a.labels().For(r), Systems: !r.Months.Set(), Justified: r.Summary.Discrepancies.Justified,
			Inputs: r.Inputs, Seal: r.Summary.Seal, Opinion: r.Summary.Opinion, AgainOf: first[r.Inputs], Loosenings: loosenedBy[r.ID]}
		for _, m := range measures[r.ID] {
			switch {
			case m.Wave != reconcile.WholeMinistry:
			case m.Metric == reconcile.MetricConcordanceLines:
				of.Lines = m.Figure()
			case m.Metric == reconcile.MetricConcordanceAmount:
				of.Amount = m.Figure()
			}
		}
		if of.AgainOf == 0 {
			first[r.Inputs] = r.ID
		}
		history = append(history, of)
	}
	return history, nil
}
