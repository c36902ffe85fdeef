package main

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
)

type (
	discrepancySeq = iter.Seq2[*reconcile.Discrepancy, error]
	rejectSeq      = iter.Seq2[*reconcile.Reject, error]
)

// Run is the nightly job: it loads the configured files, compares them, and
// publishes. When nothing has changed, it finds the last run again.
func (a *App) Run(ctx context.Context, force bool) (*RunResult, error) {
	intakes, err := a.intakes()
	if err != nil {
		return nil, err
	}
	if err := a.ready(); err != nil {
		return nil, err
	}
	var result *RunResult
	err = a.withStore(ctx, func(db *sqlite.DB) error {
		if err := a.sweep(ctx, db); err != nil {
			return err
		}
		start := a.Now()
		former, err := a.inForce(ctx, db, intakes)
		if err != nil {
			return err
		}
		loads, err := a.loadFiles(ctx, db, intakes, sqlite.WholeSide, force)
		if err != nil {
			return err
		}
		took := millis(a.Now().Sub(start))
		run, err := a.compareLoads(ctx, db, append(loads, former...), force)
		if err != nil {
			return err
		}
		if run.Summary.Seconds.Load == 0 {
			run.Summary.Seconds.Load = took
		}
		if err := a.publishOnce(ctx, db, run); err != nil {
			return err
		}
		if err := a.remindRetention(ctx, db); err != nil {
			return err
		}
		a.warnOfReaders()
		result, err = a.result(ctx, db, run)
		return err
	})
	return result, err
}

// ready refuses, before anything is written, what would stop the run later.
func (a *App) ready() error {
	if _, err := a.tables(a.Config.Period, a.Config.Months); err != nil {
		return err
	}
	if _, err := a.Config.WorkbookPassword(); err != nil {
		return err
	}
	return a.Config.checkFolder("output", a.Config.Output)
}

// Compare reconciles what is loaded for the month, or for both.
func (a *App) Compare(ctx context.Context, force bool) (*RunResult, error) {
	var result *RunResult
	err := a.withStore(ctx, func(db *sqlite.DB) error {
		loads, err := a.inForce(ctx, db, nil)
		if err != nil {
			return err
		}
		run, err := a.compareLoads(ctx, db, loads, force)
		if err != nil {
			return err
		}
		result, err = a.result(ctx, db, run)
		return err
	})
	return result, err
}

// Report publishes the outputs of a run, the last one when number is 0.
func (a *App) Report(ctx context.Context, number int) (*RunResult, error) {
	var result *RunResult
	err := a.withStore(ctx, func(db *sqlite.DB) error {
		run, err := findRun(ctx, db, number)
		if err != nil {
			return err
		}
		a.about(run.Period, run.ID)
		if err := refusePurged(run); err != nil {
			return err
		}
		if err := a.publish(ctx, db, run); err != nil {
			return err
		}
		result, err = a.result(ctx, db, run)
		return err
	})
	return result, err
}

var (
	errNoRunYet  = errors.New("aucune exécution n'est enregistrée — lancez « bascule run »")
	errNoSuchRun = errors.New("aucune exécution ne porte ce numéro — voyez « bascule runs »")
	errNoBudget  = errors.New("cette exécution compare deux mois d'un même système : elle n'a pas de budget — voyez « bascule runs »")
)

// findRun finds a run, or for 0 the last that compares both systems: one that
// compares months, made meanwhile, keeps no night from being published.
func findRun(ctx context.Context, db *sqlite.DB, number int) (*reconcile.Run, error) {
	if number == 0 {
		runs, err := db.Runs(ctx)
		if err != nil {
			return nil, err
		}
		for i := range runs {
			if !runs[i].Months.Set() {
				number = runs[i].ID
				break
			}
		}
	}
	run, err := db.Run(ctx, number)
	switch {
	case err != nil:
		return nil, err
	case run == nil && number == 0:
		return nil, errNoRunYet
	case run == nil:
		return nil, errNoSuchRun
	}
	return run, nil
}

// publishOnce publishes a run unless its outputs stand already, all of them.
func (a *App) publishOnce(ctx context.Context, db *sqlite.DB, run *reconcile.Run) error {
	published, err := db.Published(ctx, run.ID)
	if err != nil {
		return err
	}
	names := []string{"summary.json"}
	for _, o := range run.Summary.Outputs {
		names = append(names, o.File)
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(a.Config.Abs(Path(run.Folder)), name)); err != nil {
			published = false
		}
	}
	if published {
		return nil
	}
	return a.publish(ctx, db, run)
}
