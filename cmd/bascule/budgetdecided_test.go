package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
)

// decision is what a reviewer writes beside a gap, or a cluster.
type decision struct {
	sheet, id string
	cells     map[string]string
}

// decide writes decisions in a copy of the workbook of a run, and imports it.
func decide(t *testing.T, run int, decisions ...decision) {
	t.Helper()
	f := ecartsOf(t, run)
	defer f.Close()
	for _, d := range decisions {
		rows, err := f.GetRows(d.sheet)
		if err != nil {
			t.Fatal(err)
		}
		header := slices.IndexFunc(rows, func(row []string) bool { return slices.Contains(row, "Statut") })
		own := slices.IndexFunc(rows, func(row []string) bool {
			at := slices.Index(rows[header], "Empreinte")
			return at < 0 && slices.Contains(row, d.id) || at >= 0 && at < len(row) && row[at] == d.id
		})
		if own < 0 {
			t.Fatalf("%s: %s is not there", d.sheet, d.id)
		}
		for title, text := range d.cells {
			name, err := excelize.CoordinatesToCellName(slices.Index(rows[header], title)+1, own+1)
			if err == nil {
				err = f.SetCellStr(d.sheet, name, text)
			}
			if err != nil {
				t.Fatal(title, err)
			}
		}
	}
	if err := f.SaveAs("decided.xlsx"); err != nil {
		t.Fatal(err)
	}
	mustExit(t, exitClosed, "review", "import", "decided.xlsx")
}

// answers gives the rows of a query of the database, their cells joined.
func answers(t *testing.T, query string, args ...any) (lines []string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:data/bascule.db?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Trim(fmt.Sprint(cells...), "[]"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// linesOfMass are the gaps of lines of title 2, and what is held of each.
func linesOfMass(t *testing.T) string {
	t.Helper()
	var elements []string
	for _, e := range readTable(t, filepath.Join("mappings", "elements.csv")) {
		if e["title2"] != "" {
			elements = append(elements, "'"+e["element"]+"'")
		}
	}
	return `(SELECT *, CASE WHEN status = 'tolerated' THEN 'tolerated' WHEN status IN ('justified', 'accepted') THEN 'justified'
		WHEN status = 'to_fix_onp' THEN 'onp' WHEN status = 'to_fix_legacy' THEN 'legacy' WHEN at_fault IN ('onp', 'legacy') THEN at_fault ELSE 'unexplained' END AS held
		FROM v_discrepancy WHERE kind IN ('amount', 'line_missing_in_onp', 'line_missing_in_legacy') AND element IN (` + strings.Join(elements, ",") + `))`
}

func TestTheBudgetFollowsWhatWasDecidedAndStillCloses(t *testing.T) {
	ministry(t, 400, 7)
	writeAll(t, map[string]string{"c.csv": creditsCSV})
	mustExit(t, exitOpen, "run")
	importing(t, exitClosed, "c.csv")
	gaps := linesOfMass(t)
	first := func(query string) string {
		t.Helper()
		found := answers(t, query)
		if len(found) == 0 {
			t.Fatalf("this ministry has none: %s", query)
		}
		return found[0]
	}
	// Of the roots of several agents, the heaviest cluster; of the others, a gap held
	// against nobody; and a gap of imputation.
	cluster := first("SELECT cluster FROM " + gaps + " WHERE root = '' GROUP BY 1 HAVING count(*) > 1 ORDER BY abs(sum(delta_cents)) DESC, 1")
	gap := first("SELECT fingerprint FROM " + gaps + " WHERE root = '' AND held = 'unexplained' AND cluster <> '" + cluster + "' ORDER BY abs(delta_cents) DESC, 1")
	imputation := first("SELECT fingerprint FROM v_discrepancy WHERE kind = 'budget' AND element = 'programme'")
	const underBoth = " WHERE run = 1 AND coalesce(nullif(root, ''), fingerprint) IN (SELECT fingerprint FROM v_discrepancy WHERE run = 1 AND %s)"
	justifiedThen := first("SELECT sum(delta_cents), count(*) FROM " + gaps + fmt.Sprintf(underBoth, "root = '' AND cluster = '"+cluster+"'"))
	fixedThen := first("SELECT sum(delta_cents) FROM " + gaps + fmt.Sprintf(underBoth, "fingerprint = '"+gap+"'"))

	admitted := but(justified, "Motif", "Règle validée par le service")
	decide(t, 1, decision{"Grappes", cluster, admitted}, decision{"Écarts", gap, but(but(justified, "Statut", "À corriger ONP"), "Motif", "Erreur ONP à corriger")},
		decision{"Écarts", imputation, but(justified, "Motif", "Imputation admise")})
	mustExit(t, exitOpen, "run")

	if got := first("SELECT coalesce(sum(delta), 0), coalesce(sum(gaps), 0) FROM mass_gap WHERE run_id = 2 AND judged = 'justified'"); got != justifiedThen {
		t.Errorf("the budget holds %s to be justified, the cluster was %s", got, justifiedThen)
	}
	if n := first("SELECT count(*) FROM mass_gap WHERE run_id = 1 AND judged = 'justified'"); n != "0" {
		t.Errorf("%s justified before anything was decided", n)
	}
	if n := first("SELECT count(*) FROM v_discrepancy WHERE run = 2 AND kind = 'budget' AND status = 'justified'"); n != "1" {
		t.Errorf("%s gaps of imputation are justified", n)
	}
	// What no line tells (whole payslips, codes of no element) was not decided: it is the same in both runs.
	rest := "SELECT programme, judged, sum(delta), sum(gaps) FROM (SELECT programme, judged, delta, gaps FROM mass_gap WHERE run_id = %[1]d UNION ALL SELECT programme, held, -delta_cents, -1 FROM " + gaps +
		" WHERE run = %[1]d) GROUP BY 1, 2 HAVING sum(delta) <> 0 OR sum(gaps) <> 0"
	if diff := cmp.Diff(answers(t, fmt.Sprintf(rest, 1)), answers(t, fmt.Sprintf(rest, 2))); diff != "" {
		t.Errorf("the split by what is held of the gaps is not that of the gaps: %s", diff)
	}
	for _, same := range []string{"SELECT programme, bop, service, wave, title2, cas, sum(legacy), sum(onp) FROM mass WHERE run_id = %d GROUP BY 1, 2, 3, 4, 5, 6",
		"SELECT programme, bop, service, wave, title2, cas, cause, one_off, sum(delta), sum(gaps) FROM mass_gap WHERE run_id = %d GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"} {
		if diff := cmp.Diff(answers(t, fmt.Sprintf(same, 1)), answers(t, fmt.Sprintf(same, 2))); diff != "" {
			t.Errorf("a decision moves no amount: %s", diff)
		}
	}
	held := func(run int) string {
		return first(fmt.Sprintf("SELECT coalesce(sum(delta), 0) FROM mass_gap WHERE run_id = %d AND judged = 'onp'", run))
	}
	if was, is, moved := held(1), held(2), fixedThen; was == is || moved == "0" {
		t.Errorf("a gap of %s to be fixed by ONP moves nothing: %s, then %s", moved, was, is)
	}
	summary := summaryOf(t, runFolderOf(t, 2))
	mass := 0
	for _, c := range summary.Closing.Checks {
		if c.Name == "mass" || c.Name == "budget" {
			mass++
			if !c.OK {
				t.Errorf("does not close: %+v", c)
			}
		}
	}
	if !summary.Closing.OK || mass < 4 {
		t.Errorf("closing %v, of which %d checks of the mass", summary.Closing.OK, mass)
	}
	then, now := showing(t, "--run", "1"), showing(t, "--run", "2")
	if diff := cmp.Diff(then.Effect, now.Effect, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Run" }, cmp.Ignore())); diff != "" {
		t.Errorf("the effect of the switchover is that of the gaps, whatever is decided: %s", diff)
	}
	if now.Tolerated != (reconcile.ToleratedCents{Mass: then.Tolerated.Mass, Agents: then.Tolerated.Agents, CentPerAgent: then.Tolerated.CentPerAgent}) {
		t.Errorf("nothing is tolerated here: %+v", now.Tolerated)
	}
	mustExit(t, exitClosed, "verify")
}
