package sqlite

import (
	"context"
	"errors"
	"strings"

	"bascule/reconcile"
)

// StoredSums adds the payslips of a run, per side and programme, for Close.
func (d *DB) StoredSums(ctx context.Context, run *reconcile.Run) ([]reconcile.StoredSum, error) {
	var sums []reconcile.StoredSum
	for _, side := range reconcile.Sides {
		in, args := placeholders(run.LoadsOf(side))
		rows, err := d.read.QueryContext(ctx, `SELECT programme, sum(sum_lines), sum(sum_p), sum(sum_d), sum(sum_i) FROM payslip
			WHERE load_id IN (`+in+`) GROUP BY programme ORDER BY programme`, args...)
		if err != nil {
			return nil, describe(err)
		}
		for rows.Next() {
			s := reconcile.StoredSum{Side: side}
			if err := rows.Scan(&s.Programme, &s.Sums.Lines, &s.Sums.ToPay, &s.Sums.ToDeduct, &s.Sums.Information); err != nil {
				rows.Close()
				return nil, err
			}
			sums = append(sums, s)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, describe(err)
		}
	}
	return sums, nil
}

// CodeTotals gives what the reader added for some loads of one side.
func (d *DB) CodeTotals(ctx context.Context, loads []reconcile.Load) ([]reconcile.CodeTotal, error) {
	in, args := placeholders(loads)
	rows, err := d.read.QueryContext(ctx, `SELECT programme, code, max(label), sense, sum(lines), sum(cents) FROM code_total
		WHERE load_id IN (`+in+`) GROUP BY programme, code, sense ORDER BY programme, code, sense`, args...)
	if err != nil {
		return nil, describe(err)
	}
	defer rows.Close()
	var totals []reconcile.CodeTotal
	for rows.Next() {
		var t reconcile.CodeTotal
		var sense string
		if err := rows.Scan(&t.Programme, &t.Code, &t.Label, &sense, &t.Lines, &t.Amount); err != nil {
			return nil, err
		}
		t.Sense = reconcile.Sense(sense[0])
		totals = append(totals, t)
	}
	return totals, describe(rows.Err())
}

// placeholders writes the ids of loads as SQL parameters.
func placeholders(loads []reconcile.Load) (string, []any) {
	var args []any
	for i := range loads {
		args = append(args, loads[i].ID)
	}
	return strings.TrimSuffix(strings.Repeat("?,", len(args)), ","), args
}
