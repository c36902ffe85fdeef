package sqlite

import (
	"context"
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"

	sqlite3 "github.com/mattn/go-sqlite3"

	"bascule/reconcile"
)

// TestNothingIsWrittenOnceSQLiteHasRolledBack: of two ranges at work, the one that
// has not failed must not write outside of any transaction.
func TestNothingIsWrittenOnceSQLiteHasRolledBack(t *testing.T) {
	ctx, d := context.Background(), openStore(t)
	if _, err := d.write.Exec(`CREATE TRIGGER fault BEFORE INSERT ON discrepancy BEGIN SELECT raise(ROLLBACK, 'panne provoquée'); END`); err != nil {
		t.Fatal(err)
	}
	run := &reconcile.Run{Period: december, StartedAt: "2014-01-15T03:00:00Z"}
	err := d.Record(ctx, run, func(r *Recorder) error {
		first := r.Discrepancy(&reconcile.Discrepancy{Fingerprint: "f"})
		if first == nil {
			t.Error("the fault did not strike")
		}
		if err := r.Single(&reconcile.Single{Payslip: &reconcile.Payslip{ID: 1, Key: "k"}}); err == nil {
			t.Error("a row is written after the rollback")
		}
		return first
	})
	if err == nil {
		t.Fatal("the run is recorded")
	}
	var left int
	if err := d.read.Get(&left, "SELECT (SELECT count(*) FROM single) + (SELECT count(*) FROM run)"); err != nil || left != 0 {
		t.Errorf("%d rows are left, %v", left, err)
	}
}

// TestAFailedRunLeavesTheFileWhole: a statement left open would keep the database
// open, and its log beside it.
func TestAFailedRunLeavesTheFileWhole(t *testing.T) {
	ctx := context.Background()
	path := t.TempDir() + "/b.db"
	d, err := Open(ctx, path, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	wrong := errors.New("x")
	if err := d.Record(ctx, &reconcile.Run{Period: december, StartedAt: "2014-01-15T03:00:00Z"}, func(*Recorder) error { return wrong }); !errors.Is(err, wrong) {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		t.Error("the log is left: the database is still open")
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestErrorsOfTheDriverAreToldOnceInFrench: even where a layer tells what another
// has told.
func TestErrorsOfTheDriverAreToldOnceInFrench(t *testing.T) {
	for _, c := range []struct {
		reason string
		err    sqlite3.Error
		want   string
	}{
		{"full", sqlite3.Error{Code: sqlite3.ErrFull}, "disque plein — libérez de la place là où se trouve la base, puis relancez"},
		{"full, as fsync says it", sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, "disque plein — libérez de la place là où se trouve la base, puis relancez"},
		{"quota", sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EDQUOT}, "disque plein — libérez de la place là où se trouve la base, puis relancez"},
		{"a disk that cannot be read is no altered base yet", sqlite3.Error{Code: sqlite3.ErrCorrupt}, "base altérée, ou disque illisible — lancez « bascule verify » ; s'il le confirme, restaurez une sauvegarde"},
	} {
		got := Told(errors.Join(describe(c.err), nil))
		if got.Error() != c.want || !errors.Is(got, c.err) {
			t.Errorf("%s: got %v", c.reason, got)
		}
	}
}

func TestALargeFileIsLoadedAloneWithTheCacheItsIndexNeeds(t *testing.T) {
	if runtime.GOMAXPROCS(0) <= 2 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	}
	cases := []struct {
		bytes, known int64
		kib, readers int
	}{{0, 0, writerCacheKiB, 2}, {400 << 20, 0, writerCacheKiB, 2}, {1500 << 20, 0, 100 << 10, 1}, {9 << 40, 0, largestCacheKiB, 1}, {9 << 40, 3, writerCacheKiB, 2}}
	for _, c := range cases {
		kib := cacheToWrite([]Job{{Bytes: c.bytes, Known: c.known}, {Bytes: 5}})
		if readers := readersFor(kib); kib != c.kib || readers != c.readers {
			t.Errorf("%d bytes, known as %d: %d KiB and %d readers, wanted %d and %d", c.bytes, c.known, kib, readers, c.kib, c.readers)
		}
	}
}
