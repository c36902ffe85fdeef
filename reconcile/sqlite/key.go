package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"

	"bascule/reconcile"
)

// Option steers the opening of a database.
type Option func(*settings)

type settings struct {
	key      []byte
	straight int64
	waiting  func()
}

// WithKey gives the key of pseudonyms, fingerprints and seals from outside: the
// database keeps nothing of it but what recognises it. A blank key is none.
func WithKey(key []byte) Option { return func(s *settings) { s.key = key } }

// WithStraight changes from how many bytes to read on a load writes straight into
// the database (DB.straight).
func WithStraight(bytes int64) Option { return func(s *settings) { s.straight = bytes } }

// WithWaiting has a function called once where somebody else keeps the database to
// himself, which is waited for.
func WithWaiting(f func()) Option { return func(s *settings) { s.waiting = f } }

func settingsOf(options []Option) settings {
	s := settings{straight: straightBytes, waiting: func() {}}
	for _, o := range options {
		o(&s)
	}
	return s
}

// Why a database does not open with the key that it is given, or with none.
var (
	ErrKeyless   = errors.New("la clé de la base a été effacée: restaurez une sauvegarde")
	ErrKeyWithin = errors.New("la base a sa propre clé, tirée à sa création; pseudonymes, empreintes et sceaux en dépendent: retirez privacy.key_file, ou commencez une autre base")
	ErrKeyAbsent = errors.New("la clé de la base est dans un fichier: indiquez-le par privacy.key_file")
	ErrOtherKey  = errors.New("privacy.key_file n'est pas la clé de cette base, dont pseudonymes, empreintes et sceaux dépendent: remettez le fichier d'origine; s'il est perdu, seule une autre base est possible")
)

// keyMark recognises a key, and gives nothing of it away.
func keyMark(key []byte) string { return reconcile.Digest(key, "key") }

// secretOf is the key of a database, nil for one that has none yet.
func secretOf(ctx context.Context, c *sql.Conn, key []byte) ([]byte, error) {
	var within, mark string
	err := c.QueryRowContext(ctx, "SELECT coalesce((SELECT value FROM meta WHERE key = 'secret'), ''), coalesce((SELECT value FROM meta WHERE key = 'key_mark'), '')").Scan(&within, &mark)
	if err != nil {
		return nil, err
	}
	switch {
	case within == "" && mark == "":
		return nil, nil
	case within != "" && len(key) > 0:
		return nil, ErrKeyWithin
	case within != "":
		secret, err := hex.DecodeString(within)
		if err != nil {
			err = ErrKeyless
		}
		return secret, err
	case len(key) == 0:
		return nil, ErrKeyAbsent
	case mark != keyMark(key):
		return nil, ErrOtherKey
	}
	return key, nil
}

// readSecret finds the key of the database, or settles it where it is new.
func (d *DB) readSecret(ctx context.Context, c *sql.Conn, random io.Reader, key []byte) (err error) {
	if d.secret, err = secretOf(ctx, c, key); d.secret != nil || err != nil {
		return err
	}
	// Another key would name every gap and agent anew, and break the chain.
	var begun bool
	if err := c.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM ledger)").Scan(&begun); err != nil {
		return err
	}
	if begun {
		return ErrKeyless
	}
	if len(key) > 0 {
		d.secret = key
		_, err = c.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES ('key_mark', ?)", keyMark(key))
		return err
	}
	fresh := make([]byte, 32)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return err
	}
	d.secret = fresh
	_, err = c.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES ('secret', ?)", hex.EncodeToString(fresh))
	return err
}
