// Package sqlite keeps payslips, loads, runs and discrepancies in one SQLite
// file. It is the only package that knows SQL: one writer connection, any
// number of readers, full durability (WAL, but while a large load lasts;
// synchronous FULL).
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"
)

//go:embed schema/*.sql
var schema embed.FS

// pageBytes holds some ten payslips: a load takes 9.0 µs a payslip against 9.7
// with pages of 4 KiB, and reading back 5.4 against 6.0 (BenchmarkLoad,
// BenchmarkReadBack).
const pageBytes = 16 << 10

// Page caches, in KiB: one for the writer, one for each reader. What a large load
// needs more is bounded for the smallest server.
const (
	writerCacheKiB  = 32 << 10
	readerCacheKiB  = 8 << 10
	largestCacheKiB = 160 << 10
)

// idleReaders stay open until they are needed again.
const idleReaders = 2

// ErrNewer means that a later version of the program wrote the database.
var ErrNewer = errors.New("la base a été écrite par une version plus récente de bascule: mettez le programme à jour")

// ErrForeign means that the file is another program's database.
var ErrForeign = errors.New("la base appartient à un autre programme: indiquez un autre fichier sous « database »")

// DB is an open database.
type DB struct {
	write  *sqlx.DB // one connection
	read   *sqlx.DB // as many as there are cursors
	secret []byte

	straightFrom int64          // bytes to read
	checkpoint   sync.WaitGroup // runs beside what follows a load
}

// Open opens the database, creating it (mode 0600, in a folder of mode 0700) or
// migrating it to the current schema. Random is the source of the key of
// pseudonyms and fingerprints, drawn once for each database that is given none.
func Open(ctx context.Context, path string, random io.Reader, options ...Option) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := create(ctx, path); err != nil {
		return nil, fmt.Errorf("base %s: %w", path, describe(err))
	}
	given := settingsOf(options)
	d := &DB{straightFrom: given.straight}
	var err error
	if d.write, err = connect(path, "immediate", writerCacheKiB, false); err != nil {
		return nil, err
	}
	d.write.SetMaxOpenConns(1)
	err = reach(ctx, d.write, given.waiting)
	if err == nil {
		_, err = d.write.ExecContext(ctx, fmt.Sprintf("PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = %d", busy)) // see copyBack
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("base %s: %w", path, describe(err)), d.write.Close())
	}
	if err := d.migrate(ctx, random, given.key); err != nil {
		d.write.Close()
		return nil, fmt.Errorf("base %s: %w", path, describe(err))
	}
	if d.read, err = connect(path, "deferred", readerCacheKiB, true); err != nil {
		d.write.Close()
		return nil, err
	}
	d.read.SetMaxIdleConns(idleReaders)
	return d, nil
}

// create makes an empty database where there is none. SQLite itself would make
// it readable by others, and with pages that a payslip hardly fits in.
func create(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	c, err := sqlx.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, fmt.Sprintf("PRAGMA page_size = %d; PRAGMA journal_mode = WAL", pageBytes))
	return errors.Join(err, c.Close())
}

// How long SQLite itself waits for somebody else, in milliseconds: it cannot be told
// to give up meanwhile. The writer, the first to come, is soon told that it waits
// (reach).
const (
	busyAtFirst = 500
	busy        = 10_000
)

func connect(path, lock string, cacheKiB int, queryOnly bool) (*sqlx.DB, error) {
	q, wait := url.Values{}, busy
	if lock == "immediate" {
		wait = busyAtFirst
	}
	q.Set("_journal_mode", "WAL")
	q.Set("_synchronous", "FULL")
	q.Set("_foreign_keys", "on")
	q.Set("_busy_timeout", strconv.Itoa(wait))
	q.Set("_txlock", lock)
	q.Set("_cache_size", fmt.Sprintf("-%d", cacheKiB))
	if queryOnly {
		q.Set("_query_only", "on")
	}
	return sqlx.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
}

// Close closes the database; the last to close it empties the write-ahead log.
func (d *DB) Close() error {
	d.checkpoint.Wait()
	return errors.Join(d.read.Close(), d.write.Close())
}

// copyBack copies the write-ahead log into the database beside what follows. A
// load of 600,000 payslips is durable once committed to the log; copying it
// takes 1.5 s more, which the comparison need not wait for.
func (d *DB) copyBack() {
	d.checkpoint.Go(func() {
		// A failure costs nothing: the log stays, and Close copies it again.
		_, _ = d.read.Exec("PRAGMA wal_checkpoint(PASSIVE)")
	})
}

// Secret is the key of pseudonyms and fingerprints of this database.
func (d *DB) Secret() []byte { return d.secret }

// ready tells whether the database is already what migrate makes of it: then those
// who only read need not wait for the one who writes.
func (d *DB) ready(ctx context.Context, version int, key []byte) (bool, error) {
	c, err := d.write.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer c.Close()
	var same, begun bool
	if err := c.QueryRowContext(ctx, "SELECT user_version = ? FROM pragma_user_version", version).Scan(&same); err != nil || !same {
		return false, err
	}
	if err := refuseForeign(ctx, c, version); err != nil {
		return false, err
	}
	if d.secret, err = secretOf(ctx, c, key); err != nil || d.secret == nil {
		return false, err
	}
	err = c.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM ledger)").Scan(&begun)
	return begun, err
}

// migrate applies the schema files that the database has not seen, all in one
// transaction with the new version number.
func (d *DB) migrate(ctx context.Context, random io.Reader, key []byte) error {
	files, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return err
	}
	if ready, err := d.ready(ctx, len(files), key); ready || err != nil {
		return err
	}
	return d.transaction(ctx, func(c *sql.Conn) error {
		var version int
		if err := c.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		if version > len(files) {
			return ErrNewer
		}
		if err := refuseForeign(ctx, c, version); err != nil {
			return err
		}
		for i := version; i < len(files); i++ {
			text, err := schema.ReadFile(files[i])
			if err != nil {
				return err
			}
			if _, err := c.ExecContext(ctx, string(text)); err != nil {
				return fmt.Errorf("%s: %w", files[i], err)
			}
			if _, err := c.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", i+1)); err != nil {
				return err
			}
		}
		if err := d.readSecret(ctx, c, random, key); err != nil {
			return err
		}
		return d.openChain(ctx, c)
	})
}

// refuseForeign leaves a database that holds something else alone.
func refuseForeign(ctx context.Context, c *sql.Conn, version int) error {
	var objects, ours int
	err := c.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(name = 'payslip'), 0) FROM sqlite_master").Scan(&objects, &ours)
	if err == nil && objects > 0 && (version == 0 || ours == 0) {
		err = ErrForeign
	}
	return err
}

// transaction runs f on the writer connection between BEGIN EXCLUSIVE, which beside
// a log keeps no reader out, and COMMIT, or rolls all of it back.
func (d *DB) transaction(ctx context.Context, f func(*sql.Conn) error) error {
	c, err := d.write.Conn(ctx)
	if err != nil {
		return describe(err)
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return describe(err)
	}
	if err = f(c); err == nil {
		err = ctx.Err()
	}
	if err == nil {
		_, err = c.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		return errors.Join(describe(err), rollback(ctx, c))
	}
	return nil
}

// rollback undoes what SQLite, on some errors, has not undone already.
func rollback(ctx context.Context, c *sql.Conn) error {
	undone := false
	if err := c.Raw(func(raw any) error {
		undone = raw.(*sqlite3.SQLiteConn).AutoCommit()
		return nil
	}); err != nil || undone {
		return err
	}
	_, err := c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return err
}

// failure is an error of the driver in the words of a user, who can mend it.
type failure struct {
	text  string
	cause error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

// Told is an error of a stage that worked on the database, in French where the
// driver's own words would reach the user.
func Told(err error) error { return describe(err) }

// describe turns the driver's errors that a user can mend into French.
func describe(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) || errors.As(err, new(*failure)) {
		return err
	}
	text := ""
	switch {
	case e.Code == sqlite3.ErrFull, e.SystemErrno == syscall.ENOSPC, e.SystemErrno == syscall.EDQUOT:
		text = "disque plein — libérez de la place là où se trouve la base, puis relancez"
	case e.Code == sqlite3.ErrIoErr:
		text = "le disque de la base refuse une lecture ou une écriture — vérifiez-le, puis relancez : rien d'inachevé n'a été enregistré"
	case e.Code == sqlite3.ErrBusy, e.Code == sqlite3.ErrLocked:
		text = "base occupée par un autre programme — attendez qu'il ait fini, ou fermez-le, puis relancez"
	case e.Code == sqlite3.ErrNotADB:
		text = "le fichier n'est pas une base SQLite — restaurez une sauvegarde, ou indiquez un autre fichier sous « database »"
	case e.Code == sqlite3.ErrCorrupt: // SQLite says so of a disk that cannot be read, too
		text = "base altérée, ou disque illisible — lancez « bascule verify » ; s'il le confirme, restaurez une sauvegarde"
	case e.Code == sqlite3.ErrReadonly, e.Code == sqlite3.ErrPerm, e.Code == sqlite3.ErrCantOpen:
		text = "base inaccessible en écriture — vérifiez les droits sur le fichier et sur son dossier, puis relancez"
	case e.Code == sqlite3.ErrNomem:
		text = "mémoire insuffisante pour la base — libérez-en, puis relancez"
	default:
		return err
	}
	return &failure{text, err}
}

// statement is a prepared statement of the driver itself: in the loops that
// write millions of rows, database/sql would cost as much as SQLite.
type statement struct {
	prepared *sqlite3.SQLiteStmt
	args     []driver.NamedValue
}

func prepare(c *sql.Conn, text string) (*statement, error) {
	var s statement
	err := c.Raw(func(raw any) error {
		prepared, err := raw.(*sqlite3.SQLiteConn).Prepare(text)
		if err != nil {
			return err
		}
		s.prepared = prepared.(*sqlite3.SQLiteStmt)
		s.args = make([]driver.NamedValue, s.prepared.NumInput())
		for i := range s.args {
			s.args[i].Ordinal = i + 1
		}
		return nil
	})
	return &s, err
}

func (s *statement) Close() error { return s.prepared.Close() }

func (s *statement) bind(values []driver.Value) []driver.NamedValue {
	for i, v := range values {
		s.args[i].Value = v
	}
	return s.args[:len(values)]
}

// exec goes through the driver's query, which binds all the values and takes
// the step in one crossing from Go to C; its exec takes one crossing for each.
func (s *statement) exec(values []driver.Value) error {
	rows, err := s.prepared.QueryContext(context.Background(), s.bind(values))
	if err != nil {
		return err
	}
	if err = rows.Next(nil); err == io.EOF {
		err = nil
	}
	return errors.Join(err, rows.Close())
}

// insert is exec that returns the id of the row.
func (s *statement) insert(values []driver.Value) (int64, error) {
	result, err := s.prepared.ExecContext(context.Background(), s.bind(values))
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}
