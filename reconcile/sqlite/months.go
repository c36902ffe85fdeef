package sqlite

import (
	"context"
	"database/sql"

	"bascule/reconcile"
)

// MonthRun is the last run of the systems in a month.
type MonthRun struct {
	Period reconcile.Period
	Run    int
	Inputs string // digest of its inputs
}

// MonthRuns gives the last run of the systems in each month between two, both
// included, among the runs up to one, in the order of the months. Runs made
// before the payroll mass was recorded count for none.
func (d *DB) MonthRuns(ctx context.Context, from, to reconcile.Period, upTo int) ([]MonthRun, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (m MonthRun, err error) {
		var period string
		if err := rows.Scan(&period, &m.Run, &m.Inputs); err != nil {
			return m, err
		}
		m.Period, err = reconcile.ParsePeriod(period)
		return m, err
	}, `SELECT period, id, inputs FROM run WHERE id IN (SELECT max(id) FROM run WHERE side = '' AND period BETWEEN ? AND ? AND id <= ?
		AND EXISTS (SELECT 1 FROM mass WHERE run_id = run.id) GROUP BY period) ORDER BY period`, from.String(), to.String(), upTo))
}
