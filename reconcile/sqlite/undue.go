package sqlite

import (
	"context"
	"database/sql"

	"bascule/reconcile"
)

// Undue sums what the legacy system may have paid wrongly, month by month up to
// that of a run, as the last run of each month saw it.
func (d *DB) Undue(ctx context.Context, run *reconcile.Run) ([]reconcile.AgeTotal, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (t reconcile.AgeTotal, err error) {
		var month string
		if err := rows.Scan(&month, &t.Overpaid, &t.Underpaid, &t.Count); err != nil {
			return t, err
		}
		t.Month, err = reconcile.ParsePeriod(month)
		t.Over24 = reconcile.Over24(t.Month, run.Period)
		return t, err
	}, `WITH last AS (SELECT period, max(id) AS id FROM run WHERE side = '' AND id <= ?1 AND period <= ?2 GROUP BY period)
		SELECT period, sum(overpaid), sum(underpaid), sum(moving) FROM (
			SELECT l.period, max(0, -delta_net) AS overpaid, max(0, delta_net) AS underpaid, 1 AS moving, status, at_fault
				FROM last l CROSS JOIN discrepancy d INDEXED BY discrepancy_run ON d.run_id = l.id WHERE delta_net <> 0
			UNION ALL SELECT l.period, overpaid, underpaid, moving, status, at_fault FROM last l JOIN gap_total g ON g.run_id = l.id WHERE moving > 0)
		WHERE status IN ('open', 'to_fix_legacy', 'to_fix_hr') AND at_fault <> 'onp' GROUP BY period ORDER BY period`, run.ID, run.Period.String()))
}
