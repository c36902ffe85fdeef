package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"bascule/reconcile"
)

// soughtMost bounds the payslips, and as many gaps and rejects, whose values are
// sought after a purge.
const soughtMost = 50_000

// gather keeps values of what is about to be erased: of all rows, or of a share
// of each load and run.
func (p *purge) gather() error {
	for _, of := range []struct{ table, subject, subjects, columns string }{
		{"payslip", "load_id", purgedLoads, "nir, agent_key, matricule, concat(surname, first_name), iif(surname <> '' AND first_name <> '', surname || ' ' || first_name, '')"},
		{"discrepancy", "run_id", purgedRuns, "'', agent_key, matricule, name, ''"},
		{"reject", "load_id", purgedLoads, "substr(raw, 1, 64), '', '', '', substr(readable, 1, 64)"},
	} {
		var rows int64
		where := " FROM " + of.table + " WHERE " + of.subject + " IN (" + of.subjects + ")"
		if err := p.c.QueryRowContext(p.ctx, "SELECT count(*)"+where, p.ID).Scan(&rows); err != nil {
			return err
		}
		step := max(1, (rows+soughtMost-1)/soughtMost)
		p.sought.Sampled = p.sought.Sampled || step > 1
		if err := p.gatherRows("SELECT "+of.columns+where+" AND id % ?2 = 0", step); err != nil {
			return err
		}
	}
	return nil
}

func (p *purge) gatherRows(query string, step int64) error {
	rows, err := p.c.QueryContext(p.ctx, query, p.ID, step)
	if err != nil {
		return err
	}
	defer rows.Close()
	var texts [5]sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&texts[0], &texts[1], &texts[2], &texts[3], &texts[4]); err != nil {
			return err
		}
		for i, text := range texts {
			const matricule = 2
			p.sought.add(string(text), i == matricule)
		}
	}
	return rows.Err()
}

// ErrReaders means that a program still reads the database as it was.
var ErrReaders = errors.New("un autre programme lit encore la base, dont le journal garde ce qui a été effacé: fermez-le, puis relancez la même commande")

// FinishPurge rewrites the database without its free pages, empties its log and
// proves, on the raw bytes of both, that nothing is left of the pending purges;
// then it seals that proof. It can be called again after an interruption, with
// nothing sought.
func (d *DB) FinishPurge(ctx context.Context, path string, sought *Sought, at string, watch Watch) (*reconcile.Erasure, error) {
	for _, s := range []string{"PRAGMA secure_delete = ON", "PRAGMA temp_store_directory = '" + folderOf(path) + "'", "VACUUM"} {
		if _, err := d.write.ExecContext(ctx, s); err != nil {
			return nil, fmt.Errorf("réécriture de la base: %w", describe(err))
		}
	}
	if err := d.emptyLog(ctx); err != nil {
		return nil, err
	}
	e, err := d.trace(ctx, path, sought, watch)
	if err != nil || !e.Clean() {
		return e, err
	}
	pending, err := d.Pending(ctx)
	if err != nil {
		return nil, err
	}
	return e, d.transaction(ctx, func(c *sql.Conn) error {
		for i := range pending {
			if _, err := d.appendContent(ctx, c, sealErasure, pending[i].ID, at, &content{Proof: e}); err != nil {
				return err
			}
		}
		return nil
	})
}

// emptyLog copies the write-ahead log into the database and cuts it to nothing,
// which no reader of an earlier state may be in the way of.
func (d *DB) emptyLog(ctx context.Context) error {
	d.checkpoint.Wait()
	var busy, pages, copied int
	if err := d.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &copied); err != nil {
		return describe(err)
	}
	if busy != 0 {
		return ErrReaders
	}
	return nil
}

// trace seeks the values among the raw bytes, then says of those that are there
// which rows still hold them.
func (d *DB) trace(ctx context.Context, path string, sought *Sought, watch Watch) (*reconcile.Erasure, error) {
	e := &reconcile.Erasure{Sought: len(sought.values), Sampled: sought.Sampled, Elsewhere: []string{}}
	if err := d.read.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&e.FreePages); err != nil {
		return nil, describe(err)
	}
	texts := make([]string, len(sought.values))
	for i := range texts {
		texts[i] = sought.values[i].text
	}
	raw := newFinder(texts)
	if info, err := os.Stat(path); err == nil {
		watch.Start("preuve d'effacement (octets)", info.Size())
	}
	for _, suffix := range []string{"", "-wal", "-journal"} {
		n, err := raw.scanFile(path+suffix, watch)
		if err != nil {
			return nil, err
		}
		e.Bytes += n
		if suffix != "" {
			e.LogBytes += n
		}
	}
	var there []soughtValue
	for i, found := range raw.found {
		if found {
			there = append(there, sought.values[i])
		}
	}
	return e, d.explain(ctx, there, e)
}

// ofPersons are the tables where the months that are kept hold persons.
var ofPersons = []string{"payslip", "discrepancy", "reject"}

// explain tells the values that rows of kept months hold from those that other
// tables do, and from those that none does.
func (d *DB) explain(ctx context.Context, there []soughtValue, e *reconcile.Erasure) error {
	left, err := d.notIn(ctx, there, ofPersons)
	if err != nil {
		return err
	}
	e.Kept = len(there) - len(left)
	all, err := collect(stream(ctx, d, scanText, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"))
	if err != nil {
		return err
	}
	for _, table := range all {
		if len(left) == 0 || slices.Contains(ofPersons, table) {
			continue
		}
		before := left
		if left, err = d.notIn(ctx, before, []string{table}); err != nil {
			return err
		}
		strong := slices.ContainsFunc(before, func(v soughtValue) bool { return !v.weak && !slices.Contains(left, v) })
		if strong {
			e.Elsewhere = append(e.Elsewhere, table)
		}
	}
	e.Traces = len(left)
	return nil
}

// notIn keeps the values that no row of some tables holds.
func (d *DB) notIn(ctx context.Context, values []soughtValue, tables []string) ([]soughtValue, error) {
	texts := make([]string, len(values))
	for i := range values {
		texts[i] = values[i].text
	}
	f := newFinder(texts)
	for _, table := range tables {
		if f.left == 0 {
			break
		}
		if err := d.findIn(ctx, f, table); err != nil {
			return nil, err
		}
	}
	var left []soughtValue
	for i, found := range f.found {
		if !found {
			left = append(left, values[i])
		}
	}
	return left, nil
}

// findIn looks through the texts of a table, those that lie side by side in a row
// taken as one: so do the raw bytes.
func (d *DB) findIn(ctx context.Context, f *finder, table string) error {
	c, err := d.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	t, err := describeTable(ctx, c, table)
	if err != nil {
		return err
	}
	columns := slices.DeleteFunc(slices.Clone(t.columns), func(name string) bool { return t.numbers[name] })
	if len(columns) == 0 {
		return nil
	}
	rows, err := c.QueryContext(ctx, "SELECT CAST(concat("+strings.Join(quotedAll(columns), ", ")+") AS BLOB) FROM "+quoted(table))
	if err != nil {
		return describe(err)
	}
	defer rows.Close()
	var row sql.RawBytes
	for rows.Next() && f.left > 0 {
		if err := rows.Scan(&row); err != nil {
			return err
		}
		f.scan(row)
	}
	return describe(rows.Err())
}
