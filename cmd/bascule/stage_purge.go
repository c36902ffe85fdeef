package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
)

// PurgeResult is what a purge ends with.
type PurgeResult struct {
	reconcile.Purge
	DryRun   bool     `json:"dry_run"`
	Files    int      `json:"files"`    // published ones, erased or to be
	Extracts []string `json:"extracts"` // read by purged loads alone, and still there
	resumed  bool
	oldest   reconcile.Period
}

func (r *PurgeResult) nothing() bool { return r.Loads+r.Runs == 0 && r.Files == 0 && !r.resumed }

func (r *PurgeResult) oldestText() string {
	if r.oldest == 0 {
		return "aucun mois n'est dans la base"
	}
	return fmt.Sprintf("le plus ancien mois de la base est %v", r.oldest)
}

var errTraces = errors.New("la preuve d'effacement n'est pas faite : fermez les programmes qui lisent la base, puis relancez la même commande")

// failure makes the command fail while something of what was erased is left.
func (r *PurgeResult) failure() error {
	if r.Proof != nil && !r.Proof.Clean() {
		return errTraces
	}
	return nil
}

// Purge erases the persons of the months before one, from the database and from
// what was published, and proves it. What an interrupted purge left is finished.
func (a *App) Purge(ctx context.Context, before reconcile.Period, dryRun, force bool) (*PurgeResult, error) {
	r := &PurgeResult{DryRun: dryRun, Extracts: []string{}}
	path := a.Config.Abs(a.Config.Database)
	err := a.withStore(ctx, func(db *sqlite.DB) error {
		var current reconcile.Period
		var err error
		if r.oldest, current, err = db.Retained(ctx); err != nil {
			return err
		}
		if !force {
			if err := stillUsed(before, current); err != nil {
				return err
			}
		}
		purge, sought, err := db.Purge(ctx, before, a.instant(), dryRun, a.Progress)
		if err != nil {
			return err
		}
		r.Purge = *purge
		if dryRun {
			return a.wouldErase(ctx, db, r)
		}
		if r.Files, err = a.erasePublished(ctx, db); err != nil {
			return err
		}
		pending, err := db.Pending(ctx)
		if err != nil {
			return err
		}
		if r.resumed = len(pending) > 0 && r.ID == 0; len(pending) > 0 {
			if r.Proof, err = db.FinishPurge(ctx, path, sought, a.instant(), a.Progress); err != nil {
				return err
			}
		}
		r.Extracts, err = a.extractsLeft(ctx, db)
		return err
	})
	if err != nil {
		return nil, err
	}
	a.Log.Info("purge", "avant", before.String(), "à blanc", dryRun, "bulletins", r.Payslips, "écarts", r.Discrepancies, "fichiers", r.Files)
	return r, nil
}

// stillUsed refuses to erase the month in force, and the one before, which proves
// what slipped from one month to the other.
func stillUsed(before, current reconcile.Period) error {
	switch {
	case current == 0 || before <= current-1:
		return nil
	case before > current:
		return &usageError{fmt.Sprintf("--before : effacerait %v, le mois de la dernière exécution", current), fmt.Sprintf("écrivez au plus --before %v, ou ajoutez --force", current-1)}
	}
	return &usageError{fmt.Sprintf("--before : effacerait %v, dont la nuit a besoin pour prouver les décalages avec %v", current-1, current), fmt.Sprintf("écrivez au plus --before %v, ou ajoutez --force", current-1)}
}

// overdue is the month that a purge should keep first, when an older one holds
// persons for longer than the retention; zero otherwise. Months are counted back
// from the last one, not from today: a base that sleeps says nothing new.
func (c *Config) overdue(oldest, current reconcile.Period) reconcile.Period {
	first := min(current-reconcile.Period(c.Privacy.RetentionMonths)+1, current-1) // the night still uses the month before
	if oldest == 0 || oldest >= first {
		return 0
	}
	return first
}

// remindRetention tells, once a night, that months are to be purged.
func (a *App) remindRetention(ctx context.Context, db *sqlite.DB) error {
	oldest, current, err := db.Retained(ctx)
	if err != nil {
		return err
	}
	if first := a.Config.overdue(oldest, current); first != 0 {
		a.Log.Warn("des mois dépassent la durée de conservation", "plus ancien", oldest.String(), "mois conservés", a.Config.Privacy.RetentionMonths, "remède", fmt.Sprintf("bascule purge --before %v", first))
	}
	return nil
}

// refusePurged refuses what needs the rows of a run that has its totals left alone.
func refusePurged(run *reconcile.Run) error {
	if run.Purged == "" {
		return nil
	}
	return fmt.Errorf("l'exécution n° %d a été purgée le %s : ses bulletins et ses écarts sont effacés, ses totaux restent — voyez « bascule runs show %d »", run.ID, dayOf(run.Purged), run.ID)
}

// dayOf is the day of an instant that the database wrote.
func dayOf(at string) string { return at[:min(len(at), len("2006-01-02"))] }

// afterPurge says what a run can no longer know: the gaps that it would follow,
// or the month beside its own.
func (k *comparison) afterPurge(ctx context.Context) ([]*reconcile.Saying, error) {
	runs, err := k.db.RunKeys(ctx)
	runs = slices.DeleteFunc(runs, func(r reconcile.Run) bool { return r.Purged == "" })
	if err != nil || len(runs) == 0 || k.run.Months.Set() {
		return nil, err
	}
	var notes []*reconcile.Saying
	if k.run.Previous == 0 {
		notes = append(notes, reconcile.Say("les exécutions antérieures ont été purgées le %s : tous les écarts sont dits nouveaux", dayOf(runs[0].Purged)))
	}
	told := make(map[reconcile.Period]bool)
	for _, run := range slices.Backward(runs) {
		month := run.Period
		beside := month == k.run.Period-1 || month == k.run.Period+1
		loaded := false
		for j := range k.around {
			loaded = loaded || k.around[j].Period == month
		}
		if beside && !loaded && !told[month] {
			told[month] = true
			notes = append(notes, reconcile.Say("le mois voisin %s a été purgé le %s : un décalage avec lui est présumé, plus prouvé", month, dayOf(run.Purged)))
		}
	}
	return notes, nil
}

// remindReloaded warns that persons come back into months that were purged.
func (a *App) remindReloaded(ctx context.Context, db *sqlite.DB, loads []reconcile.Load) error {
	purges, err := db.Purges(ctx)
	if err != nil || len(purges) == 0 {
		return err
	}
	told := make(map[reconcile.Period]bool)
	for i := range loads {
		l := &loads[i]
		for j := range purges {
			if p := &purges[j]; l.Period < p.Before && !l.Reused && !told[l.Period] {
				told[l.Period] = true
				a.Log.Warn("un mois purgé est chargé de nouveau : ses personnes sont revenues dans la base", "mois", l.Period.String(), "purgé le", dayOf(p.At), "remède", fmt.Sprintf("bascule purge --before %v", p.Before))
			}
		}
	}
	return nil
}
