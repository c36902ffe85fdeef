package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"bascule/reconcile"
)

// GateSet records the gates that judge the run, when they are not those of the
// run recorded before it.
func (r *Recorder) GateSet(gates []reconcile.Gate) error {
	var last string
	err := r.conn.QueryRowContext(r.ctx, "SELECT hash FROM gate_set ORDER BY id DESC LIMIT 1").Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return describe(err)
	}
	hash := reconcile.GatesHash(gates)
	if hash == last {
		return nil
	}
	_, err = r.conn.ExecContext(r.ctx, "INSERT INTO gate_set (hash, at, run, gates) VALUES (?,?,?,?)", hash, r.run.StartedAt, r.run.ID, reconcile.GatesText(gates))
	return describe(err)
}

// GateSets lists the versions of the gates up to a run, the first first.
func (d *DB) GateSets(ctx context.Context, run int) ([]reconcile.GateSet, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (s reconcile.GateSet, err error) {
		var gates string
		if err := rows.Scan(&s.ID, &s.Hash, &s.At, &s.Run, &gates); err != nil {
			return s, err
		}
		return s, json.Unmarshal([]byte(gates), &s.Gates)
	}, "SELECT id, hash, at, run, gates FROM gate_set WHERE run <= ? ORDER BY id", run))
}

// awaiting keeps the gaps of a run ?1 that a decision would close, had it its visa.
const awaiting = "run_id = ?1 AND reopened = '" + reconcile.AwaitsVisa + "'"

// Awaiting counts the decisions that close gaps of the run and await their visa.
// One whose gaps are gone holds nothing up: nobody finds it in a workbook to sign.
func (r *Recorder) Awaiting() (n int64, err error) {
	err = r.conn.QueryRowContext(r.ctx, "SELECT count(DISTINCT decision) FROM "+wholeRun+" WHERE "+awaiting, r.run.ID).Scan(&n)
	return n, describe(err)
}

// DecisionTotals counts the decisions that a run knew by status and author: all
// that were ever taken, those in force, and of these the ones that Awaiting
// counts.
func (d *DB) DecisionTotals(ctx context.Context, run *reconcile.Run) ([]reconcile.DecisionTotal, error) {
	totals, err := collect(stream(ctx, d, func(rows *sql.Rows) (t reconcile.DecisionTotal, err error) {
		err = rows.Scan(&t.Status, &t.Author, &t.Count, &t.InForce, &t.Awaiting)
		return t, err
	}, `WITH known AS (SELECT *, NOT EXISTS (SELECT 1 FROM decision n WHERE n.replaces = d.id AND n.id <= ?2) AS in_force FROM decision d WHERE d.id <= ?2)
		SELECT status, author, count(*), sum(in_force), sum('D-' || id IN (SELECT decision FROM `+wholeRun+` WHERE `+awaiting+`))
		FROM known GROUP BY status, author ORDER BY status, author`, run.ID, run.Decided))
	slices.SortStableFunc(totals, func(a, b reconcile.DecisionTotal) int {
		return cmp.Compare(slices.Index(reconcile.Statuses, a.Status), slices.Index(reconcile.Statuses, b.Status))
	})
	return totals, err
}

// OwnerTotals counts the open gaps of a run by who has to act on them.
func (d *DB) OwnerTotals(ctx context.Context, run int) ([]reconcile.OwnerTotal, error) {
	totals := make([]reconcile.OwnerTotal, len(reconcile.Owners))
	for i, o := range reconcile.Owners {
		totals[i].Owner = o
	}
	type group struct {
		of reconcile.Discrepancy
		reconcile.OwnerTotal
	}
	for g, err := range stream(ctx, d, func(rows *sql.Rows) (g group, err error) {
		err = rows.Scan(&g.of.Status, &g.of.Kind, &g.of.Cause, &g.of.AtFault, &g.Gaps, &g.Roots, &g.DeltaNet, &g.Absolute)
		return g, err
	}, `SELECT status, kind, cause, at_fault, count(*), sum(root = ''), sum(delta_net), sum(abs(delta_net) + abs(delta_info)) FROM `+wholeRun+`
		WHERE run_id = ? AND `+open+` GROUP BY 1, 2, 3, 4`, run) {
		if err != nil {
			return nil, err
		}
		t := &totals[slices.Index(reconcile.Owners, g.of.Owner())]
		t.Gaps += g.Gaps
		t.Roots += g.Roots
		t.DeltaNet += g.DeltaNet
		t.Absolute += g.Absolute
	}
	return totals, nil
}

// RootAges counts the open roots of a run by age: one band for each of
// reconcile.AgeBounds, then those that are older.
func (d *DB) RootAges(ctx context.Context, run int) (bands [len(reconcile.AgeBounds) + 1]int64, err error) {
	b := reconcile.AgeBounds
	err = d.read.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE age_days <= ?2), count(*) FILTER (WHERE age_days > ?2 AND age_days <= ?3),
			count(*) FILTER (WHERE age_days > ?3 AND age_days <= ?4), count(*) FILTER (WHERE age_days > ?4)
		FROM `+wholeRun+` WHERE run_id = ?1 AND root = '' AND `+open, run, b[0], b[1], b[2]).Scan(&bands[0], &bands[1], &bands[2], &bands[3])
	return bands, describe(err)
}
