package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"bascule/mappings"
	"bascule/reconcile"
	"bascule/reconcile/explain"
	"bascule/reconcile/sqlite"
)

// ErrClosing means that a sum is wrong somewhere: nothing of the run is kept.
var ErrClosing = errors.New("le bouclage n'est pas exact")

// compareLoads reconciles some loads, of both sides, and records the run, or
// returns the last run when nothing has changed since, unless again is set.
func (a *App) compareLoads(ctx context.Context, db *sqlite.DB, loads []reconcile.Load, again bool) (*reconcile.Run, error) {
	c := a.Config
	tables, err := a.tables(c.Period, c.Months)
	if err != nil {
		return nil, err
	}
	if linesOf(loads) == 0 {
		return nil, sqlite.ErrEmpty
	}
	run := &reconcile.Run{Period: c.Period, Months: c.Months, StartedAt: a.instant(), Version: a.Version, ConfigHash: c.Hash(),
		TablesHash: tables.Hash, Config: c.Frozen(), Loads: loads}
	gates, err := a.gatesFor(run, tables)
	if err != nil {
		return nil, err
	}
	// Which of two files a doubled payslip counts in must not depend on how they came.
	slices.SortFunc(loads, func(a, b reconcile.Load) int {
		return cmp.Or(cmp.Compare(run.PlaceOf(&a), run.PlaceOf(&b)), compareFiles(&a, &b))
	})
	around, err := a.loadsAround(ctx, db)
	if err != nil {
		return nil, err
	}
	reviewer, err := a.reviewer(ctx, db, run, tables)
	if err != nil {
		return nil, err
	}
	budgeted, err := a.budgeted(ctx, db, run)
	if err != nil {
		return nil, err
	}
	run.Inputs = inputsDigest(run, around, budgeted)
	last, err := db.LatestRun(ctx, c.Period, c.Months)
	if err != nil {
		return nil, err
	}
	if last != nil && last.Purged == "" && last.Inputs == run.Inputs && !again {
		a.about(last.Period, last.ID)
		a.Log.Info("comparaison", "état", "rien n'a changé depuis cette exécution")
		return last, nil
	}
	start := a.Now()
	record := func(former *reconcile.Run) error {
		return db.Record(ctx, run, func(r *sqlite.Recorder) error {
			a.about(run.Period, run.ID)
			k := comparison{app: a, db: db, recorder: r, run: run, former: former, around: around, gates: gates, reckoned: a.clockNotes(run, last), terms: &reconcile.Terms{Period: c.Period, Months: c.Months, Tables: tables, Mapping: tables.For(c.Period, c.Months),
				Tolerance: c.Tolerance, Identity: c.Identity.Identity, Secret: db.Secret(), Reviewer: reviewer}}
			if err := k.prepare(ctx); err != nil {
				return err
			}
			if err := k.compare(ctx); err != nil {
				return err
			}
			run.Folder = runFolder(c, run.ID)
			run.Summary.Seconds.Compare = millis(a.Now().Sub(start))
			return nil
		})
	}
	former := last
	if again {
		former = nil
	}
	err = record(former)
	if former != nil && (errors.Is(err, reconcile.ErrNotQuiet) || errors.Is(err, ErrClosing)) {
		a.Log.Warn("comparaison", "état", "ce que l'exécution précédente a gardé ne se vérifie pas : tout est comparé de nouveau")
		err = record(nil)
	}
	if err != nil {
		return nil, err
	}
	a.Log.Info("comparaison", "écarts", run.Summary.Discrepancies.Total, "ouverts", run.Summary.Discrepancies.Open)
	return run, nil
}

// compareFiles orders loads by what they are, not by when they came.
func compareFiles(a, b *reconcile.Load) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.SHA256, b.SHA256), cmp.Compare(a.ID, b.ID))
}

// tables reads the tables of correspondence, valid for both systems in a month
// or for one in two: once for a command, so that all its stages see the same.
func (a *App) tables(p reconcile.Period, m reconcile.Months) (*reconcile.Tables, error) {
	if !m.Set() {
		return a.readTables(p)
	}
	t, err := a.readTables(0) // the other system's codes may have ended since
	if err != nil {
		return nil, err
	}
	for _, place := range reconcile.Sides {
		if system, month := m.Source(place, p); !t.InForce(system, month) {
			return nil, &reconcile.InputError{File: a.Config.Abs(a.Config.Mappings), Err: fmt.Errorf("aucune correspondance côté %v ne vaut en %v", system, month),
				Hint: "complétez correspondances.csv ou ses mois de validité"}
		}
	}
	return t, nil
}

func (a *App) readTables(p reconcile.Period) (*reconcile.Tables, error) {
	if t := a.loaded[p]; t != nil {
		return t, nil
	}
	c := a.Config
	paths := mappings.Paths{Dir: c.Abs(c.Mappings)}
	if c.Identity.Crosswalk != "" { // named: then it must exist
		paths.Crosswalk = c.Abs(c.Identity.Crosswalk)
	}
	if c.Waves != "" {
		paths.Waves = c.Abs(c.Waves)
	}
	t, err := mappings.LoadPaths(paths, p)
	if err != nil {
		return nil, err
	}
	book, err := explain.NewBook(t)
	if err != nil { // a wrong formula is refused with the tables
		var wrong *reconcile.InputError
		if errors.As(err, &wrong) {
			wrong.File = filepath.Join(paths.Dir, wrong.File)
		}
		return nil, err
	}
	if _, err := c.gates(t); err != nil { // a gate of the configuration may name a wave
		return nil, err
	}
	a.loaded[p], a.books[t] = t, book
	return t, nil
}

// tablesOf are the tables that a run was made with. Others would contradict its
// discrepancies.
func (a *App) tablesOf(run *reconcile.Run) (*reconcile.Tables, error) {
	tables, err := a.tables(run.Period, run.Months)
	if err == nil && tables.Hash != run.TablesHash {
		err = fmt.Errorf("les tables de correspondance ont changé depuis l'exécution n° %d — relancez « bascule run », ou rétablissez-les", run.ID)
	}
	return tables, err
}

// inputsDigest covers all that decides a run's result: equal digests, same run.
func inputsDigest(run *reconcile.Run, around []reconcile.Load, budgeted []string) string {
	parts := []any{reconcile.EngineVersion, run.Period, run.ConfigHash, run.TablesHash, run.GatesHash, run.Decided}
	for i := range run.Loads {
		l := &run.Loads[i]
		parts = append(parts, []string{run.PlaceOf(l).String(), l.Path, l.SHA256, l.Options})
	}
	for i := range around {
		l := &around[i]
		parts = append(parts, []string{l.Period.String(), l.Side.String(), l.SHA256, l.Options})
	}
	if budgeted != nil { // otherwise absent: the digest is what it was before there was a budget
		parts = append(parts, budgeted)
	}
	text, err := json.Marshal(parts)
	if err != nil {
		panic(fmt.Sprintf("inputs that JSON cannot hold: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func millis(d time.Duration) reconcile.Millis { return reconcile.Millis(d.Milliseconds()) }

// comparison is one run being made.
type comparison struct {
	app      *App
	db       *sqlite.DB
	recorder *sqlite.Recorder
	run      *reconcile.Run
	former   *reconcile.Run // the last one of the same comparison, if it may be relied upon
	terms    *reconcile.Terms
	around   []reconcile.Load // of the neighbouring months
	gates    []reconcile.Gate
	rest     *rest               // nil: everything is to be compared
	accounts *reconcile.Accounts // that the engine's are held against
	mu       sync.Mutex          // of recorder, which several ranges write to

	reckoned []*reconcile.Saying // notes on the clock, on the formulas, and on the rounding found on a sample of the payslips
}

// Discrepancy and Single let the ranges take turns at the recorder.
func (k *comparison) Discrepancy(d *reconcile.Discrepancy) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.recorder.Discrepancy(d)
}

func (k *comparison) Single(s *reconcile.Single) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.recorder.Single(s)
}

func (k *comparison) compare(ctx context.Context) error {
	tally, kept, err := k.firstPass(ctx)
	if err != nil {
		return err
	}
	second := reconcile.NewComparer(k.terms, k)
	for _, by := range reconcile.Passes {
		if err := second.Second(reconcile.Rematch(by, k.recorder.Singles(by), k.recorder.Crowds(by))); err != nil {
			return err
		}
		if err := k.recorder.Settle(by); err != nil {
			return err
		}
	}
	if err := second.Second(reconcile.Alone(k.recorder.Alone())); err != nil {
		return err
	}
	tally.Merge(&second.Tally)
	if err := k.recorder.GatherClusters(); err != nil {
		return err
	}
	if tally.Discrepancies.ByEvolution, err = k.recorder.Evolve(); err != nil {
		return err
	}
	if k.accounts.Rows, err = k.recorder.RowSums(); err != nil {
		return err
	}
	closing := reconcile.Close(k.terms.Mapping, tally, k.accounts)
	if !closing.OK {
		return closingError(&closing)
	}
	if kept != nil {
		if err := k.recorder.Keep(kept); err != nil {
			return err
		}
	}
	k.run.Summarise(tally, closing)
	if err := k.recorder.Mass(tally.Mass); err != nil {
		return err
	}
	if err := k.reckon(ctx, tally.Mass); err != nil {
		return err
	}
	if err := k.judge(ctx, tally.Measures(k.terms.Tables.Waves, k.rejects())); err != nil {
		return err
	}
	return k.notes(ctx, tally)
}

func linesOf(loads []reconcile.Load) (n int64) {
	for i := range loads {
		n += loads[i].Sums.Lines
	}
	return n
}

func payslipsOf(loads []reconcile.Load) (n int64) {
	for i := range loads {
		n += loads[i].Payslips
	}
	return n
}

// heldSums gathers the sums that the reader and the database made.
func (k *comparison) heldSums(ctx context.Context) (*reconcile.Accounts, error) {
	a := &reconcile.Accounts{Loads: k.run.Loads}
	var err error
	for _, side := range reconcile.Sides {
		if a.Read[side], err = k.db.CodeTotals(ctx, k.run.LoadsOf(side)); err != nil {
			return nil, err
		}
	}
	a.Stored, err = k.db.StoredSums(ctx, k.run)
	return a, err
}

// rejects counts the lines that no side could read.
func (k *comparison) rejects() (n int64) {
	for i := range k.run.Loads {
		n += k.run.Loads[i].Rejects
	}
	return n
}

// closingError says how many accounts do not close, and the first.
func closingError(c *reconcile.Closing) error {
	count, first := 0, ""
	for _, check := range c.Checks {
		if check.OK {
			continue
		}
		if count++; count == 1 {
			first = fmt.Sprintf("%s %s : %v ≠ %v", check.Name, check.Scope, check.Left, check.Right)
		}
	}
	return fmt.Errorf("%w : %d contrôles en défaut, le premier %s — rien n'est publié ; conservez la base et signalez l'anomalie", ErrClosing, count, first)
}
