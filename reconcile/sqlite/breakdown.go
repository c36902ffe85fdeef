package sqlite

import (
	"context"
	"database/sql"

	"bascule/reconcile"
)

// Evolutions sums a run's discrepancies by evolution, and what each moved since
// the previous run: together, exactly what the totals moved by. Those resolved
// are summed as the previous run had them. Nil for a first run.
func (d *DB) Evolutions(ctx context.Context, run *reconcile.Run) ([]reconcile.EvolutionTotal, error) {
	if run.Previous == 0 {
		return nil, nil
	}
	return collect(stream(ctx, d, func(rows *sql.Rows) (t reconcile.EvolutionTotal, err error) {
		err = rows.Scan(&t.Evolution, &t.Count, &t.DeltaNet, &t.Moved)
		return t, err
	}, `SELECT d.evolution, count(*), sum(d.delta_net), sum(d.delta_net - coalesce(p.delta_net, 0))
			FROM (SELECT * FROM `+wholeRun+` WHERE run_id = ?1) d LEFT JOIN discrepancy p ON p.run_id = ?2 AND p.fingerprint = d.fingerprint GROUP BY 1
		UNION ALL SELECT ?3, count(*), coalesce(sum(delta_net), 0), -coalesce(sum(delta_net), 0) FROM (SELECT * FROM `+wholeRun+` WHERE run_id = ?2) p
			WHERE NOT EXISTS (SELECT 1 FROM discrepancy d WHERE d.run_id = ?1 AND d.fingerprint = p.fingerprint)`,
		run.ID, run.Previous, string(reconcile.EvolutionResolved)))
}

// Aggregates sums a run's discrepancies by programme, kind, cause and status, the
// heaviest first, at most limit; one more sums the rest, if any.
func (d *DB) Aggregates(ctx context.Context, run int, of Part, limit int) ([]reconcile.Aggregate, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (a reconcile.Aggregate, err error) {
		err = rows.Scan(&a.Programme, &a.Kind, &a.Cause, &a.Status, &a.Count, &a.Roots, &a.DeltaNet, &a.DeltaInformation, &a.Absolute, &a.Rest)
		return a, err
	}, `WITH grouped AS (SELECT programme, kind, cause, status, count(*) AS count, sum(root = '') AS roots, sum(delta_net) AS net, sum(delta_info) AS information,
				sum(abs(delta_net) + abs(delta_info)) AS absolute FROM `+of.from()+` GROUP BY 1, 2, 3, 4),
			ranked AS (SELECT *, row_number() OVER (ORDER BY absolute DESC, count DESC, programme, kind, cause, status) AS rank FROM grouped)
		SELECT programme, kind, cause, status, count, roots, net, information, absolute, 0 FROM (SELECT * FROM ranked WHERE rank <= ?3 ORDER BY rank)
		UNION ALL SELECT '', '', '', '', sum(count), sum(roots), sum(net), sum(information), sum(absolute), 1 FROM ranked WHERE rank > ?3 HAVING count(*) > 0`,
		run, of.ids, limit))
}
