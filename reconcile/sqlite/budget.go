package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"bascule/reconcile"
)

// ImportBudget records the rows of an import of the budget, all of them or none,
// numbers them, fills in its ID, and seals it in the chain.
func (d *DB) ImportBudget(ctx context.Context, of *Import, rows []reconcile.BudgetRow) error {
	list, err := fileList(of.Files)
	if err != nil {
		return err
	}
	return d.transaction(ctx, func(c *sql.Conn) error {
		var last int64
		if err := c.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM budget_row").Scan(&last); err != nil {
			return err
		}
		r, err := c.ExecContext(ctx, "INSERT INTO budget_import (at, files, read, kept) VALUES (?,?,?,?)", of.At, list, of.Read, len(rows))
		if err != nil {
			return err
		}
		if of.ID, err = r.LastInsertId(); err != nil {
			return err
		}
		insert, err := c.PrepareContext(ctx, "INSERT INTO budget_row (id, import_id, kind, key, content, file, place, replaces) VALUES (?,?,?,?,?,?,?,?)")
		if err != nil {
			return err
		}
		defer insert.Close()
		for i := range rows {
			x := &rows[i]
			x.ID, x.Import, x.At = last+int64(i)+1, of.ID, of.At
			if _, err := insert.ExecContext(ctx, x.ID, x.Import, string(x.Kind), x.Key, x.Content, x.File, x.Place, x.Replaces); err != nil {
				return err
			}
		}
		_, err = d.seal(ctx, c, sealBudget, of.ID, of.At, nil)
		return err
	})
}

// fileList is how imports keep the names and digests of their files.
func fileList(files []ImportedFile) (string, error) {
	pairs := make([][2]string, len(files))
	for i, f := range files {
		pairs[i] = [2]string{f.Name, f.SHA256}
	}
	text, err := json.Marshal(pairs)
	return string(text), err
}

const budgetRowColumns = "SELECT b.id, b.import_id, i.at, b.kind, b.key, b.content, b.file, b.place, b.replaces FROM budget_row b JOIN budget_import i ON i.id = b.import_id"

func scanBudgetRow(rows *sql.Rows) (r reconcile.BudgetRow, err error) {
	err = rows.Scan(&r.ID, &r.Import, &r.At, &r.Kind, &r.Key, &r.Content, &r.File, &r.Place, &r.Replaces)
	return r, err
}

// BudgetRows gives the rows in force after an import, in the order of kinds and
// keys: what reconcile.BudgetOf reads. That a row replaces one at all is what lets
// SQLite find it by the partial index.
func (d *DB) BudgetRows(ctx context.Context, after int64) ([]reconcile.BudgetRow, error) {
	rows, err := collect(stream(ctx, d, scanBudgetRow, budgetRowColumns+` WHERE b.import_id <= ?1
		AND NOT EXISTS (SELECT 1 FROM budget_row n WHERE n.replaces = b.id AND n.replaces > 0 AND n.import_id <= ?1) ORDER BY b.id`, after))
	slices.SortStableFunc(rows, func(x, y reconcile.BudgetRow) int {
		return cmp.Or(cmp.Compare(slices.Index(reconcile.BudgetKinds, x.Kind), slices.Index(reconcile.BudgetKinds, y.Kind)), cmp.Compare(x.Key, y.Key))
	})
	return rows, err
}

// BudgetHistory gives all rows ever imported, in their order.
func (d *DB) BudgetHistory(ctx context.Context) ([]reconcile.BudgetRow, error) {
	return collect(stream(ctx, d, scanBudgetRow, budgetRowColumns+" ORDER BY b.id"))
}

// LastBudget is the number of the last import of the budget, 0 for none.
func (d *DB) LastBudget(ctx context.Context) (id int64, err error) {
	err = d.read.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM budget_import").Scan(&id)
	return id, describe(err)
}

// Programmes lists the programmes met in the loads, in their order.
func (d *DB) Programmes(ctx context.Context) ([]string, error) {
	return collect(stream(ctx, d, scanText, "SELECT DISTINCT programme FROM code_total WHERE programme <> '' ORDER BY 1"))
}
