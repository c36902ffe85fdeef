package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"bascule/reconcile"
)

// Measures records what the run measured, in its order.
func (r *Recorder) Measures(measures []reconcile.Measure) error {
	for i, m := range measures {
		if _, err := r.conn.ExecContext(r.ctx, `INSERT INTO measure (run_id, wave, metric, rank, value, "of") VALUES (?,?,?,?,?,?)`,
			r.run.ID, m.Wave, string(m.Metric), i, m.Value, m.Of); err != nil {
			return describe(err)
		}
	}
	return nil
}

// Measures gives what some runs measured, by run, in the order it was recorded.
func (d *DB) Measures(ctx context.Context, runs ...int) (map[int][]reconcile.Measure, error) {
	list, err := json.Marshal(orEmpty(runs))
	if err != nil {
		return nil, err
	}
	type row struct {
		run     int
		measure reconcile.Measure
	}
	all := make(map[int][]reconcile.Measure, len(runs))
	for r, err := range stream(ctx, d, func(rows *sql.Rows) (r row, err error) {
		err = rows.Scan(&r.run, &r.measure.Wave, &r.measure.Metric, &r.measure.Value, &r.measure.Of)
		return r, err
	}, `SELECT run_id, wave, metric, value, "of" FROM measure WHERE run_id IN (SELECT value FROM json_each(?)) ORDER BY run_id, rank`, string(list)) {
		if err != nil {
			return nil, err
		}
		all[r.run] = append(all[r.run], r.measure)
	}
	return all, nil
}
