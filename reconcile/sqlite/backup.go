package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jmoiron/sqlx"
)

// Copied is what a copy of the database holds, read back from the copy.
type Copied struct {
	Runs    int64  `json:"runs"`
	Loads   int64  `json:"loads"`
	Entries int64  `json:"entries"` // of the chain of seals
	Head    string `json:"head"`    // hash of its last entry
}

// ErrCopy means that a copy is not what it was made from.
var ErrCopy = errors.New("la copie ne se relit pas comme la base: rien n'est gardé; vérifiez la place et l'état du disque, puis « bascule verify »")

// CopyInto writes a consistent copy of the database into an empty file, while
// others read and write it, then reads the copy back: pages, and the last entry
// of its chain, which the database must have too.
func CopyInto(ctx context.Context, path, file string, options ...Option) (_ *Copied, err error) {
	if err := present(path); err != nil {
		return nil, err
	}
	db, err := connect(path, "deferred", readerCacheKiB, false)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err = errors.Join(describe(err), db.Close()); err != nil {
			err = fmt.Errorf("base %s: %w", path, err)
		}
	}()
	if err := reach(ctx, db, settingsOf(options).waiting); err != nil {
		return nil, err
	}
	var version, ours int
	if err := db.QueryRowContext(ctx, "SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master WHERE name = 'ledger')").Scan(&version, &ours); err != nil {
		return nil, err
	}
	if version == 0 || ours == 0 {
		return nil, ErrForeign
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return nil, err
	}
	c, err := readCopy(ctx, file)
	if err != nil {
		return nil, err
	}
	var known bool
	err = db.QueryRowContext(ctx, "SELECT ?1 = 0 OR EXISTS (SELECT 1 FROM ledger WHERE id = ?1 AND hash = ?2)", c.Entries, c.Head).Scan(&known)
	if err == nil && !known {
		err = ErrCopy
	}
	return c, err
}

// readCopy reads a copy that nobody writes, leaving nothing beside it.
func readCopy(ctx context.Context, file string) (_ *Copied, err error) {
	db, err := sqlx.Open("sqlite3", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return nil, errors.Join(ErrCopy, err)
	}
	if verdict != "ok" {
		return nil, ErrCopy
	}
	c := new(Copied)
	err = db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM load), (SELECT coalesce(max(id), 0) FROM ledger),
		coalesce((SELECT hash FROM ledger ORDER BY id DESC LIMIT 1), '')`).Scan(&c.Runs, &c.Loads, &c.Entries, &c.Head)
	return c, err
}
