package sqlite

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
)

// taking has a job take what it can from earlier loads.
func taking(t testing.TB, d *DB, j *Job) {
	t.Helper()
	b, err := d.Blocks(background, j.Load.Side, j.Load.Period, j.Load.Options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	j.Blocks, j.Source.(*memorySource).known = b, b
}

// takenFrom loads a source once more, some of its payslips being known.
func takenFrom(t *testing.T, d *DB, s *memorySource) []reconcile.Load {
	t.Helper()
	j := job(reconcile.Legacy, "l", "", s)
	taking(t, d, &j)
	return mustLoad(t, d, WholeSide, j)
}

// readBack lists the payslips of a load, without the numbers of their rows.
func readBack(t *testing.T, d *DB, loads []reconcile.Load) []reconcile.Payslip {
	t.Helper()
	var all []reconcile.Payslip
	for p, err := range d.Payslips(background, loads, Range{}) {
		if err != nil {
			t.Fatal(err)
		}
		of := *p
		of.ID, of.Load, of.Lines = 0, 0, slices.Clone(p.Lines)
		all = append(all, of)
	}
	return all
}

func TestAPayslipThatIsTakenReadsAsIfItWereStoredAgain(t *testing.T) {
	night := []string{"5", "9", "2", "1", "3", "8", "2"} // 9, 8 are new, 2 comes twice
	d := openStore(t)
	mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", few(100, "1", "2", "3", "4", "5")))
	taken := takenFrom(t, d, few(100, night...))
	if n := taken[0].Taken; n != 5 {
		t.Fatalf("%d payslips were taken", n)
	}
	whole := openStore(t)
	want := readBack(t, whole, mustLoad(t, whole, WholeSide, job(reconcile.Legacy, "l", "", few(100, night...))))
	if got := readBack(t, d, taken); !slices.EqualFunc(got, want, same) {
		t.Errorf("%+v\n%+v", got, want)
	}
	// A third night takes from the first, and what the second read itself.
	again := takenFrom(t, d, few(100, "8", "1"))
	if got := readBack(t, d, again); again[0].Taken != 2 || len(got) != 2 || len(got[0].Lines) != 2 || got[0].Line != 3 || got[1].Key != "8/01" || got[1].Line != 2 {
		t.Errorf("%d taken: %+v", again[0].Taken, got)
	}
	for _, query := range []string{"SELECT count(*) FROM payslip WHERE same IS NOT NULL AND (lines <> '' OR same IN (SELECT id FROM payslip WHERE same IS NOT NULL))",
		"SELECT count(*) - 4 FROM v_pay_line"} {
		if n := count(t, d, query); n != 0 {
			t.Errorf("%s: %d", query, n)
		}
	}
}

func same(a, b reconcile.Payslip) bool {
	lines := slices.Equal(a.Lines, b.Lines)
	a.Lines, b.Lines, a.Rows, b.Rows = nil, nil, nil, nil
	return lines && a.Key == b.Key && a.Line == b.Line && a.Agent == b.Agent && a.Sums == b.Sums && a.Declared == b.Declared
}

// The copies of a key are compared in the order of the file, whichever of them was
// stored first.
func TestPayslipsOfOneKeyComeInTheOrderOfTheFile(t *testing.T) {
	d := openStore(t)
	other := few(250, "1")
	mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", few(100, "1")))
	both := few(100, "1")
	first := both.payslips
	both.payslips = func(yield func(*reconcile.Payslip) error) error {
		n := 0
		inOrder := func(p *reconcile.Payslip) error {
			p.Line, n = 2+n, n+1
			return yield(p)
		}
		return errors.Join(first(inOrder), other.payslips(inOrder)) // the first is known, and copied after the other is inserted
	}
	got := readBack(t, d, takenFrom(t, d, both))
	if len(got) != 2 || got[0].Line != 2 || got[0].Lines[0].Amount != 100 || got[1].Lines[0].Amount != 250 {
		t.Errorf("%+v", got)
	}
}

func TestABlockThatIsNotWhatTheFileSaysIsRefused(t *testing.T) {
	for _, alter := range []string{"UPDATE block SET rows = '[1,2]'", "UPDATE block SET rows = '[]'", "UPDATE block SET rows = 'x'", "UPDATE block SET rows = '[77]'",
		"UPDATE payslip SET same = 1"} {
		d := openStore(t)
		mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", few(100, "1", "2")))
		if _, err := d.write.ExecContext(background, alter); err != nil {
			t.Fatal(err)
		}
		j := job(reconcile.Legacy, "l", "", few(100, "3", "1"))
		taking(t, d, &j)
		_, err := d.Load(background, []Job{j}, WholeSide)
		if !errors.Is(err, errBlock) || !strings.Contains(err.Error(), "verify") {
			t.Errorf("%s: %v", alter, err)
		}
		if n := count(t, d, "SELECT count(*) FROM load"); n != 1 {
			t.Errorf("%s: %d loads are left", alter, n)
		}
	}
}

func TestAnAlteredLoadNamesTheRunsOfThoseThatTookFromIt(t *testing.T) {
	path := campaign(t)
	v := mustVerify(t, tampered(t, path, "UPDATE payslip SET lines = replace(lines, '100', '200') WHERE id = 1"), true)
	found := false
	for _, f := range v.Findings {
		found = found || f.Table == "payslip" && slices.Contains(f.Runs, 2)
	}
	if !found {
		t.Errorf("the last run rests on what was altered: %+v", v.Findings)
	}
}

func TestATakenPayslipWhoseLinesAreGoneIsUnreadable(t *testing.T) {
	for _, alter := range []string{"DELETE FROM payslip WHERE same IS NULL", "UPDATE payslip SET same = NULL", "UPDATE payslip SET same = id WHERE same IS NOT NULL"} {
		d := openStore(t)
		mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", few(100, "1", "2")))
		taken := takenFrom(t, d, few(100, "1", "2"))
		if _, err := d.write.ExecContext(background, alter); err != nil {
			t.Fatal(err)
		}
		for p, err := range d.Payslips(background, taken, Range{}) {
			if !errors.Is(err, errLines) {
				t.Errorf("%s: %v, %v", alter, p, err)
			}
		}
	}
}

// Two files read at once find each their own block.
func TestBlocksAreSharedByTheFilesOfANight(t *testing.T) {
	d := openStore(t)
	mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", few(100, "1", "2")))
	one, two := job(reconcile.Legacy, "a", "", few(100, "1")), job(reconcile.Legacy, "b", "", few(100, "2"))
	taking(t, d, &one)
	two.Blocks = one.Blocks.Share()
	two.Source.(*memorySource).known = two.Blocks
	for _, j := range []*Job{&one, &two} { // both found before either is copied
		of := j.Source.(*memorySource)
		if err := of.Each(func(*reconcile.Payslip) error { return nil }, nil, func(*Block) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i, b := range []*Blocks{one.Blocks, two.Blocks} {
		if copies, err := b.copies(&Block{Known: int64(i + 1), Payslips: 1}); err != nil || copies[0].id != int64(i+1) || b.found.load != 1 {
			t.Errorf("%+v %v", copies, err)
		}
	}
}

func TestEveryColumnOfAPayslipIsStored(t *testing.T) {
	d := openStore(t)
	c, err := d.write.Conn(background)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	of, err := describeTable(background, c, "payslip")
	if err != nil {
		t.Fatal(err)
	}
	if want := of.columns[1:]; of.columns[0] != "id" || !slices.Equal(columnsStored, want) {
		t.Errorf("stored: %v\nin the table: %v", columnsStored, want)
	}
}
