package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"

	"bascule/reconcile"
)

// ErrOlder means that the database has not been brought to the schema of this
// program, which verify, that only reads, does not do.
var ErrOlder = errors.New("la base est d'une version antérieure: lancez « bascule runs », qui la met à jour, puis « bascule verify »")

// ErrAbsent means that there is no database to verify, or to copy.
var ErrAbsent = errors.New("n'existe pas: vérifiez la clé « database » de la configuration")

// Watch follows a verification: so many rows to read again, then how many more
// have been.
type Watch interface {
	Start(label string, total int64)
	Add(n int)
}

// verifier is one walk, in one read transaction: it sees no half-written state,
// and disturbs nobody.
type verifier struct {
	ctx      context.Context
	c        *sql.Conn
	key      []byte // given from outside
	secret   []byte
	unsealed map[string]int64 // by table, the last row from before the chain
	watch    Watch
	tables   map[string]*table
	last     bool
	entries  map[string]map[int64][]int64 // entries by kind and subject
	order    []int64                      // those to read again, oldest first
	erased   map[subjectTable]*part       // what purges left of what an entry covers
	reconcile.Verification
}

// present refuses a database that does not exist: to connect would create it.
func present(path string) error {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("base %s: %w", path, ErrAbsent)
	}
	return err
}

// Verify holds a database against its chain of seals and its sums against its
// rows, every run or the last one only. An error means that nothing could be
// verified at all.
func Verify(ctx context.Context, path string, last bool, watch Watch, options ...Option) (*reconcile.Verification, error) {
	if err := present(path); err != nil {
		return nil, err
	}
	db, err := connect(path, "deferred", readerCacheKiB, true)
	if err != nil {
		return nil, err
	}
	given := settingsOf(options)
	var v *reconcile.Verification
	if err = reach(ctx, db, given.waiting); err == nil {
		v, err = verify(ctx, db, last, watch, given.key)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, fmt.Errorf("base %s: %w", path, describe(err))
	}
	return v, nil
}

// Republished tells whether a run has been published again since its row was
// read: what its files hold is then no longer what that row says.
func Republished(ctx context.Context, path string, r *reconcile.Run) (again bool, err error) {
	db, err := connect(path, "deferred", readerCacheKiB, true)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var text string
	if err := db.QueryRowContext(ctx, "SELECT summary FROM run WHERE id = ?", r.ID).Scan(&text); err != nil {
		return false, describe(err)
	}
	var now reconcile.Summary
	if err := json.Unmarshal([]byte(text), &now); err != nil {
		return false, err
	}
	return !reflect.DeepEqual(now.Outputs, r.Summary.Outputs) || now.Seconds != r.Summary.Seconds, nil
}

func verify(ctx context.Context, db *sqlx.DB, last bool, watch Watch, key []byte) (*reconcile.Verification, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() { _ = rollback(ctx, c) }() // of a transaction that only read
	v := &verifier{ctx: ctx, c: c, key: key, last: last, watch: watch, tables: make(map[string]*table)}
	for _, step := range []func() error{v.schema, v.integrity, v.keys, v.readRuns, v.chain, v.owed, v.purges, v.rowsAgain, v.sums} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &v.Verification, nil
}

func (v *verifier) find(f reconcile.Finding) { v.Findings = append(v.Findings, f) }

const restore = "restaurez une sauvegarde d'avant la modification"

// schema holds tables, indexes, views and triggers against those of a fresh
// database: a trigger taken away would let decisions be rewritten.
func (v *verifier) schema() error {
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return err
	}
	var version int
	if err := v.c.QueryRowContext(v.ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch err := refuseForeign(v.ctx, v.c, version); {
	case err != nil:
		return err
	case version > len(files):
		return ErrNewer
	case version < len(files):
		return ErrOlder
	}
	want, err := freshSchema(v.ctx, files)
	if err != nil {
		return err
	}
	got, err := objects(v.ctx, v.c)
	if err != nil {
		return err
	}
	for _, o := range want {
		if !slices.Contains(got, o) {
			v.find(reconcile.Finding{Table: o.table, What: fmt.Sprintf("%s %s n'est pas celui ou celle de cette version du programme", o.kind, o.name), Hint: restore})
		}
	}
	for _, o := range got {
		if !slices.ContainsFunc(want, func(w object) bool { return w.kind == o.kind && w.name == o.name }) {
			v.find(reconcile.Finding{Table: o.table, What: fmt.Sprintf("%s %s a été ajouté à la base", o.kind, o.name), Warning: o.kind != "trigger",
				Hint: "demandez à qui administre la base ; un trigger étranger peut réécrire ce qui est enregistré"})
		}
	}
	return nil
}

// object is a row of sqlite_master.
type object struct{ kind, name, table, text string }

func objects(ctx context.Context, c *sql.Conn) ([]object, error) {
	rows, err := c.QueryContext(ctx, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []object
	for rows.Next() {
		var o object
		if err := rows.Scan(&o.kind, &o.name, &o.table, &o.text); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

// freshSchema is what the schema files make of an empty database.
func freshSchema(ctx context.Context, files []string) (_ []object, err error) {
	db, err := sqlx.Open("sqlite3", ":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for _, f := range files {
		text, err := schema.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if _, err := c.ExecContext(ctx, string(text)); err != nil {
			return nil, err
		}
	}
	return objects(ctx, c)
}

// damagesShown bounds what integrity_check lists.
const damagesShown = 20

// integrity has SQLite check its pages, indexes and references. It reads the
// indexes too, which quick_check leaves out: a query believes them.
func (v *verifier) integrity() error {
	damages, err := v.texts(fmt.Sprintf("PRAGMA integrity_check(%d)", damagesShown))
	if err != nil && !corrupt(err) {
		return err
	}
	if err != nil {
		damages = []string{describe(err).Error()}
	}
	for _, d := range damages {
		if d != "ok" {
			v.find(reconcile.Finding{What: "base endommagée : " + strings.Join(strings.Fields(d), " "), Hint: "restaurez une sauvegarde"})
		}
	}
	orphans, err := v.texts(`SELECT concat_ws(x'1f', "table", coalesce(rowid, ''), parent) FROM pragma_foreign_key_check LIMIT ` + fmt.Sprint(damagesShown))
	if err != nil && !corrupt(err) {
		return err
	}
	for _, o := range orphans {
		f := strings.Split(o, "\x1f")
		v.find(reconcile.Finding{Table: f[0], Rows: strings.TrimSuffix("ligne "+f[1], "ligne "), What: "renvoie à une ligne de la table " + f[2] + " qui n'existe plus", Hint: restore})
	}
	left, err := v.number("SELECT count(*) FROM single")
	if err == nil && left > 0 {
		v.find(reconcile.Finding{Table: "single", What: "doit être vide hors d'une comparaison", Hint: restore})
	}
	if corrupt(err) {
		err = nil // said already
	}
	return err
}

func (v *verifier) texts(query string, args ...any) ([]string, error) {
	return columnOf[string](v.ctx, v.c, query, args...)
}

// columnOf gathers the only column of a query.
func columnOf[T string | int64](ctx context.Context, db querier, query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var value T
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		all = append(all, value)
	}
	return all, rows.Err()
}

func (v *verifier) number(query string, args ...any) (n int64, err error) {
	err = v.c.QueryRowContext(v.ctx, query, args...).Scan(&n)
	return n, err
}

// keys finds the secret and what was there before the chain.
func (v *verifier) keys() (err error) {
	if v.secret, err = secretOf(v.ctx, v.c, v.key); err != nil {
		return err
	}
	if v.secret == nil {
		return ErrKeyless
	}
	var unsealed string
	if err := v.c.QueryRowContext(v.ctx, "SELECT coalesce((SELECT value FROM meta WHERE key = 'unsealed'), '{}')").Scan(&unsealed); err != nil {
		return err
	}
	if json.Unmarshal([]byte(unsealed), &v.unsealed) != nil {
		v.unsealed = nil // the entry of meta tells
	}
	return nil
}

// readRuns lists the runs, whose numbers the findings give.
func (v *verifier) readRuns() error {
	rows, err := v.c.QueryContext(v.ctx, "SELECT "+runColumns+" FROM run ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	v.Known = make(map[int]string)
	for rows.Next() {
		r, err := scanRun(rows)
		if r == nil {
			return err
		}
		v.Known[r.ID] = r.Summary.Seal
		if err != nil {
			v.find(reconcile.Finding{Runs: []int{r.ID}, Table: "run", Rows: fmt.Sprintf("ligne %d", r.ID), What: "ne peut être relue", Hint: restore})
			continue
		}
		v.Runs = append(v.Runs, *r)
	}
	if v.last && len(v.Runs) > 0 {
		v.Runs = v.Runs[len(v.Runs)-1:]
	}
	return rows.Err()
}

// corrupt tells whether SQLite could not read its own pages.
func corrupt(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrCorrupt
}
