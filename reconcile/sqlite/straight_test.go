package sqlite

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"bascule/reconcile"
)

// straightStore is a database that every load is written straight into, and its path.
func straightStore(t *testing.T) (*DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.db")
	return opened(t, path, WithStraight(1)), path
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

// logKept tells whether the base has a write-ahead log: its 19th byte says so.
func logKept(t *testing.T, path string) bool {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var header [20]byte
	if _, err := io.ReadFull(f, header[:]); err != nil {
		t.Fatal(err)
	}
	return header[18] == 2 && header[19] == 2
}

func TestALargeLoadIsWrittenOnce(t *testing.T) {
	d, path := straightStore(t)
	count(t, d, "SELECT count(*) FROM v_payslip") // a connection that reads is at hand
	d.copyBack()                                  // as after a load just before
	logged := true
	mustLoad(t, d, WholeSide, sized(reconcile.Legacy, during(few(100, "1", "2"), func() { logged = exists(t, path+"-wal") || logKept(t, path) })))
	if logged {
		t.Error("the load goes through the log")
	}
	if !logKept(t, path) {
		t.Error("after it, there is no log")
	}
	if n := d.read.Stats().Idle; n == 0 {
		t.Error("no connection that reads is kept")
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
	if !logKept(t, path) || exists(t, path+"-journal") {
		t.Error("the journal is left")
	}
	if grown < 1<<20 {
		t.Errorf("the file had %d bytes: nothing to undo", grown)
	}
	if n := count(t, d, "SELECT count(*) FROM v_payslip"); n != 2 {
		t.Errorf("%d payslips are there", n)
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

// TestWhoComesDuringALargeLoadWaits, and is told so; or gives up when asked to.
func TestWhoComesDuringALargeLoadWaits(t *testing.T) {
	d, path := straightStore(t)
	waits, told := make(chan bool, 1), make(chan error, 1)
	payslips := 0
	mustLoad(t, d, WholeSide, sized(reconcile.Legacy, during(few(100, "1", "2"), func() {
		if info, err := os.Stat(path + "-journal"); err != nil || info.Mode().Perm() != 0o600 {
			t.Error("the journal is open to others, or there is none", err)
		}
		other, err := connect(path, "immediate", writerCacheKiB, false)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		soon, cancel := context.WithCancel(background)
		if err := reach(soon, other, cancel); !isBusy(err) {
			t.Errorf("it does not give up: %v", err)
		}
		go func() {
			other, err := Open(background, path, bytes.NewReader(nil), WithWaiting(func() { waits <- true }))
			if err == nil {
				err = errors.Join(other.read.Get(&payslips, "SELECT count(*) FROM v_payslip"), other.Close())
			}
			told <- err
		}()
		select {
		case <-waits:
		case err := <-told:
			t.Errorf("it did not wait: %v", err)
		}
	})))
	if err := <-told; err != nil || payslips != 2 {
		t.Errorf("it sees %d payslips, %v", payslips, err)
	}
}
