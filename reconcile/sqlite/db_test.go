package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bascule/reconcile"
)

var background = context.Background()

// few makes payslips of two lines for some NIRs.
func few(cents reconcile.Amount, nirs ...string) *memorySource {
	s := &memorySource{totals: []reconcile.CodeTotal{{Programme: "176", Code: "A", Sense: 'P', Label: "Traitement", Lines: int64(len(nirs)), Amount: cents * reconcile.Amount(len(nirs))}}}
	s.payslips = func(yield func(*reconcile.Payslip) error) error {
		for i, nir := range nirs {
			p := &reconcile.Payslip{Key: nir + "/01", Line: i + 2, Whole: true, Agent: reconcile.Agent{NIR: nir, Dossier: "01", Matricule: "M" + nir,
				Indice: 400, NBI: reconcile.Absent, Quotite: 10000, Children: 0, Programme: "176"},
				Lines: []reconcile.PayLine{
					{Code: "A", Sense: 'P', Amount: cents, Origin: december, Base: reconcile.NoFixed, Rate: reconcile.NoFixed},
					{Code: "Z", Sense: 'I', Amount: 5, Origin: december - 1, Base: 100, Rate: 2_500_000},
				}}
			p.Sums = reconcile.SumLines(p.Lines)
			if err := yield(p); err != nil {
				return err
			}
		}
		return nil
	}
	return s
}

func job(side reconcile.Side, path, options string, s *memorySource) Job {
	s.load.SHA256, s.load.Bytes = path+options, 42
	return Job{Load: reconcile.Load{Side: side, Period: december, Path: path, Layout: "psop", Options: options, LoadedAt: "2026-01-01T00:00:00Z"}, Source: s}
}

func mustLoad(t *testing.T, d *DB, scope Scope, jobs ...Job) []reconcile.Load {
	t.Helper()
	loads, err := d.Load(background, jobs, scope)
	if err != nil {
		t.Fatal(err)
	}
	return loads
}

// count asks the stable views, as any SQL client would.
func count(t *testing.T, d *DB, query string) (n int64) {
	t.Helper()
	if err := d.read.Get(&n, query); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestALoadIsWholeOrNotThere(t *testing.T) {
	d := openStore(t)
	bad := few(100, "1", "2", "3")
	bad.err = errors.New("trailer disagrees")
	_, err := d.Load(background, []Job{job(reconcile.Legacy, "l", "", few(100, "1", "2")), job(reconcile.ONP, "o", "", bad)}, WholeSide)
	if err == nil || !strings.Contains(err.Error(), "trailer disagrees") {
		t.Fatalf("got %v, wanted the reader's refusal", err)
	}
	for _, table := range []string{"load", "payslip", "code_total", "reject"} {
		if n := count(t, d, "SELECT count(*) FROM "+table); n != 0 {
			t.Errorf("%s holds %d rows after a refusal", table, n)
		}
	}
}

func TestAnInterruptedLoadLeavesNothing(t *testing.T) {
	d := openStore(t)
	ctx, cancel := context.WithCancel(background)
	s := few(1, "1")
	s.payslips = func(yield func(*reconcile.Payslip) error) error {
		cancel()
		return bulk(2000, "L").payslips(yield)
	}
	if _, err := d.Load(ctx, []Job{job(reconcile.Legacy, "l", "", s)}, WholeSide); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, wanted the interruption", err)
	}
	if n := count(t, d, "SELECT count(*) FROM payslip"); n != 0 {
		t.Errorf("%d payslips stay after an interruption", n)
	}
}

func TestPayslipsAreReadBackAsLoaded(t *testing.T) {
	d := openStore(t)
	loads := mustLoad(t, d, WholeSide, job(reconcile.Legacy, "a", "", few(100, "3", "1")), job(reconcile.Legacy, "b", "", few(200, "2", "3")))
	var got []string
	for p, err := range d.Payslips(background, loads, Range{}) {
		if err != nil {
			t.Fatal(err)
		}
		if p.Sums != reconcile.SumLines(p.Lines) || p.Agent.NBI != reconcile.Absent || p.Agent.Quotite != 10000 || p.Lines[1].Origin != december-1 {
			t.Errorf("%s is read back as %+v", p.Key, p)
		}
		got = append(got, fmt.Sprintf("%s %d %v", p.Key, p.Load, p.Lines[0].Amount))
	}
	want := fmt.Sprintf("[1/01 %d 1.00 2/01 %d 2.00 3/01 %d 1.00 3/01 %d 2.00]", loads[0].ID, loads[1].ID, loads[0].ID, loads[1].ID)
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, wanted %s", got, want)
	}
}

func TestReadingInKeyOrderNeedsNoSort(t *testing.T) {
	d := openStore(t)
	loads := mustLoad(t, d, WholeSide, job(reconcile.Legacy, "a", "", few(100, "3", "1")), job(reconcile.Legacy, "b", "", few(200, "2", "3")))
	var plan []string
	query, args := payslipQuery(loads, Range{})
	rows, err := d.read.Query("EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if text := strings.Join(plan, "\n"); strings.Contains(text, "TEMP B-TREE") || !strings.Contains(text, "payslip_key") {
		t.Errorf("the plan sorts or misses the index:\n%s", text)
	}
}

func TestRangesCutBetweenPersons(t *testing.T) {
	d := openStore(t)
	loads := mustLoad(t, d, WholeSide, job(reconcile.Legacy, "a", "", few(1, "1", "2", "2", "2", "3", "4")))
	ranges, err := d.Ranges(background, loads, 2)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, r := range ranges {
		keys, err := collect(d.Payslips(background, loads, r))
		if err != nil {
			t.Fatal(err)
		}
		total += len(keys)
	}
	if total != 6 || len(ranges) != 2 || ranges[0].To != "2" || ranges[1].From != "2" {
		t.Errorf("ranges %v hold %d of 6 payslips", ranges, total)
	}
}

func TestAFileAlreadyLoadedIsKnownAndAChangedOneSupersedes(t *testing.T) {
	d := openStore(t)
	first := mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "v1", few(100, "1")))[0]
	ids, err := d.Known(background, reconcile.Legacy, december, "v1", first.SHA256)
	if err != nil || len(ids) != 1 || ids[0] != first.ID {
		t.Fatalf("known: %v, %v; wanted %d", ids, err, first.ID)
	}
	if ids, _ := d.Known(background, reconcile.Legacy, december, "other options", first.SHA256); len(ids) != 0 {
		t.Error("a load read under other options is taken for the same")
	}
	mustLoad(t, d, SamePaths, job(reconcile.Legacy, "l", "v2", few(300, "1", "2")))
	if n := count(t, d, "SELECT sum(cents) FROM v_pay_line WHERE side = 'legacy' AND sense = 'P'"); n != 600 {
		t.Errorf("the view adds %d centimes, wanted those of the load in force, 600", n)
	}
	mustLoad(t, d, SamePaths, job(reconcile.Legacy, "other", "", few(7, "9")))
	if n := count(t, d, "SELECT count(*) FROM v_load WHERE active = 1"); n != 2 {
		t.Errorf("%d loads in force, wanted 2: another path supersedes nothing", n)
	}
	again := job(reconcile.Legacy, "l", "v1", few(100, "1"))
	again.Known = first.ID
	mustLoad(t, d, WholeSide, again)
	if n := count(t, d, "SELECT sum(cents) FROM v_pay_line WHERE sense = 'P'"); n != 100 {
		t.Errorf("the view adds %d centimes, wanted those of the load back in force, 100", n)
	}
	if n := count(t, d, "SELECT count(*) FROM payslip"); n != 4 {
		t.Errorf("%d payslips stay, wanted 4: superseded loads stay for their runs", n)
	}
}

// record makes a run of some discrepancies, on a day.
func record(t *testing.T, d *DB, day string, rows ...reconcile.Discrepancy) (*reconcile.Run, map[reconcile.Evolution]int64) {
	t.Helper()
	run := &reconcile.Run{Period: december, StartedAt: day + "T02:00:00Z"}
	var counts map[reconcile.Evolution]int64
	err := d.Record(background, run, func(r *Recorder) error {
		for i := range rows {
			if err := r.Discrepancy(&rows[i]); err != nil {
				return err
			}
		}
		var err error
		counts, err = r.Evolve()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return run, counts
}

func gap(fingerprint string, delta reconcile.Amount, status reconcile.Status) reconcile.Discrepancy {
	return reconcile.Discrepancy{Fingerprint: fingerprint, Key: fingerprint, Kind: reconcile.AmountDiffers, Delta: delta, DeltaNet: delta, Status: status, Sense: 'P'}
}

func TestDiscrepanciesEvolveFromRunToRun(t *testing.T) {
	d := openStore(t)
	record(t, d, "2026-01-01", gap("stays", 5, reconcile.StatusOpen), gap("moves", 5, reconcile.StatusOpen), gap("goes", 5, reconcile.StatusOpen), gap("tolerated", 1, reconcile.StatusTolerated))
	run, counts := record(t, d, "2026-01-11", gap("stays", 5, reconcile.StatusOpen), gap("moves", 6, reconcile.StatusOpen), gap("comes", 5, reconcile.StatusOpen), gap("tolerated", 1, reconcile.StatusOpen))
	want := map[reconcile.Evolution]int64{"new": 1, "persisting": 1, "changed": 1, "reopened": 1, "resolved": 1}
	if fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("counts %v, wanted %v", counts, want)
	}
	if run.Previous != 1 {
		t.Errorf("previous run %d, wanted 1", run.Previous)
	}
	for row, err := range d.Discrepancies(background, run.ID, Part{}) {
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%s %s %s %d", row.Fingerprint, row.Evolution, row.FirstSeen, row.AgeDays)
		switch got {
		case "stays persisting 2026-01-01 10", "moves changed 2026-01-01 10", "comes new 2026-01-11 0", "tolerated reopened 2026-01-01 10":
		default:
			t.Errorf("unexpected %q", got)
		}
	}
}

func TestARunThatFailsLeavesNoTrace(t *testing.T) {
	d := openStore(t)
	err := d.Record(background, &reconcile.Run{Period: december, StartedAt: "2026-01-01T00:00:00Z"}, func(r *Recorder) error {
		g := gap("x", 1, reconcile.StatusOpen)
		return errors.Join(r.Discrepancy(&g), errors.New("does not close"))
	})
	if err == nil || count(t, d, "SELECT (SELECT count(*) FROM run) + (SELECT count(*) FROM discrepancy)") != 0 {
		t.Errorf("a failed run leaves rows, error %v", err)
	}
}

func TestADatabaseFromTheFutureIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.db")
	d, err := Open(background, path, bytes.NewReader(make([]byte, 64)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.write.Exec("PRAGMA user_version = 999"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(background, path, bytes.NewReader(nil)); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v, wanted ErrNewer", err)
	}
}

func TestAFileThatIsNoDatabaseIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.db")
	text := []byte(strings.Repeat("this is a precious letter, not a database. ", 200))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(background, path, bytes.NewReader(make([]byte, 64))); err == nil {
		t.Error("a letter was opened as a database")
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, text) {
		t.Errorf("the letter was changed (%v)", err)
	}
}

func TestTheDatabaseIsPrivateDurableAndKeepsItsSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "b.db")
	d, err := Open(background, path, bytes.NewReader(bytes.Repeat([]byte{7}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	secret := string(d.Secret())
	mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", few(1, "1")))
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; wanted mode 0600", name, info, err)
		}
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := d.write.Get(&got, "PRAGMA "+pragma); err != nil || got != want {
			t.Errorf("%s is %s, %v; wanted %s", pragma, got, err, want)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d, err = Open(background, path, bytes.NewReader(bytes.Repeat([]byte{9}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if string(d.Secret()) != secret {
		t.Error("the secret changed at the second opening: every fingerprint would change with it")
	}
}

// TestADatabaseIsReadWhileANightIsWritten: opening it does not wait for the writer.
func TestADatabaseIsReadWhileANightIsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.db")
	d := opened(t, path)
	mustLoad(t, d, SamePaths, job(reconcile.Legacy, "a", "", few(100, "1", "2")))
	mustLoad(t, d, SamePaths, job(reconcile.ONP, "b", "", during(few(100, "1"), func() {
		if n := count(t, opened(t, path), "SELECT count(*) FROM v_payslip"); n != 2 {
			t.Errorf("%d payslips are seen", n)
		}
	})))
}
