package main

import (
	"context"
	"slices"

	"bascule/reconcile"
	"bascule/reconcile/review"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// reviewer carries what was decided to a run, and notes in the run the last
// decision it knows, and what those about it will rest upon. What was decided
// about the systems says nothing of one system's two months, and the other way
// round.
func (a *App) reviewer(ctx context.Context, db *sqlite.DB, run *reconcile.Run, t *reconcile.Tables) (reconcile.Reviewer, error) {
	run.Grounds = review.GroundsOf(t, run.Period)
	decisions, err := db.Decisions(ctx)
	if err != nil || len(decisions) == 0 {
		return nil, err
	}
	run.Decided = decisions[len(decisions)-1].ID
	if decisions, err = known(ctx, db, run, decisions); err != nil {
		return nil, err
	}
	return review.NewBook(decisions, run.Grounds, run.Period), nil
}

// known keeps the decisions that a run knew, about what it compares.
func known(ctx context.Context, db *sqlite.DB, run *reconcile.Run, decisions []reconcile.Decision) ([]reconcile.Decision, error) {
	runs, err := db.RunKeys(ctx)
	if err != nil {
		return nil, err
	}
	alike := make(map[int]bool, len(runs))
	for i := range runs {
		alike[runs[i].ID] = runs[i].Alike(run)
	}
	return slices.DeleteFunc(decisions, func(d reconcile.Decision) bool { return !alike[d.Run] || d.ID > run.Decided }), nil
}

// decided lets a report find the decisions that its run knew: all by their
// references, those that may hold by the cluster they are about.
func (a *App) decided(ctx context.Context, db *sqlite.DB, run *reconcile.Run, d *reports.Data) error {
	decisions, err := db.Decisions(ctx)
	if err != nil {
		return err
	}
	if decisions, err = known(ctx, db, run, decisions); err != nil {
		return err
	}
	byRef, byCluster := make(map[string]*reconcile.Decision, len(decisions)), make(map[review.Scope]*reconcile.Decision)
	for i := range decisions {
		byRef[decisions[i].Ref()] = &decisions[i]
	}
	for _, x := range review.Standing(decisions, review.GroundsOf(d.Tables, run.Period), run.Period) {
		if x.Fingerprint == "" {
			byCluster[review.ScopeOf(x)] = x
		}
	}
	d.Decisions = func(ref string) *reconcile.Decision { return byRef[ref] }
	d.ClusterDecisions = func(cluster, axis, value string) *reconcile.Decision {
		return byCluster[review.Scope{Cluster: cluster, Axis: axis, Value: value}]
	}
	return nil
}
