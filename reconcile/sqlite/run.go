package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"

	"bascule/reconcile"
)

const insertDiscrepancy = `INSERT INTO discrepancy (run_id, fingerprint, agent_key, dossier, matricule, name, service, programme, bop, wave, kind,
	element, side, sense, origin, legacy, onp, delta, legacy_text, onp_text, legacy_lines, onp_lines, delta_net, delta_info, legacy_payslip,
	onp_payslip, cause, rule, root, at_fault, evolution, status, decision, first_seen, age_days,
	evidence, pattern, cluster, derived, effect_net, effect_employer, effect_budget, reopened)
	VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`

// Recorder records one run: its discrepancies while they are found, and its
// summary at the end, in one transaction.
type Recorder struct {
	db          *DB
	ctx         context.Context
	conn        *sql.Conn
	run         *reconcile.Run
	today       string
	discrepancy *statement
	single      *statement
	values      []driver.Value
	text        []byte
	failed      error // ends the recording
}

// Record runs f between the opening and the closing of run's transaction; an
// error of f leaves no trace of the run. It numbers the run and finds the one
// before it.
func (d *DB) Record(ctx context.Context, run *reconcile.Run, f func(*Recorder) error) error {
	defer d.release(ctx)
	return d.transaction(ctx, func(c *sql.Conn) error {
		r := &Recorder{db: d, ctx: ctx, conn: c, run: run, today: run.StartedAt[:len("2006-01-02")]}
		if err := c.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM run").Scan(&run.ID); err != nil {
			return err
		}
		previous, err := d.latest(ctx, run.Period, run.Months)
		if err != nil {
			return err
		}
		if previous != nil {
			run.Previous = previous.ID
		}
		defer r.discard()
		if err := r.open(); err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
		return r.close()
	})
}

func (r *Recorder) open() error {
	c, run := r.conn, r.run
	grounds := ""
	if run.Grounds != nil {
		text, err := json.Marshal(run.Grounds)
		if err != nil {
			return err
		}
		grounds = string(text)
	}
	_, err := c.ExecContext(r.ctx, `INSERT INTO run (id, period, previous, started_at, version, inputs, config_hash, tables_hash, config, folder, side, legacy_period, decided, budgeted, gates_hash, grounds, summary)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'{}')`,
		run.ID, run.Period.String(), run.Previous, run.StartedAt, run.Version, run.Inputs, run.ConfigHash, run.TablesHash, run.Config, run.Folder,
		systemOf(run.Months), run.Months.Earlier.String(), run.Decided, run.Budgeted, run.GatesHash, grounds)
	if err != nil {
		return err
	}
	for i := range run.Loads {
		if _, err := c.ExecContext(r.ctx, "INSERT INTO run_load (run_id, load_id, rank, path) VALUES (?,?,?,?)", run.ID, run.Loads[i].ID, i, run.Loads[i].Path); err != nil {
			return err
		}
	}
	if _, err := c.ExecContext(r.ctx, "DELETE FROM single"); err != nil {
		return err
	}
	if r.discrepancy, err = prepare(c, insertDiscrepancy); err != nil {
		return err
	}
	r.single, err = prepare(c, insertSingle)
	return err
}

// Discrepancy records one discrepancy as new, seen today.
func (r *Recorder) Discrepancy(d *reconcile.Discrepancy) error {
	sense := ""
	if d.Sense != 0 {
		sense = d.Sense.String()
	}
	r.values = append(r.values[:0], int64(r.run.ID), d.Fingerprint, d.Key, d.Dossier, d.Matricule, d.Name, d.Service, d.Programme, d.BOP, d.Wave,
		string(d.Kind), d.Element, d.Side.String(), sense, d.Origin.String(), int64(d.Legacy), int64(d.ONP), int64(d.Delta), d.LegacyText, d.ONPText,
		int64(d.LegacyLines), int64(d.ONPLines), int64(d.DeltaNet), int64(d.DeltaInformation), d.LegacyPayslip, d.ONPPayslip,
		string(d.Cause), d.Rule, d.Root, string(d.AtFault), string(reconcile.EvolutionNew), string(d.Status), d.Decision, r.today, int64(0), r.evidence(d.Evidence),
		d.Pattern, d.Cluster, d.Effect.Derived, int64(d.Effect.Net), int64(d.Effect.Employer), int64(d.Effect.Budget), d.Reopened)
	return r.put(r.discrepancy)
}

// put inserts the values, unless a row before has failed: SQLite may have rolled
// the transaction back by itself, and another range would write outside of any.
func (r *Recorder) put(s *statement) error {
	if r.failed == nil {
		r.failed = s.exec(r.values)
	}
	return r.failed
}

// evidence is the text of some facts; most discrepancies of a large run have few.
func (r *Recorder) evidence(facts []reconcile.Fact) string {
	if len(facts) == 0 {
		return "[]"
	}
	r.text = appendFacts(r.text[:0], facts)
	return string(r.text)
}

// Evolve compares the recorded discrepancies with those of the previous run:
// evolution, first sight and age. It returns the counts.
func (r *Recorder) Evolve() (map[reconcile.Evolution]int64, error) {
	_, err := r.conn.ExecContext(r.ctx, `UPDATE discrepancy SET
			first_seen = p.first_seen,
			age_days = max(0, CAST(julianday(?1) - julianday(p.first_seen) AS INTEGER)), -- a clock may have gone back
			evolution = CASE
				WHEN p.status IN `+closing+` AND discrepancy.status NOT IN `+closing+` THEN 'reopened'
				WHEN p.kind <> discrepancy.kind OR p.delta <> discrepancy.delta OR p.legacy <> discrepancy.legacy
					OR p.legacy_text <> discrepancy.legacy_text OR p.onp_text <> discrepancy.onp_text THEN 'changed'
				ELSE 'persisting' END
		FROM discrepancy p WHERE p.run_id = ?2 AND p.fingerprint = discrepancy.fingerprint AND discrepancy.run_id = ?3`,
		r.today, r.run.Previous, r.run.ID)
	if err != nil {
		return nil, describe(err)
	}
	counts := make(map[reconcile.Evolution]int64)
	for _, e := range reconcile.Evolutions {
		var n int64
		query, args := "SELECT count(*) FROM discrepancy WHERE run_id = ? AND evolution = ?", []any{r.run.ID, string(e)}
		if e == reconcile.EvolutionResolved {
			query = `SELECT count(*) FROM discrepancy p WHERE p.run_id = ?1
				AND NOT EXISTS (SELECT 1 FROM discrepancy d WHERE d.run_id = ?2 AND d.fingerprint = p.fingerprint)`
			args = []any{r.run.Previous, r.run.ID}
		}
		if err := r.conn.QueryRowContext(r.ctx, query, args...).Scan(&n); err != nil {
			return nil, describe(err)
		}
		counts[e] = n
	}
	return counts, nil
}

// RowSums adds the recorded discrepancies, for Close.
func (r *Recorder) RowSums() ([]reconcile.RowSum, error) {
	rows, err := r.conn.QueryContext(r.ctx, `SELECT programme, kind, element, side, sense, sum(delta_net), sum(delta_info) FROM discrepancy
		WHERE run_id = ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`, r.run.ID)
	if err != nil {
		return nil, describe(err)
	}
	defer rows.Close()
	var sums []reconcile.RowSum
	for rows.Next() {
		var s reconcile.RowSum
		var side, sense string
		if err := rows.Scan(&s.Programme, &s.Kind, &s.Element, &side, &sense, &s.DeltaNet, &s.Information); err != nil {
			return nil, err
		}
		s.Side, _ = reconcile.ParseSide(side) // written by Discrepancy
		if sense != "" {
			s.Sense = reconcile.Sense(sense[0])
		}
		sums = append(sums, s)
	}
	return sums, describe(rows.Err())
}

// discard lets go of the statements: one left open would keep the database open
// when it is closed.
func (r *Recorder) discard() {
	for _, s := range []*statement{r.discrepancy, r.single} {
		if s != nil {
			_ = s.Close() // says again what its last step did
		}
	}
}

func (r *Recorder) close() error {
	if err := errors.Join(r.discrepancy.Close(), r.single.Close()); err != nil {
		return err
	}
	summary, err := json.Marshal(&r.run.Summary)
	if err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(r.ctx, "UPDATE run SET summary = ?, folder = ? WHERE id = ?", string(summary), r.run.Folder, r.run.ID); err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(r.ctx, "DELETE FROM single"); err != nil {
		return err
	}
	r.run.Summary.Seal, err = r.db.sealRun(r.ctx, r.conn, r.run)
	return err
}

const runColumns = `id, period, previous, started_at, version, inputs, config_hash, tables_hash, config, folder, summary, side, legacy_period, decided, budgeted, gates_hash,
	` + purgedAt + `, coalesce((SELECT hash FROM ledger WHERE kind = 'run' AND subject = run.id ORDER BY id LIMIT 1), '')`

// purgedAt is when the persons of a run were erased, blank where they stand.
const purgedAt = "coalesce((SELECT at FROM purge WHERE id = run.purge), '')"

// systemOf is the one system of two months, blank when both are compared.
func systemOf(m reconcile.Months) string {
	if !m.Set() {
		return ""
	}
	return m.Side.String()
}

// scanRun gives nil where there is no run. One whose columns make no sense comes
// with an error, its number known.
func scanRun(row interface{ Scan(...any) error }) (*reconcile.Run, error) {
	var r reconcile.Run
	var period, summary, system, earlier, seal string
	err := row.Scan(&r.ID, &period, &r.Previous, &r.StartedAt, &r.Version, &r.Inputs, &r.ConfigHash, &r.TablesHash, &r.Config, &r.Folder, &summary,
		&system, &earlier, &r.Decided, &r.Budgeted, &r.GatesHash, &r.Purged, &seal)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, describe(err)
	}
	if err := compared(&r, period, system, earlier); err != nil {
		return &r, err
	}
	r.Summary.Compares = reconcile.ComparesSystems // of runs recorded before months could be
	err = json.Unmarshal([]byte(summary), &r.Summary)
	r.Summary.Seal = seal // until it is published, the summary knows none
	return &r, err
}

// comparing keeps the runs that compare the same; what is asked of the month follows.
const comparing = " FROM run WHERE side = ? AND legacy_period = ? AND period "

// latest is the last run of the same comparison whose gaps stand: of the month,
// or else, of the systems, of an earlier month; or nil.
func (d *DB) latest(ctx context.Context, p reconcile.Period, m reconcile.Months) (*reconcile.Run, error) {
	months := "= ?"
	if !m.Set() {
		months = "<= ?"
	}
	return scanRun(d.read.QueryRowContext(ctx, "SELECT "+runColumns+comparing+months+" AND purge = 0 ORDER BY period DESC, id DESC LIMIT 1", systemOf(m), m.Earlier.String(), p.String()))
}

// LatestRun is the last run of a comparison in a month, with its loads, or nil.
func (d *DB) LatestRun(ctx context.Context, p reconcile.Period, m reconcile.Months) (*reconcile.Run, error) {
	return d.withLoads(ctx)(scanRun(d.read.QueryRowContext(ctx, "SELECT "+runColumns+comparing+"= ? ORDER BY id DESC LIMIT 1",
		systemOf(m), m.Earlier.String(), p.String())))
}

// Run is the run of a number, or the last one of all for 0; nil when there is
// none.
func (d *DB) Run(ctx context.Context, id int) (*reconcile.Run, error) {
	return d.withLoads(ctx)(scanRun(d.read.QueryRowContext(ctx, "SELECT "+runColumns+" FROM run WHERE id = ?1 OR ?1 = 0 ORDER BY id DESC LIMIT 1", id)))
}

func (d *DB) withLoads(ctx context.Context) func(*reconcile.Run, error) (*reconcile.Run, error) {
	return func(r *reconcile.Run, err error) (*reconcile.Run, error) {
		if r == nil || err != nil {
			return nil, err
		}
		r.Loads, err = d.queryLoads(ctx, "run_load.path", "JOIN run_load ON load_id = id WHERE run_id = ? ORDER BY rank", r.ID)
		return r, err
	}
}

// Runs lists all runs, the last first, without their loads.
func (d *DB) Runs(ctx context.Context) ([]reconcile.Run, error) {
	return d.runs(ctx, "ORDER BY id DESC")
}

// runs lists runs by a condition and an order.
func (d *DB) runs(ctx context.Context, tail string) ([]reconcile.Run, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (reconcile.Run, error) {
		r, err := scanRun(rows)
		if err != nil {
			return reconcile.Run{}, err
		}
		return *r, nil
	}, "SELECT "+runColumns+" FROM run "+tail))
}

// RunKeys lists all runs, the last first, by what they compare, the last decision
// that they knew and when they were purged, alone: their summaries cost far more to
// read.
func (d *DB) RunKeys(ctx context.Context) ([]reconcile.Run, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (r reconcile.Run, err error) {
		var period, system, earlier string
		if err := rows.Scan(&r.ID, &period, &system, &earlier, &r.Decided, &r.Purged); err != nil {
			return r, err
		}
		return r, compared(&r, period, system, earlier)
	}, "SELECT id, period, side, legacy_period, decided, "+purgedAt+" FROM run ORDER BY id DESC"))
}

// compared fills in what a run compares.
func compared(r *reconcile.Run, period, system, earlier string) (err error) {
	if r.Period, err = reconcile.ParsePeriod(period); err != nil || system == "" {
		return err
	}
	r.Months.Side, _ = reconcile.ParseSide(system) // the schema admits the two sides only
	r.Months.Earlier, err = reconcile.ParsePeriod(earlier)
	return err
}

// Publish notes that the outputs of a run are in place, and its final summary;
// at is RFC 3339, UTC.
func (d *DB) Publish(ctx context.Context, run *reconcile.Run, at string) error {
	summary, err := json.Marshal(&run.Summary)
	if err != nil {
		return err
	}
	return d.transaction(ctx, func(c *sql.Conn) error {
		if _, err := c.ExecContext(ctx, "UPDATE run SET summary = ?, folder = ?, published = 1 WHERE id = ?", string(summary), run.Folder, run.ID); err != nil {
			return err
		}
		_, err := d.seal(ctx, c, sealSummary, int64(run.ID), at, nil)
		return err
	})
}

// Published tells whether the outputs of a run were put in place.
func (d *DB) Published(ctx context.Context, id int) (bool, error) {
	var n int
	err := d.read.QueryRowContext(ctx, "SELECT count(*) FROM run WHERE id = ? AND published = 1", id).Scan(&n)
	return n > 0, describe(err)
}

var _ reconcile.Sink = (*Recorder)(nil)
