package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"bascule/reconcile"
	"bascule/reconcile/budget"
	"bascule/reconcile/sqlite"
)

// BudgetImport is what an import of the budget ends with.
type BudgetImport struct {
	*budget.Outcome
	Import sqlite.Import // ID 0: nothing was imported
	DryRun bool
}

// ImportBudget reads files of the budget, checks them together, and keeps what
// they say that is new: all of it, or nothing when anything is wrong.
func (a *App) ImportBudget(ctx context.Context, files []string, dryRun bool) (*BudgetImport, error) {
	result := &BudgetImport{DryRun: dryRun, Import: sqlite.Import{At: a.instant()}}
	var tables []budget.Table
	for _, file := range files {
		content, err := readBudgetFile(file)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(content)
		read := sqlite.ImportedFile{Name: filepath.Base(file), SHA256: hex.EncodeToString(sum[:])}
		if slices.ContainsFunc(result.Import.Files, func(f sqlite.ImportedFile) bool { return f.SHA256 == read.SHA256 }) {
			continue // the same file, given twice
		}
		of, err := a.budgetTables(file, content)
		if err != nil {
			return nil, err
		}
		result.Import.Files = append(result.Import.Files, read)
		tables = append(tables, of...)
	}
	err := a.withStore(ctx, func(db *sqlite.DB) error {
		known, err := a.budgetKnown(ctx, db)
		if err != nil {
			return err
		}
		result.Outcome = budget.Examine(tables, known)
		result.Import.Read = result.Read
		if dryRun || len(result.Problems) > 0 || len(result.Rows) == 0 {
			return nil
		}
		return db.ImportBudget(ctx, &result.Import, result.Rows)
	})
	if err != nil {
		return nil, err
	}
	a.Log.Info("budget", "import", result.Import.ID, "fichiers", len(files), "lignes", result.Read, "retenues", len(result.Rows), "inchangées", result.Unchanged, "problèmes", len(result.Problems))
	return result, nil
}

// budgetKnown gathers what the files are held against.
func (a *App) budgetKnown(ctx context.Context, db *sqlite.DB) (*budget.Known, error) {
	tables, err := a.tables(a.Config.Period, reconcile.Months{})
	if err != nil {
		return nil, err
	}
	k := &budget.Known{}
	for i := range tables.Waves {
		for _, s := range tables.Waves[i].Selectors {
			if s.Field == reconcile.FieldProgramme && s.Pattern != "" {
				k.Patterns = append(k.Patterns, s.Pattern)
			}
		}
	}
	if k.Programmes, err = db.Programmes(ctx); err != nil {
		return nil, err
	}
	last, err := db.LastBudget(ctx)
	if err != nil {
		return nil, err
	}
	if k.Rows, err = db.BudgetRows(ctx, last); err != nil {
		return nil, err
	}
	k.History, err = db.BudgetHistory(ctx)
	return k, err
}

// monthRuns are the runs that the budget of a month rests upon, besides its own:
// the last of each earlier month of its year.
func monthRuns(ctx context.Context, db *sqlite.DB, month reconcile.Period, upTo int) ([]sqlite.MonthRun, error) {
	first := reconcile.NewPeriod(month.Year(), 1)
	if month == first {
		return nil, nil
	}
	return db.MonthRuns(ctx, first, month-1, upTo)
}

// budgeted notes in a run the last import of the budget that it knows, and gives
// what its inputs digest must cover: that, and the earlier months of its year that
// its budget shows; nothing where there is neither.
func (a *App) budgeted(ctx context.Context, db *sqlite.DB, run *reconcile.Run) ([]string, error) {
	if run.Months.Set() {
		return nil, nil
	}
	var err error
	if run.Budgeted, err = db.LastBudget(ctx); err != nil {
		return nil, err
	}
	runs, err := monthRuns(ctx, db, run.Period, lastRun)
	if err != nil || run.Budgeted == 0 && len(runs) == 0 {
		return nil, err
	}
	parts := []string{fmt.Sprint("budget ", run.Budgeted)}
	for _, r := range runs {
		parts = append(parts, r.Period.String()+" "+r.Inputs)
	}
	return parts, nil
}

// lastRun is above the number of any run.
const lastRun = 1 << 31

// reckon records the figures of the budget with the run.
func (k *comparison) reckon(ctx context.Context, mass *reconcile.MassTally) error {
	if k.run.Months.Set() {
		return nil
	}
	own := budget.Month{Period: k.run.Period, Run: k.run.ID, Lines: mass.Lines(), Gaps: mass.Gaps(), Heads: mass.Heads()}
	figures, err := budgetFigures(ctx, k.db, k.run, &own, k.terms.Tables.Waves)
	if err == nil {
		k.run.Summary.Budget = figures.Brief()
	}
	return err
}

// budgetOf gives the figures of a recorded run again, whole.
func budgetOf(ctx context.Context, db *sqlite.DB, run *reconcile.Run, waves []reconcile.Wave) (*reconcile.BudgetFigures, error) {
	own, err := massOf(ctx, db, run.Period, run.ID)
	if err != nil {
		return nil, err
	}
	return budgetFigures(ctx, db, run, own, waves)
}

// budgetFigures reckons the budget as a run knows it: with the mass of its month,
// the last runs of the earlier months, and what was imported before it.
func budgetFigures(ctx context.Context, db *sqlite.DB, run *reconcile.Run, own *budget.Month, waves []reconcile.Wave) (*reconcile.BudgetFigures, error) {
	var frozen struct {
		Budget map[string]any `json:"budget"`
	}
	if err := json.Unmarshal([]byte(run.Config), &frozen); err != nil {
		return nil, fmt.Errorf("configuration de l'exécution n° %d : %w", run.ID, err)
	}
	terms, err := budgetTerms(frozen.Budget, run.Period, waves)
	if err != nil {
		return nil, err
	}
	return reckonBudget(ctx, db, terms, own, run.ID, run.Budgeted)
}

// reckonBudget reckons the budget of a year until a month, whose own mass may be
// missing, as it was after an import.
func reckonBudget(ctx context.Context, db *sqlite.DB, terms *budget.Terms, own *budget.Month, upTo int, after int64) (*reconcile.BudgetFigures, error) {
	imported, err := budgetInForce(ctx, db, after)
	if err != nil {
		return nil, err
	}
	runs, err := monthRuns(ctx, db, terms.Through, upTo)
	if err != nil {
		return nil, err
	}
	var months []budget.Month
	for _, r := range runs {
		m, err := massOf(ctx, db, r.Period, r.Run)
		if err != nil {
			return nil, err
		}
		months = append(months, *m)
	}
	if own != nil && len(own.Lines) > 0 {
		months = append(months, *own)
	}
	return budget.Figures(terms, months, imported), nil
}

// budgetInForce is what was imported, as it was in force after an import.
func budgetInForce(ctx context.Context, db *sqlite.DB, after int64) (*reconcile.Budget, error) {
	rows, err := db.BudgetRows(ctx, after)
	if err != nil {
		return nil, err
	}
	b, err := reconcile.BudgetOf(rows)
	if err != nil {
		return nil, err
	}
	b.Import = after
	return b, nil
}

func massOf(ctx context.Context, db *sqlite.DB, month reconcile.Period, run int) (*budget.Month, error) {
	m := &budget.Month{Period: month, Run: run}
	var err error
	if m.Lines, err = db.MassLines(ctx, run); err != nil {
		return nil, err
	}
	if m.Gaps, err = db.MassGaps(ctx, run); err != nil {
		return nil, err
	}
	m.Heads, err = db.MassHeads(ctx, run)
	return m, err
}

// Budget reckons the budget as it stands now: the latest month that has a run,
// and all that was imported. For a number, it is what that run knew.
func (a *App) Budget(ctx context.Context, db *sqlite.DB, number int) (*reconcile.BudgetFigures, error) {
	if number > 0 {
		run, err := findRun(ctx, db, number)
		if err != nil {
			return nil, err
		}
		if run.Months.Set() {
			return nil, errNoBudget
		}
		tables, err := a.tablesOf(run)
		if err != nil {
			return nil, err
		}
		return budgetOf(ctx, db, run, tables.Waves)
	}
	last, err := db.LastBudget(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := db.MonthRuns(ctx, 0, reconcile.NewPeriod(2149, 12), lastRun)
	if err != nil {
		return nil, err
	}
	through := a.Config.Period
	var own *budget.Month
	if len(runs) > 0 {
		r := runs[len(runs)-1]
		through = r.Period
		if own, err = massOf(ctx, db, r.Period, r.Run); err != nil {
			return nil, err
		}
	}
	tables, err := a.tables(through, reconcile.Months{})
	if err != nil {
		return nil, err
	}
	terms, err := budgetTerms(a.Config.Budget, through, tables.Waves)
	if err != nil {
		return nil, err
	}
	return reckonBudget(ctx, db, terms, own, lastRun, last)
}
