package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

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

// Files names what some loads read: equal names, the same files of the same sides
// and months.
func Files(loads []reconcile.Load) string {
	names := make([]string, len(loads))
	for i := range loads {
		names[i] = loads[i].Side.String() + " " + loads[i].Period.String() + " " + loads[i].SHA256
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// FilesOfRuns gives what each run compared, as Files names it.
func (d *DB) FilesOfRuns(ctx context.Context) (map[int]string, error) {
	type row struct {
		run   int
		files string
	}
	all := make(map[int]string)
	for r, err := range stream(ctx, d, func(rows *sql.Rows) (r row, err error) {
		err = rows.Scan(&r.run, &r.files)
		return r, err
	}, `SELECT run_id, group_concat(name) FROM (SELECT run_id, concat_ws(' ', side, period, sha256) AS name FROM run_load JOIN load ON id = load_id ORDER BY 1, 2) GROUP BY run_id`) {
		if err != nil {
			return nil, err
		}
		all[r.run] = r.files
	}
	return all, nil
}
