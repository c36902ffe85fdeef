package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"bascule/reconcile"
)

// ErrAltered means that what is to be erased is no longer what was sealed: a
// purge would erase the proof of that too.
var ErrAltered = errors.New("la base n'est plus ce qui a été scellé: rien n'est effacé; lancez « bascule verify », conservez la base pour l'enquête, puis restaurez une sauvegarde")

// purgedLoads are the loads whose rows the purge ?1 erases.
const purgedLoads = "SELECT id FROM load WHERE purge = ?1"

// Retained tells the oldest month that the database holds persons of, and the one
// that the last run paid; zero for none.
func (d *DB) Retained(ctx context.Context) (oldest, current reconcile.Period, err error) {
	return retained(ctx, d.read)
}

func retained(ctx context.Context, db querier) (oldest, current reconcile.Period, err error) {
	months, err := columnOf[string](ctx, db, `SELECT coalesce((SELECT min(period) FROM load WHERE purge = 0), '')
		UNION ALL SELECT coalesce((SELECT period FROM run ORDER BY id DESC LIMIT 1), (SELECT max(period) FROM load WHERE active = 1), '')`)
	if err != nil {
		return 0, 0, err
	}
	oldest, _ = reconcile.ParsePeriod(months[0]) // blank, or edited: its seal tells
	current, _ = reconcile.ParsePeriod(months[1])
	return oldest, current, nil
}

// errDry undoes a purge that is only tried.
var errDry = errors.New("rien n'est effacé")

// Purge erases, in one transaction, the persons of the months before one: what
// is erased is held against its seals first, then sealed as erased. It returns
// what was, of number 0 where nothing was to be, and the values that FinishPurge
// seeks. A dry run undoes all of it.
func (d *DB) Purge(ctx context.Context, before reconcile.Period, at string, dry bool, watch Watch) (*reconcile.Purge, *Sought, error) {
	if _, err := d.write.ExecContext(ctx, "PRAGMA secure_delete = ON"); err != nil {
		return nil, nil, describe(err)
	}
	if !dry { // a reader would keep the proof from being made, and what it seeks is known now alone
		if err := d.emptyLog(ctx); err != nil {
			return nil, nil, err
		}
	}
	p := &purge{db: d, watch: watch, sought: new(Sought), Purge: reconcile.Purge{At: at, Before: before}}
	err := d.transaction(ctx, func(c *sql.Conn) error {
		p.ctx, p.c = ctx, c
		for _, step := range []func() error{p.choose, p.check, p.gather, p.total, p.erase, p.decisions, p.seal} {
			if err := step(); err != nil {
				return err
			}
		}
		if dry {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) || errors.Is(err, errNothing) {
		p.ID, err = 0, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return &p.Purge, p.sought, nil
}

var errNothing = errors.New("rien n'est à effacer")

// purge is one purge under way.
type purge struct {
	db     *DB
	ctx    context.Context
	c      *sql.Conn
	watch  Watch
	sought *Sought
	erased []erased
	former map[string]map[int64][]*part // what the entries of the subjects cover
	reconcile.Purge
}

// erased tells, in the entry of a purge, what it did to the rows of one table
// that another entry covers.
type erased struct {
	Kind    string `json:"kind"`
	Subject int64  `json:"subject"`
	Table   string `json:"table"`
	Rows    int64  `json:"rows"`   // that were there
	SHA256  string `json:"sha256"` // of what the entry said of them
	Left    *part  `json:"left"`   // what is to be found since
}

// choose marks the loads and the runs of the months before. A run that compares
// two months shows the pay of the earlier.
func (p *purge) choose() error {
	if err := p.c.QueryRowContext(p.ctx, "SELECT coalesce(max(id), 0) + 1 FROM purge").Scan(&p.ID); err != nil {
		return err
	}
	month := p.Before.String()
	for _, of := range []struct {
		statement string
		count     *int64
	}{
		{"UPDATE load SET purge = ?1, active = 0 WHERE purge = 0 AND period < ?2", &p.Loads},
		{"UPDATE run SET purge = ?1 WHERE purge = 0 AND (period < ?2 OR legacy_period <> '' AND legacy_period < ?2)", &p.Runs},
	} {
		if err := p.exec(of.count, of.statement, p.ID, month); err != nil {
			return err
		}
	}
	if p.Loads+p.Runs == 0 {
		return errNothing
	}
	return nil
}

// exec runs a statement and adds the rows that it changed.
func (p *purge) exec(count *int64, statement string, args ...any) error {
	r, err := p.c.ExecContext(p.ctx, statement, args...)
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	*count += n
	return err
}

// check holds all that the purge touches against its seals, columns apart that
// the purge has just changed.
func (p *purge) check() error {
	v := &verifier{ctx: p.ctx, c: p.c, secret: p.db.secret, watch: p.watch, tables: make(map[string]*table)}
	if err := v.chain(); err != nil {
		return err
	}
	p.former = make(map[string]map[int64][]*part)
	for _, of := range []struct{ kind, subjects string }{{sealLoad, purgedLoads}, {sealRun, purgedRuns}, {sealImport, "SELECT DISTINCT import_id FROM decision WHERE run IN (SELECT id FROM run WHERE purge <> 0) AND ?1 > 0"}} {
		ids, err := columnOf[int64](p.ctx, p.c, of.subjects, p.ID)
		if err != nil {
			return err
		}
		p.former[of.kind] = make(map[int64][]*part)
		for _, id := range ids {
			entries := v.entries[of.kind][id]
			if len(entries) == 0 {
				continue // from before the chain
			}
			v.order = append(v.order, entries[0])
			if _, p.former[of.kind][id], err = v.read(entries[0]); err != nil {
				return err
			}
		}
	}
	if err := v.rowsAgain(); err != nil {
		return err
	}
	for i := range v.Findings {
		if f := &v.Findings[i]; !f.Warning {
			return fmt.Errorf("%w (table %s, %s: %s)", ErrAltered, f.Table, f.Rows, f.What)
		}
	}
	return nil
}

// total keeps what the gaps amount to.
func (p *purge) total() error {
	_, err := p.c.ExecContext(p.ctx, `INSERT INTO gap_total (run_id, kind, cause, status, at_fault, gaps, roots, delta_net, delta_info, absolute, overpaid, underpaid, moving)
		SELECT run_id, kind, cause, status, at_fault, count(*), sum(root = ''), sum(delta_net), sum(delta_info), sum(abs(delta_net) + abs(delta_info)),
			sum(max(0, -delta_net)), sum(max(0, delta_net)), sum(delta_net <> 0)
		FROM discrepancy WHERE run_id IN (`+purgedRuns+`) GROUP BY 1, 2, 3, 4, 5`, p.ID)
	return err
}

// erase deletes the rows of persons.
func (p *purge) erase() error {
	for _, of := range []struct {
		kind, table, rows, subjects string
		count                       *int64
	}{
		{sealLoad, "payslip", "load_id", purgedLoads, &p.Payslips},
		{sealLoad, "reject", "load_id", purgedLoads, &p.Rejects},
		{sealLoad, "block", "load_id", purgedLoads, new(int64)},
		{sealRun, "discrepancy", "run_id", purgedRuns, &p.Discrepancies},
	} {
		if err := p.exec(of.count, "DELETE FROM "+of.table+" WHERE "+of.rows+" IN ("+of.subjects+")", p.ID); err != nil {
			return err
		}
		subjects, err := columnOf[int64](p.ctx, p.c, of.subjects+" ORDER BY id", p.ID)
		if err != nil {
			return err
		}
		for _, id := range subjects {
			if err := p.note(of.kind, id, of.table, &part{Table: of.table, Columns: []string{}, Chunks: []chunk{}}); err != nil {
				return err
			}
		}
	}
	_, err := p.c.ExecContext(p.ctx, "DELETE FROM single")
	return err
}

// note tells what is left of a table that the entry of a subject covers.
func (p *purge) note(kind string, subject int64, table string, left *part) error {
	for _, was := range p.former[kind][subject] {
		if was.Table != table {
			continue
		}
		text, err := json.Marshal(was)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(text)
		p.erased = append(p.erased, erased{kind, subject, table, was.rows(), hex.EncodeToString(sum[:]), left})
	}
	return nil
}

// spent are the decisions about gaps of purged runs that no gap kept follows,
// with what they still say of a person.
const spent = `run IN (SELECT id FROM run WHERE purge <> 0) AND (fingerprint <> '' AND fingerprint NOT LIKE 'purge-%' OR comment <> '')
	AND 'D-' || id NOT IN (SELECT decision FROM discrepancy)`

// decisions takes out of the spent decisions what they say of a person: the gap,
// its amounts and values, what was written freely. Who decided what, why and when
// stays.
func (p *purge) decisions() error {
	imports, err := columnOf[int64](p.ctx, p.c, "SELECT DISTINCT import_id FROM decision WHERE "+spent+" ORDER BY 1")
	if err != nil || len(imports) == 0 {
		return err
	}
	err = p.unguarded("decision_kept", func() error {
		return p.exec(&p.Decisions, `UPDATE decision SET fingerprint = 'purge-' || id, pattern = '', amount = 0, low = 0, high = 0, legacy_text = '', onp_text = '', reference = '', comment = ''
			WHERE fingerprint <> '' AND `+spent)
	})
	if err == nil {
		err = p.unguarded("decision_kept", func() error {
			return p.exec(&p.Decisions, "UPDATE decision SET comment = '' WHERE fingerprint = '' AND "+spent)
		})
	}
	if err != nil {
		return err
	}
	k := kindOf(sealImport)
	for _, id := range imports {
		for i := range k.covers {
			of := &k.covers[i]
			if of.table != "decision" {
				continue
			}
			t, err := describeTable(p.ctx, p.c, of.table)
			if err != nil {
				return err
			}
			left, err := digestRows(p.ctx, p.c, t, of, t.covers(of), id)
			if err != nil {
				return err
			}
			if err := p.note(sealImport, id, of.table, left); err != nil {
				return err
			}
		}
	}
	return nil
}

// unguarded runs f without a trigger, which is put back as it was.
func (p *purge) unguarded(trigger string, f func() error) error {
	var text string
	if err := p.c.QueryRowContext(p.ctx, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", trigger).Scan(&text); err != nil {
		return err
	}
	if _, err := p.c.ExecContext(p.ctx, "DROP TRIGGER "+quoted(trigger)); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	_, err := p.c.ExecContext(p.ctx, text)
	return err
}

// seal records the purge, and all that it changed.
func (p *purge) seal() error {
	d, c, ctx := p.db, p.c, p.ctx
	_, err := c.ExecContext(ctx, "INSERT INTO purge (id, at, before, loads, runs, payslips, rejects, discrepancies, decisions) VALUES (?,?,?,?,?,?,?,?,?)",
		p.ID, p.At, p.Before.String(), p.Loads, p.Runs, p.Payslips, p.Rejects, p.Discrepancies, p.Decisions)
	if err != nil {
		return err
	}
	months, err := columnOf[int64](ctx, c, "SELECT min(id) FROM load WHERE (side, period) IN (SELECT side, period FROM load WHERE purge = ?1) GROUP BY side, period ORDER BY 1", p.ID)
	if err != nil {
		return err
	}
	for _, first := range months {
		if err := d.sealInForce(ctx, c, first, p.At); err != nil {
			return err
		}
	}
	runs, err := columnOf[int64](ctx, c, purgedRuns+" ORDER BY id", p.ID)
	if err != nil {
		return err
	}
	for _, id := range runs {
		if _, err := d.seal(ctx, c, sealSummary, id, p.At, nil); err != nil {
			return err
		}
	}
	all, err := contentOf(ctx, c, sealPurge, p.ID, nil)
	if err != nil {
		return err
	}
	all.Erased = p.erased
	_, err = d.appendContent(ctx, c, sealPurge, p.ID, p.At, all)
	return err
}

// Purges lists what was erased, oldest first.
func (d *DB) Purges(ctx context.Context) ([]reconcile.Purge, error) { return purges(ctx, d.read, "") }

// Pending lists the purges that were interrupted before their proof.
func (d *DB) Pending(ctx context.Context) ([]reconcile.Purge, error) {
	return purges(ctx, d.read, "WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE kind = '"+sealErasure+"' AND subject = p.id)")
}

type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

// purges lists the purges of a condition, with their proofs.
func purges(ctx context.Context, db querier, where string) ([]reconcile.Purge, error) {
	rows, err := db.QueryContext(ctx, `SELECT id, at, before, loads, runs, payslips, rejects, discrepancies, decisions,
		coalesce((SELECT iif(json_valid(content), content ->> '$.proof', '') FROM ledger WHERE kind = '`+sealErasure+`' AND subject = p.id ORDER BY id LIMIT 1), '') FROM purge p `+where+" ORDER BY id")
	if err != nil {
		return nil, describe(err)
	}
	defer rows.Close()
	var all []reconcile.Purge
	for rows.Next() {
		var p reconcile.Purge
		var before, proof string
		if err := rows.Scan(&p.ID, &p.At, &before, &p.Loads, &p.Runs, &p.Payslips, &p.Rejects, &p.Discrepancies, &p.Decisions, &proof); err != nil {
			return nil, describe(err)
		}
		p.Before, _ = reconcile.ParsePeriod(before) // one that was edited is told by its seal, and so is a proof
		if proof != "" && json.Unmarshal([]byte(proof), &p.Proof) != nil {
			p.Proof = nil
		}
		all = append(all, p)
	}
	return all, describe(rows.Err())
}

// PurgedRuns lists the runs that a purge erased the gaps of, oldest first,
// without their loads.
func (d *DB) PurgedRuns(ctx context.Context) ([]reconcile.Run, error) {
	return d.runs(ctx, "WHERE purge <> 0 ORDER BY id")
}

// PurgedFiles lists the paths that purged loads alone were read from.
func (d *DB) PurgedFiles(ctx context.Context) ([]string, error) {
	return columnOf[string](ctx, d.read, "SELECT path FROM load WHERE purge <> 0 EXCEPT SELECT path FROM load WHERE purge = 0 ORDER BY path")
}

// folderOf is where SQLite puts what it sorts: beside the database, which is
// private and as large as it needs to be.
func folderOf(path string) string { return strings.ReplaceAll(filepath.Dir(path), "'", "''") }
