package sqlite

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"
)

// straightBytes to read, those of some 100,000 agents, are worth what leaving the
// write-ahead log costs: ten more waits for the disk.
const straightBytes = 256 << 20

// straight has a large load written straight into the database, and returns what
// takes the write-ahead log into use again. Through the log, all that is written is
// written twice, 6 GB each time of 2,500,000 agents. Without it, what the load adds
// comes after all that is there, and the little that it changes is kept in a journal
// until it ends well.
//
// Meanwhile nobody else can read. So where somebody is reading, the log stays. That
// the load is on the disk once committed rests on the log being taken again: the
// removal of the journal is then on the disk too.
func (d *DB) straight(ctx context.Context, jobs []Job) (logAgain func() error, err error) {
	logAgain = func() error { return nil }
	if bytes := bytesToAdd(jobs); bytes == 0 || bytes < d.straightFrom {
		return logAgain, nil
	}
	d.checkpoint.Wait()
	d.read.SetMaxIdleConns(0) // they would be somebody
	defer d.read.SetMaxIdleConns(idleReaders)
	switch err = d.journal(ctx, "delete"); {
	case err == nil:
		logAgain = func() error {
			// Those who came meanwhile ask for the same, all at once.
			return whileBusy(ctx, func() error { return d.journal(ctx, "wal") }, func() {})
		}
	case isBusy(err):
		err = nil
	}
	return logAgain, describe(err)
}

// bytesToAdd is the size of the files to be read, 0 where some of it may be taken
// from what the database holds: that is read meanwhile.
func bytesToAdd(jobs []Job) (bytes int64) {
	for i := range jobs {
		switch {
		case jobs[i].Known != 0:
		case jobs[i].Blocks.none():
			bytes += jobs[i].Bytes
		default:
			return 0
		}
	}
	return bytes
}

// journal has the database keep a journal of this mode, be the command interrupted.
func (d *DB) journal(ctx context.Context, mode string) error {
	var kept string
	err := d.write.GetContext(context.WithoutCancel(ctx), &kept, "PRAGMA journal_mode = "+mode)
	if err == nil && kept != mode {
		err = sqlite3.Error{Code: sqlite3.ErrBusy}
	}
	return err
}

// patience is how long a database that somebody keeps to himself is waited for: as
// a large load does, for two minutes of 2,500,000 agents.
const patience = 15 * time.Minute

// reach makes the first connection.
func reach(ctx context.Context, db *sqlx.DB, waiting func()) error {
	return whileBusy(ctx, func() error { return db.PingContext(ctx) }, waiting)
}

// whileBusy tries again while somebody else keeps the database to himself, and says
// so once.
func whileBusy(ctx context.Context, try func() error, waiting func()) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for said := false; ; said = true {
		err := try()
		if !isBusy(err) {
			return err
		}
		if !said {
			waiting()
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func isBusy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrBusy
}
