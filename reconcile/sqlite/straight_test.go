package sqlite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bascule/reconcile"
)

// straightStore is a database that every load is written straight into, and its path.
func straightStore(t *testing.T) (*DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.db")
	d, err := Open(background, path, bytes.NewReader(make([]byte, 64)), WithStraight(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, path
}

// during has a source call back before its last word.
func during(s *memorySource, f func()) *memorySource {
	all := s.payslips
	s.payslips = func(yield func(*reconcile.Payslip) error) error {
		err := all(yield)
		f()
		return err
	}
	return s
}

func exists(t *testing.T, path string) bool {
	t.Helper()
	_, err := os.Stat(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

func journalOf(t *testing.T, d *DB) (mode string) {
	t.Helper()
	if err := d.read.Get(&mode, "PRAGMA journal_mode"); err != nil {
		t.Fatal(err)
	}
	return mode
}

func TestALargeLoadIsWrittenOnce(t *testing.T) {
	d, path := straightStore(t)
	count(t, d, "SELECT count(*) FROM v_payslip") // a connection that reads is at hand
	logged := true
	mustLoad(t, d, WholeSide, sized(reconcile.Legacy, during(few(100, "1", "2"), func() { logged = exists(t, path+"-wal") })))
	if logged {
		t.Error("the load goes through the log")
	}
	if mode := journalOf(t, d); mode != "wal" {
		t.Errorf("after it, the journal is %s", mode)
	}
	if n := count(t, d, "SELECT count(*) FROM v_payslip"); n != 2 {
		t.Errorf("%d payslips are there", n)
	}
}

// TestALargeLoadThatFailsLeavesNothing, be it once some of it has reached the file.
func TestALargeLoadThatFailsLeavesNothing(t *testing.T) {
	d, path := straightStore(t)
	mustLoad(t, d, SamePaths, sized(reconcile.ONP, few(100, "1", "2")))
	wrong, grown := errors.New("x"), int64(0)
	s := during(bulk(40_000, "L"), func() {
		if f, err := os.Stat(path); err == nil {
			grown = f.Size()
		}
	})
	s.err = wrong
	if _, err := d.Load(background, []Job{sized(reconcile.Legacy, s)}, SamePaths); !errors.Is(err, wrong) {
		t.Fatal(err)
	}
	if grown < 1<<20 {
		t.Errorf("the file had %d bytes: nothing to undo", grown)
	}
	if n := count(t, d, "SELECT count(*) FROM v_payslip"); n != 2 || journalOf(t, d) != "wal" || exists(t, path+"-journal") {
		t.Errorf("%d payslips are there, the journal is %s", n, journalOf(t, d))
	}
}

// TestWhoReadsGoesOnDuringALargeLoad: the log stays in use.
func TestWhoReadsGoesOnDuringALargeLoad(t *testing.T) {
	d, path := straightStore(t)
	other := opened(t, path)
	rows, err := other.read.Query("SELECT key FROM meta")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		t.Fatal("nothing to read", rows.Err())
	}
	mustLoad(t, d, WholeSide, sized(reconcile.Legacy, during(few(100, "1", "2"), func() {
		if n := count(t, other, "SELECT count(*) FROM v_payslip"); n != 0 {
			t.Errorf("%d payslips are seen before the end", n)
		}
	})))
	if n := count(t, other, "SELECT count(*) FROM v_payslip"); n != 2 {
		t.Errorf("%d payslips are there", n)
	}
}

func TestWhatIsTakenFromEarlierLoadsIsReadThroughTheLog(t *testing.T) {
	d, _ := straightStore(t)
	mustLoad(t, d, SamePaths, sized(reconcile.Legacy, few(100, "1", "2")))
	j := sized(reconcile.Legacy, few(100, "1", "3"))
	if bytesToAdd([]Job{j}) == 0 {
		t.Fatal("nothing to add")
	}
	known, err := d.Blocks(background, j.Load.Side, j.Load.Period, j.Load.Options)
	if err != nil {
		t.Fatal(err)
	}
	defer known.Close()
	j.Blocks = known
	if bytesToAdd([]Job{j}) != 0 {
		t.Error("it would be read while nobody can")
	}
}

// sized is a job whose file has a size.
func sized(side reconcile.Side, s *memorySource) Job {
	j := job(side, "f", "", s)
	j.Bytes = 42
	return j
}

func TestWhoComesDuringALargeLoadWaits(t *testing.T) {
	d, path := straightStore(t)
	type seen struct {
		payslips int
		err      error
	}
	told := make(chan seen, 1)
	mustLoad(t, d, WholeSide, sized(reconcile.Legacy, during(few(100, "1", "2"), func() {
		if info, err := os.Stat(path + "-journal"); err != nil || info.Mode().Perm() != 0o600 {
			t.Error("the journal is open to others, or there is none", err)
		}
		go func() {
			var s seen
			other, err := connect(path, "deferred", readerCacheKiB, true)
			if err == nil {
				err = errors.Join(other.Get(&s.payslips, "SELECT count(*) FROM v_payslip"), other.Close())
			}
			s.err = err
			told <- s
		}()
		select {
		case s := <-told:
			t.Errorf("it sees %d payslips, %v", s.payslips, s.err)
		case <-time.After(50 * time.Millisecond):
		}
	})))
	if s := <-told; s.err != nil || s.payslips != 2 {
		t.Errorf("it sees %d payslips, %v", s.payslips, s.err)
	}
}
