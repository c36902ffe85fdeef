package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

var errNoAgent = errors.New("aucun bulletin de cette exécution ne répond à ce nom — donnez un matricule, une clé, un NIR, ou le pseudonyme « A… » du classeur")

// Explain prints both payslips of an agent, one page for each of his dossiers,
// from the run of a number, or the last one of the month.
func (a *App) Explain(ctx context.Context, agent string, period reconcile.Period, number int, w io.Writer) error {
	return a.withStore(ctx, func(db *sqlite.DB) error {
		run, err := runToExplain(ctx, db, period, number)
		if err != nil {
			return err
		}
		if err := refusePurged(run); err != nil {
			return err
		}
		tables, err := a.tablesOf(run)
		if err != nil {
			return err
		}
		keys, err := findKeys(ctx, db, run.ID, strings.TrimSpace(agent))
		if err != nil {
			return err
		}
		views := []*reports.AgentView{}
		for _, key := range keys {
			v, err := a.agentView(ctx, db, run, tables, key)
			if err != nil {
				return err
			}
			if v.ClusterAgents, err = db.AgentsOfClusters(ctx, run.ID, v.Discrepancies); err != nil {
				return err
			}
			views = append(views, v)
		}
		if a.JSON {
			pages := make([]agentJSON, len(views))
			for i, v := range views {
				pages[i] = newAgentJSON(v)
			}
			return a.print("", pages)
		}
		for _, v := range views {
			if err := reports.WriteAgent(w, v); err != nil {
				return err
			}
		}
		return nil
	})
}

func runToExplain(ctx context.Context, db *sqlite.DB, period reconcile.Period, number int) (*reconcile.Run, error) {
	if number != 0 {
		return findRun(ctx, db, number)
	}
	run, err := db.LatestRun(ctx, period, reconcile.Months{})
	if err == nil && run == nil {
		err = fmt.Errorf("aucune exécution n'est enregistrée pour %v — lancez « bascule run --period %v », ou voyez « bascule runs »", period, period)
	}
	return run, err
}

// findKeys finds what a person calls an agent: a key, a matricule, a NIR, or a
// pseudonym, for which all keys are tried. A pair that was not made by its key
// is found under both, and given once.
func findKeys(ctx context.Context, db *sqlite.DB, run int, text string) ([]string, error) {
	found, err := db.Find(ctx, run, text)
	if err != nil || len(found) > 0 {
		return found, err
	}
	for key, err := range db.Keys(ctx, run) {
		if err != nil {
			return nil, err
		}
		if !strings.EqualFold(pseudonym(db, key), text) {
			continue
		}
		if found, err = db.Find(ctx, run, key); len(found) == 0 {
			found = []string{key} // of a pair, and of no payslip
		}
		return found, err
	}
	return nil, errNoAgent
}

// agentView gathers what explain shows of one key: the payslips of both sides,
// that of the other side under its own key when the pair was made otherwise.
func (a *App) agentView(ctx context.Context, db *sqlite.DB, run *reconcile.Run, tables *reconcile.Tables, key string) (*reports.AgentView, error) {
	v := &reports.AgentView{Run: run.ID, Period: run.Period, LegacyPeriod: run.Months.Earlier, Agent: a.agentNamer(db)(key), Lang: a.Config.Lang,
		ShowName: a.Config.Privacy.Names, Labels: a.labels().For(run), Tables: tables}
	var err error
	if v.Discrepancies, err = db.OfAgent(ctx, run.ID, key); err != nil {
		return nil, err
	}
	for _, side := range reconcile.Sides {
		loads := run.LoadsOf(side)
		rows, err := db.PayslipsOf(ctx, loads, key)
		if err == nil && (len(rows) == 0 || reconcile.Strangers(rows)) {
			rows, err = otherKey(ctx, db, loads, side, v.Discrepancies)
		}
		if err != nil {
			return nil, err
		}
		for group, err := range reconcile.Assemble(rowsOf(rows)) {
			if err != nil {
				return nil, err
			}
			v.Payslips[side] = group.Payslip
		}
	}
	v.Lines = reconcile.Align(tables.For(run.Period, run.Months), v.Payslips, a.Config.Lang)
	return v, nil
}

// otherKey finds the payslip that a looser key brought to the pair, and of a key
// that several persons share, the rows of one of them.
func otherKey(ctx context.Context, db *sqlite.DB, loads []reconcile.Load, side reconcile.Side, of []*reconcile.Discrepancy) ([]*reconcile.Payslip, error) {
	for _, d := range of {
		id := [2]int64{d.LegacyPayslip, d.ONPPayslip}[side]
		if id == 0 {
			continue
		}
		p, err := db.PayslipByID(ctx, loads, id)
		if err != nil {
			return nil, err
		}
		rows, err := db.PayslipsOf(ctx, loads, p.Key)
		if err == nil && reconcile.Strangers(rows) {
			rows = slices.DeleteFunc(rows, func(row *reconcile.Payslip) bool { return !reconcile.SamePayslip(&row.Agent, &p.Agent) })
		}
		return rows, err
	}
	return nil, nil
}

func rowsOf(rows []*reconcile.Payslip) func(func(*reconcile.Payslip, error) bool) {
	return func(yield func(*reconcile.Payslip, error) bool) {
		for _, p := range rows {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// Runs prints the history, the last run first.
func (a *App) Runs(ctx context.Context, w io.Writer) error {
	return a.withStore(ctx, func(db *sqlite.DB) error {
		runs, err := db.Runs(ctx)
		if err != nil {
			return err
		}
		if a.JSON {
			summaries := make([]reconcile.Summary, len(runs))
			for i := range runs {
				summaries[i] = reports.Worded(&runs[i].Summary, a.Config.Lang)
			}
			return a.print("", summaries)
		}
		if len(runs) == 0 {
			return a.print("Aucune exécution n'est enregistrée. Lancez « bascule run ».", nil)
		}
		return reports.WriteRuns(w, a.Config.Lang, a.labels(), runs)
	})
}

// ShowRun prints one run: its screen, its inputs, their digests and its seal.
func (a *App) ShowRun(ctx context.Context, number int, w io.Writer) error {
	return a.withStore(ctx, func(db *sqlite.DB) error {
		run, err := findRun(ctx, db, number)
		if err != nil {
			return err
		}
		if a.JSON {
			return a.print("", reports.Worded(&run.Summary, a.Config.Lang))
		}
		result, err := a.result(ctx, db, run)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w, result.Text); err != nil {
			return err
		}
		seal, err := db.Seal(ctx, run.ID)
		if err != nil {
			return err
		}
		return reports.WriteInputs(w, a.Config.Lang, a.labels(), run, seal.Former)
	})
}
