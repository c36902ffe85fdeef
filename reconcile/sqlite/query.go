package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"bascule/reconcile"
)

// stream runs a query when ranged over, and passes its rows on one by one.
func stream[T any](ctx context.Context, d *DB, scan func(*sql.Rows) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := d.read.QueryContext(ctx, query, args...)
		if err != nil {
			yield(none, describe(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows)
			if !yield(v, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, describe(err))
		}
	}
}

// collect gathers a stream known to be short.
func collect[T any](rows iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for v, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// How the discrepancies d of one payslip are ordered, whose roots are r: by the
// kind of the root, what others follow from first, and the root just before
// them.
const (
	joinRoots  = " LEFT JOIN discrepancy r ON d.root <> '' AND r.run_id = d.run_id AND r.fingerprint = d.root"
	underRoots = `CASE coalesce(r.kind, d.kind) WHEN 'missing_in_onp' THEN 0 WHEN 'missing_in_legacy' THEN 0 WHEN 'identity' THEN 1 WHEN 'unmapped' THEN 2
			WHEN 'situation' THEN iif(coalesce(r.derived, d.derived) > 0, 2, 4) WHEN 'budget' THEN 5 ELSE 3 END,
		coalesce(r.id, d.id), r.id IS NOT NULL, d.id, d.fingerprint`
)

// wholeRun is where most discrepancies of a run are read from.
const wholeRun = "discrepancy INDEXED BY discrepancy_run"

// The statuses that close a discrepancy (reconcile.Status.Open), and what keeps
// those that nothing closes.
const (
	closing = "('justified', 'accepted', 'tolerated')"
	open    = "status NOT IN " + closing
)

// Discrepancies streams a run's discrepancies: the payslips that move most
// money first, all rows of one payslip together, those that derive from a root
// just after it.
func (d *DB) Discrepancies(ctx context.Context, run int, of Part) iter.Seq2[*reconcile.Discrepancy, error] {
	return stream(ctx, d, scanDiscrepancy, `WITH weight AS (SELECT agent_key, sum(abs(delta_net)) AS net, sum(abs(delta_info)) AS information
			FROM `+of.from()+` GROUP BY agent_key)
		SELECT `+discrepancyColumns+` FROM `+of.from()+` d JOIN weight w USING (agent_key)`+joinRoots+`
		ORDER BY w.net + w.information DESC, d.agent_key, `+underRoots, run, of.ids)
}

// Missing streams a run's missing payslips, those of most money first.
func (d *DB) Missing(ctx context.Context, run int, of Part) iter.Seq2[*reconcile.Discrepancy, error] {
	return stream(ctx, d, scanDiscrepancy, "SELECT "+discrepancyColumns+` FROM `+of.from()+` d
		WHERE d.kind IN ('missing_in_onp', 'missing_in_legacy') ORDER BY abs(d.delta_net) + abs(d.delta_info) DESC, d.fingerprint`, run, of.ids)
}

// LargestRoots lists the open root that weighs most of each key, those of the
// largest effect on the net first, then on what the employer contributes, at most
// limit; with it the number of keys that have one, and of all open roots.
func (d *DB) LargestRoots(ctx context.Context, run int, of Part, limit int) (list []*reconcile.Discrepancy, payslips, roots int64, err error) {
	err = d.read.QueryRowContext(ctx, "SELECT count(DISTINCT agent_key), count(*) FROM "+of.from()+" WHERE root = '' AND "+open, run, of.ids).Scan(&payslips, &roots)
	if err != nil {
		return nil, 0, 0, describe(err)
	}
	list, err = collect(stream(ctx, d, scanDiscrepancy, `WITH heaviest AS (SELECT id, row_number() OVER (ORDER BY net DESC, employer DESC, agent_key) AS rank FROM
			(SELECT id, agent_key, abs(`+netOfRoot+`) AS net, abs(effect_employer) AS employer,
				row_number() OVER (PARTITION BY agent_key ORDER BY abs(`+netOfRoot+`) DESC, abs(effect_employer) DESC, fingerprint) AS place FROM `+of.from()+` WHERE root = '' AND `+open+`)
			WHERE place = 1 ORDER BY rank LIMIT ?3)
		SELECT `+discrepancyColumns+" FROM heaviest h CROSS JOIN discrepancy d ON d.id = h.id ORDER BY h.rank", run, of.ids, limit))
	return list, payslips, roots, err
}

// OfAgent lists a run's discrepancies of one key, in the order of Discrepancies.
func (d *DB) OfAgent(ctx context.Context, run int, key string) ([]*reconcile.Discrepancy, error) {
	return collect(stream(ctx, d, scanDiscrepancy, "SELECT "+discrepancyColumns+" FROM discrepancy d"+joinRoots+" WHERE d.run_id = ? AND d.agent_key = ? ORDER BY "+underRoots, run, key))
}

// Rejects streams the rejected lines of a run's loads, in file order.
func (d *DB) Rejects(ctx context.Context, run int) iter.Seq2[*reconcile.Reject, error] {
	return stream(ctx, d, func(rows *sql.Rows) (*reconcile.Reject, error) {
		var r reconcile.Reject
		var field, reason, sense string
		var cents sql.NullInt64
		if err := rows.Scan(&r.Load, &r.File, &r.Line, &r.Record, &field, &reason, &r.Raw, &sense, &cents, &r.Readable); err != nil {
			return nil, err
		}
		if sense != "" {
			r.Sense = reconcile.Sense(sense[0])
		}
		r.Field, r.Reason = reconcile.Recall(field), reconcile.Recall(reason)
		r.Amount = reconcile.OptAmount{Amount: reconcile.Amount(cents.Int64), Set: cents.Valid}
		return &r, nil
	}, `SELECT r.load_id, r.file, r.line, r.record, r.field, r.reason, r.raw, r.sense, r.cents, r.readable FROM reject r JOIN run_load l ON l.load_id = r.load_id
		WHERE l.run_id = ? ORDER BY l.rank, r.line, r.id`, run)
}

// Place tells where a row of the store came from.
type Place struct {
	Path string
	Line int
}

// Places finds where payslips start in their files.
func (d *DB) Places(ctx context.Context, ids []int64) ([]Place, error) {
	places := make([]Place, len(ids))
	for i, id := range ids {
		err := d.read.QueryRowContext(ctx, "SELECT l.path, p.line FROM payslip p JOIN load l ON l.id = p.load_id WHERE p.id = ?", id).Scan(&places[i].Path, &places[i].Line)
		if err != nil {
			return nil, describe(err)
		}
	}
	return places, nil
}

// Find lists the keys under which a run lists the discrepancies of the payslips
// that a person may mean by some text: an identity key, a NIR or a matricule.
// That is the payslip's own key, or that of the pair it was made part of
// otherwise.
func (d *DB) Find(ctx context.Context, run int, text string) ([]string, error) {
	return collect(stream(ctx, d, scanText, `WITH mine AS (SELECT p.id, p.agent_key, p.matricule FROM run_load r JOIN payslip p ON p.load_id = r.load_id
			WHERE r.run_id = ?1 AND (p.agent_key = ?2 OR p.nir = ?2 OR p.matricule = ?2)),
		doubtful AS (SELECT d.id, d.agent_key, m.id AS payslip FROM discrepancy d
			JOIN payslip q ON q.id IN (d.legacy_payslip, d.onp_payslip)
			JOIN mine m ON m.agent_key = q.agent_key AND m.matricule = q.matricule WHERE d.run_id = ?1 AND d.kind = 'identity')
		SELECT DISTINCT agent_key FROM (SELECT agent_key FROM doubtful
			UNION ALL SELECT agent_key FROM mine WHERE id NOT IN (SELECT payslip FROM doubtful)) ORDER BY 1 LIMIT 20`, run, text))
}

// Keys streams the distinct keys of a run's payslips and discrepancies.
func (d *DB) Keys(ctx context.Context, run int) iter.Seq2[string, error] {
	return stream(ctx, d, scanText, `SELECT p.agent_key FROM payslip p JOIN run_load r ON r.load_id = p.load_id WHERE r.run_id = ?1
		UNION SELECT agent_key FROM discrepancy WHERE run_id = ?1 ORDER BY 1`, run)
}

func scanText(rows *sql.Rows) (string, error) {
	var s string
	err := rows.Scan(&s)
	return s, err
}

// PayslipsOf lists the rows of one key in some loads.
func (d *DB) PayslipsOf(ctx context.Context, loads []reconcile.Load, key string) ([]*reconcile.Payslip, error) {
	return collect(d.Payslips(ctx, loads, Range{From: key, To: key + "\x00"}))
}

// PayslipByID reads one row of a run's loads.
func (d *DB) PayslipByID(ctx context.Context, loads []reconcile.Load, id int64) (*reconcile.Payslip, error) {
	var head, lines string
	err := d.read.QueryRowContext(ctx, "SELECT "+columnsOfPayslip+" FROM payslip p WHERE p.id = ?", id).Scan(&head, &lines)
	if err != nil {
		return nil, describe(err)
	}
	return newDecoder(loads).payslip(head, lines)
}
