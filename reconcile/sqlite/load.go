package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"bascule/reconcile"
)

// Source is one file being read.
type Source interface {
	// Each calls back for every payslip and every reject, in file order, and for
	// blocks of payslips after those of each; what it passes is valid during the
	// call only, but what a block said. An error means that nothing of the file may
	// be kept.
	Each(payslip func(*reconcile.Payslip) error, reject func(*reconcile.Reject) error, block func(*Block) error) error
	// Load, Totals and Warnings describe the file after Each has ended well.
	Load() reconcile.Load
	Totals() []reconcile.CodeTotal
	Warnings() []*reconcile.Saying // which do not name the file
}

// Job is one file to have in the store: already there as Known, or to be read
// from Source.
type Job struct {
	Load    reconcile.Load // Side, Period, Path, Layout, Options, LoadedAt
	Archive string         // path of the archive that the file is a member of, or blank
	Bytes   int64          // of the file
	Known   int64          // the load that holds the same content, or 0
	Source  Source
	Blocks  *Blocks // that Source may call known; nil for none
}

// Scope tells which former loads the new ones supersede.
type Scope int

// The scopes.
const (
	SamePaths Scope = iota // those of the same side, month and path, or archive
	WholeSide              // all others of the same side and month
)

// Load stores the jobs' files in one transaction: all of them, or nothing. The
// loads are returned in the order of the jobs.
func (d *DB) Load(ctx context.Context, jobs []Job, scope Scope) ([]reconcile.Load, error) {
	ids := make([]int64, len(jobs))
	defer d.release(ctx)
	cacheKiB := cacheToWrite(jobs)
	defer d.cacheWriter(ctx, cacheKiB)()
	logAgain, err := d.straight(ctx, jobs)
	if err != nil {
		return nil, err
	}
	err = d.transaction(ctx, func(c *sql.Conn) error {
		for i := range jobs {
			id, err := openLoad(ctx, c, &jobs[i])
			if err != nil {
				return err
			}
			ids[i] = id
		}
		written, err := writePayslips(ctx, c, jobs, ids, readersFor(cacheKiB))
		if err != nil {
			return err
		}
		for i := range jobs {
			if jobs[i].Known == 0 {
				if err := closeLoad(ctx, c, ids[i], jobs[i].Source, written.taken[ids[i]]); err != nil {
					return err
				}
			}
		}
		if scope == WholeSide {
			if err := refuseEmpty(ctx, c, ids); err != nil {
				return err
			}
		}
		if err := supersede(ctx, c, jobs, ids, scope); err != nil {
			return err
		}
		return d.sealLoads(ctx, c, jobs, ids, written.chunks)
	})
	again := logAgain()
	if err == nil && again != nil {
		err = fmt.Errorf("les fichiers sont chargés, mais la base ne reprend pas son journal: %w", describe(again))
	}
	if err != nil {
		return nil, err
	}
	d.copyBack()
	loads := make([]reconcile.Load, len(jobs))
	for i, id := range ids {
		l, err := d.loadByID(ctx, id)
		if err != nil {
			return nil, err
		}
		l.Reused = jobs[i].Known != 0
		loads[i] = *l
	}
	return loads, nil
}

// openLoad reserves the row of a load, or takes a known one back into force.
func openLoad(ctx context.Context, c *sql.Conn, j *Job) (int64, error) {
	if j.Known != 0 {
		_, err := c.ExecContext(ctx, "UPDATE load SET active = 1, path = ? WHERE id = ?", j.Load.Path, j.Known)
		return j.Known, err
	}
	r, err := c.ExecContext(ctx, "INSERT INTO load (side, period, path, layout, options, loaded_at) VALUES (?, ?, ?, ?, ?, ?)",
		j.Load.Side.String(), j.Load.Period.String(), j.Load.Path, j.Load.Layout, j.Load.Options, j.Load.LoadedAt)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// closeLoad fills in what the reader knows at the end of the file.
func closeLoad(ctx context.Context, c *sql.Conn, id int64, s Source, from map[int64]int64) error {
	l := s.Load()
	rejected, err := json.Marshal(l.Rejected)
	if err != nil {
		return err
	}
	controls, err := json.Marshal(orEmpty(l.Controls))
	if err != nil {
		return err
	}
	taken := []byte("{}")
	if from != nil {
		if taken, err = json.Marshal(from); err != nil {
			return err
		}
	}
	said := []string{}
	for _, w := range s.Warnings() {
		said = append(said, w.Stored())
	}
	warnings, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, `UPDATE load SET bytes = ?, sha256 = ?, ministry = ?, produced = ?, sender = ?, payslips = ?, aside = ?, lines = ?,
		to_pay = ?, to_deduct = ?, information = ?, rejects = ?, rejected = ?, controls = ?, warnings = ?, carried = ?,
		taken = ? WHERE id = ?`,
		l.Bytes, l.SHA256, l.Ministry, l.Produced, l.Sender, l.Payslips, l.Aside, l.Sums.Lines,
		int64(l.Sums.ToPay), int64(l.Sums.ToDeduct), int64(l.Sums.Information), l.Rejects, string(rejected), string(controls), string(warnings),
		int64(l.Carried), string(taken), id)
	if err != nil {
		return err
	}
	for _, t := range s.Totals() {
		_, err := c.ExecContext(ctx, "INSERT INTO code_total (load_id, programme, code, sense, label, lines, cents) VALUES (?, ?, ?, ?, ?, ?, ?)",
			id, t.Programme, string(t.Code), t.Sense.String(), t.Label, t.Lines, int64(t.Amount))
		if err != nil {
			return err
		}
	}
	return nil
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// ErrEmpty means that there is nothing to compare: a success would be a lie.
var ErrEmpty = errors.New("les deux côtés sont vides, aucune ligne de paye à comparer — vérifiez les extractions et le mois de paye")

// refuseEmpty keeps a night without any line from taking the good loads of the
// month out of force.
func refuseEmpty(ctx context.Context, c *sql.Conn, ids []int64) error {
	kept, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	var lines int64
	err = c.QueryRowContext(ctx, "SELECT coalesce(sum(lines), 0) FROM load WHERE id IN (SELECT value FROM json_each(?))", string(kept)).Scan(&lines)
	if err == nil && lines == 0 {
		err = ErrEmpty
	}
	return err
}

// supersede takes the former loads that the jobs replace out of force.
func supersede(ctx context.Context, c *sql.Conn, jobs []Job, ids []int64, scope Scope) error {
	kept, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	for i := range jobs {
		l := &jobs[i].Load
		_, err := c.ExecContext(ctx, `UPDATE load SET active = 0 WHERE active = 1 AND side = ? AND period = ?
			AND (? OR path = ? OR ? <> '' AND substr(path, 1, length(?) + 1) = ? || '/') AND id NOT IN (SELECT value FROM json_each(?))`,
			l.Side.String(), l.Period.String(), scope == WholeSide, l.Path, jobs[i].Archive, jobs[i].Archive, jobs[i].Archive, string(kept))
		if err != nil {
			return err
		}
	}
	return nil
}

// loadColumns leaves the path open: a load has the last one it was found under,
// and a run the one of its night.
const loadColumns = `id, side, period, %s, bytes, sha256, layout, options, loaded_at, ministry, produced, sender, payslips, aside, lines,
	to_pay, to_deduct, information, rejects, rejected, controls, carried, taken`

// errLoad means that a load is not as closeLoad wrote it.
var errLoad = errors.New("est illisible: base altérée")

func scanLoad(row interface{ Scan(...any) error }) (*reconcile.Load, error) {
	var l reconcile.Load
	var side, period, rejected, controls, taken string
	err := row.Scan(&l.ID, &side, &period, &l.Path, &l.Bytes, &l.SHA256, &l.Layout, &l.Options, &l.LoadedAt, &l.Ministry, &l.Produced, &l.Sender,
		&l.Payslips, &l.Aside, &l.Sums.Lines, &l.Sums.ToPay, &l.Sums.ToDeduct, &l.Sums.Information, &l.Rejects, &rejected, &controls, &l.Carried, &taken)
	if err != nil {
		return nil, err
	}
	l.Side, _ = reconcile.ParseSide(side) // the schema admits the two sides only
	l.Period, err = reconcile.ParsePeriod(period)
	var from map[int64]int64
	if errors.Join(err, json.Unmarshal([]byte(rejected), &l.Rejected), json.Unmarshal([]byte(controls), &l.Controls), json.Unmarshal([]byte(taken), &from)) != nil {
		return nil, fmt.Errorf("chargement %d: %w", l.ID, errLoad)
	}
	for _, n := range from {
		l.Taken += n
	}
	for i := range l.Controls {
		l.Controls[i].Scope = l.Path // a file may be found again under another name
	}
	return &l, nil
}

func (d *DB) loadByID(ctx context.Context, id int64) (*reconcile.Load, error) {
	l, err := scanLoad(d.read.QueryRowContext(ctx, "SELECT "+fmt.Sprintf(loadColumns, "path")+" FROM load WHERE id = ?", id))
	if err != nil {
		return nil, describe(err)
	}
	return l, nil
}

// queryLoads lists loads, under the path of a column, by a condition and an order.
func (d *DB) queryLoads(ctx context.Context, path, tail string, args ...any) ([]reconcile.Load, error) {
	rows, err := d.read.QueryContext(ctx, "SELECT "+fmt.Sprintf(loadColumns, path)+" FROM load "+tail, args...)
	if err != nil {
		return nil, describe(err)
	}
	defer rows.Close()
	var loads []reconcile.Load
	for rows.Next() {
		l, err := scanLoad(rows)
		if err != nil {
			return nil, err
		}
		loads = append(loads, *l)
	}
	return loads, describe(rows.Err())
}

// ActiveLoads lists the loads in force of a month, legacy first, in the order
// they came.
func (d *DB) ActiveLoads(ctx context.Context, p reconcile.Period) ([]reconcile.Load, error) {
	return d.queryLoads(ctx, "path", "WHERE active = 1 AND period = ? ORDER BY side, id", p.String())
}

// Known lists the loads of the same content read in the same way, the last
// first. A purged one holds nothing any more.
func (d *DB) Known(ctx context.Context, side reconcile.Side, p reconcile.Period, options, sha256 string) ([]int64, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	}, "SELECT id FROM load WHERE side = ? AND period = ? AND options = ? AND sha256 = ? AND purge = 0 ORDER BY id DESC", side.String(), p.String(), options, sha256))
}

// HasSize tells whether some load has this size: if none has, a file of that
// size is new, and need not be read twice to know it.
func (d *DB) HasSize(ctx context.Context, side reconcile.Side, p reconcile.Period, bytes int64) (bool, error) {
	var n int
	err := d.read.QueryRowContext(ctx, "SELECT count(*) FROM load WHERE side = ? AND period = ? AND bytes = ?", side.String(), p.String(), bytes).Scan(&n)
	return n > 0, describe(err)
}

// Warnings lists what the reader had to say of a load.
func (d *DB) Warnings(ctx context.Context, load int64) ([]*reconcile.Saying, error) {
	var text string
	if err := d.read.QueryRowContext(ctx, "SELECT warnings FROM load WHERE id = ?", load).Scan(&text); err != nil {
		return nil, describe(err)
	}
	var said []string
	err := json.Unmarshal([]byte(text), &said)
	var warnings []*reconcile.Saying
	for _, s := range said {
		warnings = append(warnings, reconcile.Recall(s))
	}
	return warnings, err
}
