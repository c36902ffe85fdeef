package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// Kept is what a run keeps for the next one.
type Kept struct {
	Terms    string  // digest of all that decided the run, but its payslips
	Accounts []byte  // JSON, reconcile.Quiet
	Noted    []int64 // one payslip of each pair that is not quiet
}

// Keep records what the next run may take from this one.
func (r *Recorder) Keep(k *Kept) error {
	noted := slices.Sorted(slices.Values(k.Noted))
	var text []byte
	former := int64(0)
	for i, id := range noted {
		if i > 0 {
			text = append(text, ' ')
		}
		text, former = strconv.AppendInt(text, id-former, 10), id
	}
	_, err := r.conn.ExecContext(r.ctx, "INSERT INTO quiet (run_id, terms, accounts, noted) VALUES (?,?,?,?)", r.run.ID, k.Terms, string(k.Accounts), string(text))
	return describe(err)
}

// Kept is what a run kept, nil where it kept nothing.
func (d *DB) Kept(ctx context.Context, run int) (*Kept, error) {
	var k Kept
	var noted string
	err := d.read.QueryRowContext(ctx, "SELECT terms, accounts, noted FROM quiet WHERE run_id = ?", run).Scan(&k.Terms, &k.Accounts, &noted)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, describe(err)
	}
	id := int64(0)
	for gap := range strings.FieldsSeq(noted) {
		n, err := strconv.ParseInt(gap, 10, 64)
		if err != nil {
			return nil, reconcile.ErrNotQuiet
		}
		id += n
		k.Noted = append(k.Noted, id)
	}
	return &k, nil
}

// Changed lists the keys under which two lists of loads, rank by rank, do not
// hold the same single payslip.
func (d *DB) Changed(ctx context.Context, former, now []reconcile.Load) ([]string, error) {
	const without = `SELECT x.agent_key FROM payslip x WHERE x.load_id = ?1 AND NOT EXISTS
		(SELECT 1 FROM payslip y WHERE y.load_id = ?2 AND y.agent_key = x.agent_key AND y.digest = x.digest AND y.digest <> '')`
	var keys []string
	for i := range now {
		if now[i].ID == former[i].ID {
			continue
		}
		for _, pair := range [][2]int64{{now[i].ID, former[i].ID}, {former[i].ID, now[i].ID}} {
			some, err := columnOf[string](ctx, d.read, without, pair[0], pair[1])
			if err != nil {
				return nil, err
			}
			keys = append(keys, some...)
		}
	}
	in, args := placeholders(now)
	some, err := columnOf[string](ctx, d.read, "SELECT agent_key FROM payslip WHERE load_id IN ("+in+") GROUP BY agent_key HAVING count(*) > 1", args...)
	return append(keys, some...), err
}

// KeysOf lists the keys of some payslips.
func (d *DB) KeysOf(ctx context.Context, payslips []int64) ([]string, error) {
	list, err := json.Marshal(orEmpty(payslips))
	if err != nil {
		return nil, err
	}
	return columnOf[string](ctx, d.read, "SELECT p.agent_key FROM json_each(?) j CROSS JOIN payslip p ON p.id = j.value", string(list))
}

// KeysOfPersons lists the keys of some persons in some loads, ascending, each
// once.
func (d *DB) KeysOfPersons(ctx context.Context, loads []reconcile.Load, persons []string) ([]string, error) {
	list, err := json.Marshal(orEmpty(persons))
	if err != nil {
		return nil, err
	}
	in, args := placeholders(loads)
	// "0" follows the separator.
	keys, err := columnOf[string](ctx, d.read, `SELECT p.agent_key FROM json_each(?) j CROSS JOIN payslip p
		WHERE p.load_id IN (`+in+`) AND p.agent_key >= j.value AND p.agent_key < j.value || '0'
		AND (p.agent_key = j.value OR substr(p.agent_key, 1, length(j.value) + 1) = j.value || '`+reconcile.KeySeparator+`')`, append([]any{string(list)}, args...)...)
	slices.Sort(keys)
	return slices.Compact(keys), err
}

// PayslipsUnder streams the payslips of some loads of one side under some keys,
// given ascending, as Payslips does.
func (d *DB) PayslipsUnder(ctx context.Context, loads []reconcile.Load, keys []string) iter.Seq2[*reconcile.Payslip, error] {
	return func(yield func(*reconcile.Payslip, error) bool) {
		list, err := json.Marshal(orEmpty(keys))
		if err != nil {
			yield(nil, err)
			return
		}
		in, args := placeholders(loads)
		// json_each goes through an array in its order, which Assemble checks.
		d.payslips(ctx, loads, "SELECT "+columnsOfPayslip+", p.agent_key FROM json_each(?) j CROSS JOIN payslip p WHERE p.load_id IN ("+in+") AND p.agent_key = j.value",
			append([]any{string(list)}, args...), yield)
	}
}
