package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

func ceilingRow(programme, content string, replaces int64) reconcile.BudgetRow {
	return reconcile.BudgetRow{Kind: reconcile.BudgetCeilings, Key: "2013|" + programme, Content: content, File: "plafonds.csv", Place: "2", Replaces: replaces}
}

func contents(t testing.TB, d *DB, after int64) []string {
	t.Helper()
	rows, err := d.BudgetRows(background, after)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for i := range rows {
		list = append(list, string(rows[i].Kind)+" "+rows[i].Key+" "+rows[i].Content)
	}
	return list
}

func TestALaterRowOfTheBudgetTakesThePlaceOfTheFormerOneWhichStays(t *testing.T) {
	d := openStore(t)
	credit := reconcile.BudgetRow{Kind: reconcile.BudgetCredits, Key: "z", Content: "c"}
	first := importBudget(t, d, ceilingRow("216", "old", 0), ceilingRow("176", "same", 0), credit)
	importBudget(t, d, ceilingRow("216", "new", first[0].ID))
	if diff := cmp.Diff([]string{"credits z c", "plafonds 2013|176 same", "plafonds 2013|216 new"}, contents(t, d, 2)); diff != "" {
		t.Errorf("in force, by kind then key: %s", diff)
	}
	if diff := cmp.Diff([]string{"credits z c", "plafonds 2013|176 same", "plafonds 2013|216 old"}, contents(t, d, 1)); diff != "" {
		t.Errorf("a run that knew the first import alone reads what it said: %s", diff)
	}
	history, err := d.BudgetHistory(background)
	if err != nil || len(history) != 4 {
		t.Fatalf("the history holds %d rows, %v", len(history), err)
	}
	if last, err := d.LastBudget(background); err != nil || last != 2 {
		t.Errorf("the last import is %d, %v", last, err)
	}
}

func TestRowsOfTheBudgetAreNeitherChangedNorErasedNorForked(t *testing.T) {
	d := openStore(t)
	rows := importBudget(t, d, ceilingRow("216", "old", 0))
	importBudget(t, d, ceilingRow("216", "new", rows[0].ID))
	for _, c := range []struct{ reason, statement string }{
		{"a row is kept as it was written", "UPDATE budget_row SET content = 'x'"},
		{"and is not erased", "DELETE FROM budget_row"},
		{"nor is an import changed", "UPDATE budget_import SET at = ''"},
		{"or erased", "DELETE FROM budget_import"},
		{"a second row cannot replace the same one", "INSERT INTO budget_row VALUES (9, 1, 'plafonds', '2013|216', '', '', '', 1)"},
		{"nor can a key begin twice", "INSERT INTO budget_row VALUES (9, 1, 'plafonds', '2013|216', '', '', '', 0)"},
	} {
		if _, err := d.write.Exec(c.statement); err == nil {
			t.Error(c.reason)
		}
	}
}

func TestAnImportOfTheBudgetIsWholeOrNothing(t *testing.T) {
	d := openStore(t)
	importBudget(t, d, ceilingRow("216", "old", 0))
	twice := []reconcile.BudgetRow{ceilingRow("176", "a", 0), ceilingRow("152", "b", 0), ceilingRow("216", "again", 0)}
	if err := d.ImportBudget(background, &Import{At: "2026-01-02T10:00:00Z"}, twice); err == nil {
		t.Fatal("a key that began already is refused")
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if err := d.ImportBudget(ctx, &Import{At: "2026-01-02T10:00:00Z"}, twice[:1]); err == nil {
		t.Fatal("an interrupted import reports it")
	}
	if diff := cmp.Diff([]string{"plafonds 2013|216 old"}, contents(t, d, 99)); diff != "" {
		t.Error(diff)
	}
	if last, err := d.LastBudget(background); err != nil || last != 1 {
		t.Errorf("the failed imports left number %d, %v", last, err)
	}
	if rows := importBudget(t, d, ceilingRow("176", "a", 0)); rows[0].ID != 2 || rows[0].Import != 2 {
		t.Errorf("the next import is numbered as if nothing had happened: %+v", rows[0])
	}
}

// killedPath designates, to the process that is to be killed, its database.
const killedPath = "BASCULE_TEST_KILLED_IMPORT"

const killedRows = 20_000

// TestImportUntilKilled is no test of its own: it is the process that the next
// one kills.
func TestImportUntilKilled(t *testing.T) {
	path := os.Getenv(killedPath)
	if path == "" {
		t.Skip("started by the next test alone")
	}
	d, err := Open(background, path, strings.NewReader(strings.Repeat("k", 64)))
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]reconcile.BudgetRow, killedRows)
	for i := range rows {
		rows[i] = ceilingRow(fmt.Sprint(i), strings.Repeat("x", 200), 0)
	}
	fmt.Println("importing")
	if err := d.ImportBudget(background, &Import{At: "2026-01-02T10:00:00Z"}, rows); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAnImportOfTheBudgetThatIsKilledLeavesAllOrNothing(t *testing.T) {
	unfinished := 0
	for attempt := range 6 {
		path := filepath.Join(t.TempDir(), "b.db")
		child := exec.Command(os.Args[0], "-test.run=^TestImportUntilKilled$")
		child.Env = append(os.Environ(), killedPath+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "importing\n" {
			t.Fatal(line, err)
		}
		time.Sleep(time.Duration(attempt*8) * time.Millisecond)
		if err := child.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = child.Wait() // killed, or done just before
		d, err := Open(background, path, strings.NewReader(strings.Repeat("k", 64)))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := d.BudgetRows(background, 1)
		if err != nil || len(rows) != 0 && len(rows) != killedRows {
			t.Errorf("attempt %d leaves %d rows, %v", attempt, len(rows), err)
		}
		if len(rows) == 0 {
			unfinished++
			importBudget(t, d, ceilingRow("176", "after", 0))
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if v := mustVerify(t, path, false); len(v.Findings) != 0 {
			t.Errorf("attempt %d: %+v", attempt, v.Findings)
		}
	}
	if unfinished == 0 {
		t.Error("no import was cut short: nothing was shown")
	}
}
