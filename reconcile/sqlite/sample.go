package sqlite

import (
	"context"
	"database/sql"
	"hash/fnv"
	"slices"

	"bascule/reconcile"
)

// SampleKeys draws about n of the keys of some loads. The same payslips give the
// same keys, however many files hold them.
func (d *DB) SampleKeys(ctx context.Context, loads []reconcile.Load, n uint64) ([]string, error) {
	total := uint64(0)
	for i := range loads {
		total += uint64(loads[i].Payslips)
	}
	in, args := placeholders(loads)
	rows, err := d.read.QueryContext(ctx, "SELECT agent_key FROM payslip WHERE load_id IN ("+in+")", args...)
	if err != nil {
		return nil, describe(err)
	}
	defer rows.Close()
	var keys []string
	var key sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		h := fnv.New64a()
		h.Write(key)
		if h.Sum64()%total < n {
			keys = append(keys, string(key))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), describe(rows.Err())
}
