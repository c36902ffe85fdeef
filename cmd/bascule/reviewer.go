package main

import (
	"context"

	"bascule/reconcile"
	"bascule/reconcile/review"
	"bascule/reconcile/sqlite"
)

// reviewer carries what was decided to a run, and notes in the run the last
// decision it knows. What was decided about the systems says nothing of one
// system's two months, and the other way round.
func (a *App) reviewer(ctx context.Context, db *sqlite.DB, run *reconcile.Run, t *reconcile.Tables) (reconcile.Reviewer, error) {
	decisions, err := db.Decisions(ctx)
	if err != nil || len(decisions) == 0 {
		return nil, err
	}
	runs, err := db.Runs(ctx)
	if err != nil {
		return nil, err
	}
	alike := make(map[int]bool, len(runs))
	for i := range runs {
		alike[runs[i].ID] = runs[i].Alike(run)
	}
	run.Decided = decisions[len(decisions)-1].ID
	kept := decisions[:0]
	for _, d := range decisions {
		if alike[d.Run] {
			kept = append(kept, d)
		}
	}
	return review.NewBook(kept, t, run.Period), nil
}
