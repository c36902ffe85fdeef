package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"bascule/reconcile"
)

// Mass records the payroll mass of the run.
func (r *Recorder) Mass(t *reconcile.MassTally) error {
	run := int64(r.run.ID)
	if err := insertAll(r, "INSERT INTO mass VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", t.Lines(), func(v []driver.Value, l *reconcile.MassLine) []driver.Value {
		return append(categoryValues(axisValues(append(v, run), &l.MassAxis), &l.MassCategory), int64(l.Legacy), int64(l.ONP), int64(l.Arrears[reconcile.Legacy]), int64(l.Arrears[reconcile.ONP]))
	}); err != nil {
		return err
	}
	if err := insertAll(r, "INSERT INTO mass_gap VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", t.Gaps(), func(v []driver.Value, g *reconcile.MassGap) []driver.Value {
		return append(categoryValues(axisValues(append(v, run), &g.MassAxis), &g.MassCategory), string(g.Cause), string(g.Judged), flag(g.OneOff), int64(g.Delta), g.Gaps)
	}); err != nil {
		return err
	}
	return insertAll(r, "INSERT INTO mass_head VALUES (?,?,?,?,?,?,?,?,?,?)", t.Heads(), func(v []driver.Value, h *reconcile.MassHead) []driver.Value {
		return append(axisValues(append(v, run), &h.MassAxis), h.Heads[reconcile.Legacy], h.Heads[reconcile.ONP], h.Quotite[reconcile.Legacy], h.Quotite[reconcile.ONP])
	})
}

func axisValues(v []driver.Value, a *reconcile.MassAxis) []driver.Value {
	return append(v, a.Programme, a.BOP, a.Service, a.Population, a.Wave)
}

func categoryValues(v []driver.Value, c *reconcile.MassCategory) []driver.Value {
	return append(v, c.Title2, flag(c.CAS), c.Account)
}

func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// insertAll inserts a row for each item.
func insertAll[T any](r *Recorder, insert string, items []T, values func([]driver.Value, *T) []driver.Value) error {
	s, err := prepare(r.conn, insert)
	if err != nil {
		return describe(err)
	}
	defer s.Close()
	var row []driver.Value
	for i := range items {
		row = values(row[:0], &items[i])
		if err := s.exec(row); err != nil {
			return describe(err)
		}
	}
	return nil
}

const massAxisColumns = "programme, bop, service, population, wave"

// MassLines gives the payroll mass of a run.
func (d *DB) MassLines(ctx context.Context, run int) ([]reconcile.MassLine, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (l reconcile.MassLine, err error) {
		err = rows.Scan(&l.Programme, &l.BOP, &l.Service, &l.Population, &l.Wave, &l.Title2, &l.CAS, &l.Account, &l.Legacy, &l.ONP, &l.Arrears[reconcile.Legacy], &l.Arrears[reconcile.ONP])
		return l, err
	}, "SELECT "+massAxisColumns+", title2, cas, account, legacy, onp, legacy_arrears, onp_arrears FROM mass WHERE run_id = ? ORDER BY 1, 2, 3, 4, 5, 6, 7, 8", run))
}

// MassGaps gives what the gaps of a run move in the mass.
func (d *DB) MassGaps(ctx context.Context, run int) ([]reconcile.MassGap, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (g reconcile.MassGap, err error) {
		err = rows.Scan(&g.Programme, &g.BOP, &g.Service, &g.Population, &g.Wave, &g.Title2, &g.CAS, &g.Account, &g.Cause, &g.Judged, &g.OneOff, &g.Delta, &g.Gaps)
		return g, err
	}, "SELECT "+massAxisColumns+", title2, cas, account, cause, judged, one_off, delta, gaps FROM mass_gap WHERE run_id = ? ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11", run))
}

// MassHeads counts who a run pays.
func (d *DB) MassHeads(ctx context.Context, run int) ([]reconcile.MassHead, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (h reconcile.MassHead, err error) {
		err = rows.Scan(&h.Programme, &h.BOP, &h.Service, &h.Population, &h.Wave, &h.Heads[reconcile.Legacy], &h.Heads[reconcile.ONP],
			&h.Quotite[reconcile.Legacy], &h.Quotite[reconcile.ONP])
		return h, err
	}, "SELECT "+massAxisColumns+", legacy_heads, onp_heads, legacy_quotite, onp_quotite FROM mass_head WHERE run_id = ? ORDER BY 1, 2, 3, 4, 5", run))
}
