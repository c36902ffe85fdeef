package sqlite

import (
	"context"
	"errors"

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
// Meanwhile nobody else can read. So where somebody is reading, the log stays.
func (d *DB) straight(ctx context.Context, jobs []Job) (logAgain func() error, err error) {
	logAgain = func() error { return nil }
	if bytes := bytesToAdd(jobs); bytes == 0 || bytes < d.straightFrom {
		return logAgain, nil
	}
	d.checkpoint.Wait()
	d.read.SetMaxIdleConns(0) // they would be somebody
	defer d.read.SetMaxIdleConns(idleReaders)
	err = d.journal(ctx, "DELETE")
	var e sqlite3.Error
	switch {
	case err == nil:
		logAgain = func() error { return d.journal(context.WithoutCancel(ctx), "WAL") }
	case errors.As(err, &e) && e.Code == sqlite3.ErrBusy:
		err = nil
	}
	return logAgain, err
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

// journal has the database keep a journal of this mode.
func (d *DB) journal(ctx context.Context, mode string) error {
	_, err := d.write.ExecContext(ctx, "PRAGMA journal_mode = "+mode)
	return describe(err)
}
