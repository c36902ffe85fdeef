package main

import (
	"context"

	"bascule/reconcile"
	"bascule/reconcile/review"
	"bascule/reconcile/sqlite"
)

// gatesFor are the gates that judge a run, and leave their hash in it: none
// where months are compared, which says nothing of the switchover.
func (a *App) gatesFor(run *reconcile.Run, t *reconcile.Tables) ([]reconcile.Gate, error) {
	if run.Months.Set() {
		return nil, nil
	}
	gates, err := a.Config.gates(t)
	if err != nil {
		return nil, err
	}
	run.GatesHash = reconcile.GatesHash(gates)
	return gates, nil
}

// judge records what the run measured, and lets the gates judge it with the
// successive runs before it.
func (k *comparison) judge(ctx context.Context, measures []reconcile.Measure) error {
	if err := k.recorder.Measures(measures); err != nil {
		return err
	}
	if k.run.Months.Set() {
		return nil
	}
	if err := k.recorder.GateSet(k.gates); err != nil {
		return err
	}
	needs := 2 // the trend
	for i := range k.gates {
		needs = max(needs, k.gates[i].Needs())
	}
	before, err := measuredBefore(ctx, k.db, k.run, needs-1)
	if err != nil {
		return err
	}
	decisions, err := k.db.DecisionTotals(ctx, k.run)
	if err != nil {
		return err
	}
	var awaiting int64
	for i := range decisions {
		awaiting += decisions[i].Awaiting
	}
	j := review.Judge(k.gates, k.terms.Tables.Waves, append([]review.Measured{{Run: k.run.ID, Measures: measures}}, before...), awaiting)
	s := &k.run.Summary
	s.Gates, s.Opinion, s.Opinions, s.AwaitingVisa = j.Results, j.Opinion, j.Waves, j.Awaiting
	return nil
}

// measuredBefore is what the successive runs before one measured, the newest
// first: those that compare both systems. A run made again from the same inputs
// is the same run: it adds none.
func measuredBefore(ctx context.Context, db *sqlite.DB, run *reconcile.Run, most int) ([]review.Measured, error) {
	runs, err := db.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int
	later := run.Inputs
	for i := range runs {
		r := &runs[i]
		if r.ID >= run.ID || r.Months.Set() || r.Inputs == later {
			continue
		}
		if len(ids) == most {
			break
		}
		ids, later = append(ids, r.ID), r.Inputs
	}
	measures, err := db.Measures(ctx, ids...)
	if err != nil {
		return nil, err
	}
	before := make([]review.Measured, len(ids))
	for i, id := range ids {
		before[i] = review.Measured{Run: id, Measures: measures[id]}
	}
	return before, nil
}
