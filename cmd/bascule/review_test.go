package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// ecartsOf opens the écarts workbook of a run.
func ecartsOf(t *testing.T, run int) *excelize.File {
	t.Helper()
	books, err := filepath.Glob(filepath.Join(runFolderOf(t, run), "ecarts-*.xlsx"))
	if err != nil || len(books) != 1 {
		t.Fatal(books, err)
	}
	f, err := excelize.OpenFile(books[0])
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// annotated fills the reviewer's cells of the first rows of Écarts, one map of
// texts by header for each row, in a copy of a run's workbook.
func annotated(t *testing.T, run int, to string, rows ...map[string]string) {
	t.Helper()
	f := ecartsOf(t, run)
	defer f.Close()
	const sheet = "Écarts"
	cells, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	header := 0
	columns := make(map[string]int)
	for i, row := range cells {
		for j, text := range row {
			columns[text] = j + 1
		}
		if columns["Empreinte"] > 0 {
			header = i + 1
			break
		}
	}
	for i, row := range rows {
		for title, text := range row {
			name, err := excelize.CoordinatesToCellName(columns[title], header+1+i)
			if err == nil {
				err = f.SetCellStr(sheet, name, text)
			}
			if err != nil {
				t.Fatal(title, err)
			}
		}
	}
	if err := f.SaveAs(to); err != nil {
		t.Fatal(err)
	}
}

var justified = map[string]string{"Statut": "Justifié", "Motif": "Arrondi admis", "Valideur": "Anne Martin", "Visa": "Paul Durand"}

// but is an annotation changed in one cell.
func but(row map[string]string, title, text string) map[string]string {
	changed := map[string]string{title: text}
	for k, v := range row {
		if k != title {
			changed[k] = v
		}
	}
	return changed
}

func decisionsListed(t *testing.T) int {
	t.Helper()
	_, stdout, stderr := invoke(t, "review", "list", "--all", "--json")
	var list []any
	if err := json.Unmarshal([]byte(stdout), &list); err != nil {
		t.Fatal(err, stderr)
	}
	return len(list)
}

func TestImportTellsTheCellsAndImportsNothing(t *testing.T) {
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	annotated(t, 1, "a.xlsx", justified, but(justified, "Statut", "Vu"), but(justified, "Visa", "MARTIN Anne"))
	code, stdout, stderr := invoke(t, "review", "import", "a.xlsx", "--quiet")
	if code != exitFailure || stdout != "" || !strings.Contains(stderr, "a.xlsx: Écarts!") || !strings.Contains(stderr, "Statut: n'est pas un statut que l'on décide — ") ||
		!strings.Contains(stderr, "Visa: est la personne qui décide — ") || !strings.Contains(stderr, "bascule: 2 problème(s) dans les annotations : rien n'est importé") {
		t.Errorf("exits %d: %s%s", code, stdout, stderr)
	}
	code, stdout, _ = invoke(t, "review", "import", "a.xlsx", "--quiet", "--json")
	var result importJSON
	if err := json.Unmarshal([]byte(stdout), &result); err != nil || code != exitFailure || len(result.Problems) != 2 || result.Problems[0].Column != "Statut" || result.Import != 0 {
		t.Errorf("as JSON: exits %d, %v: %s", code, err, stdout)
	}
	if n := decisionsListed(t); n != 0 {
		t.Errorf("%d decisions, wanted none", n)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	annotated(t, 1, "a.xlsx", justified)
	code, stdout, stderr := invoke(t, "review", "import", "a.xlsx", "--dry-run", "--quiet")
	if code != exitClosed || !strings.Contains(stdout, "Essai, rien n'est écrit : 1 décision nouvelle.") {
		t.Errorf("exits %d: %s%s", code, stdout, stderr)
	}
	if n := decisionsListed(t); n != 0 {
		t.Errorf("%d decisions, wanted none", n)
	}
}

func TestTwoWorkbooksThatDisagreeAreRefusedTogether(t *testing.T) {
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	annotated(t, 1, "a.xlsx", justified)
	annotated(t, 1, "b.xlsx", but(but(justified, "Statut", "À corriger ONP"), "Motif", "Erreur ONP à corriger"))
	code, _, stderr := invoke(t, "review", "import", "a.xlsx", "b.xlsx", "--quiet")
	if code != exitFailure || !strings.Contains(stderr, "b.xlsx: Écarts!") || !strings.Contains(stderr, "n'est pas ce qu'une autre annotation du même écart dit, a.xlsx Écarts!") || decisionsListed(t) != 0 {
		t.Errorf("exits %d: %s", code, stderr)
	}
}

func TestWorkbookOfAnotherDatabaseIsRefused(t *testing.T) {
	other := ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	annotated(t, 1, "a.xlsx", justified)
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	book := filepath.Join(other, "a.xlsx")
	code, _, stderr := invoke(t, "review", "import", book, "--quiet")
	if code != exitFailure || !strings.Contains(stderr, "a.xlsx: vient d'une autre base que data/bascule.db — importez-le avec la configuration du ministère dont il vient") || decisionsListed(t) != 0 {
		t.Errorf("exits %d: %s", code, stderr)
	}
}

func TestImportWaitsForNobody(t *testing.T) {
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	annotated(t, 1, "a.xlsx", justified)
	held, err := takeLock("data/bascule.db", "run", time.Now()) // a run, or another import, is under way
	if err != nil {
		t.Fatal(err)
	}
	code, _, stderr := invoke(t, "review", "import", "a.xlsx", "--quiet")
	if code != exitBusy || !strings.Contains(stderr, "travaille déjà sur cette base") {
		t.Errorf("exits %d: %s", code, stderr)
	}
	if err := held.release(); err != nil {
		t.Fatal(err)
	}
	if n := decisionsListed(t); n != 0 {
		t.Errorf("%d decisions, wanted none", n)
	}
	mustExit(t, exitClosed, "review", "import", "a.xlsx")
	if n := decisionsListed(t); n != 1 {
		t.Errorf("%d decisions, wanted one", n)
	}
}

func TestWhatIsNoAnnotatedWorkbookIsRefused(t *testing.T) {
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	foreign := excelize.NewFile()
	if err := foreign.SaveAs("autre.xlsx"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("texte.xlsx", []byte("bonjour"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("dossier.xlsx", 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"absent.xlsx":  "absent.xlsx: ne s'ouvre pas — ",
		"dossier.xlsx": "dossier.xlsx: ne se lit pas — ",
		"texte.xlsx":   "texte.xlsx: ",
		"autre.xlsx":   "autre.xlsx: n'est pas un classeur d'écarts écrit par bascule",
	} {
		code, stdout, stderr := invoke(t, "review", "import", name, "--quiet")
		if code != exitFailure || stdout != "" || !strings.HasPrefix(stderr, "bascule: "+want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exits %d: %s%s", name, code, stdout, stderr)
		}
	}
}

func TestDecisionsAreNeverRewritten(t *testing.T) {
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	annotated(t, 1, "a.xlsx", justified)
	mustExit(t, exitClosed, "review", "import", "a.xlsx")
	db := openReadWrite(t)
	for _, statement := range []string{"UPDATE decision SET status = 'open'", "DELETE FROM decision", "UPDATE review_import SET at = ''", "DELETE FROM review_import"} {
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("%s: done", statement)
		}
	}
}

func TestExportGivesAuditorsTheWholeHistory(t *testing.T) {
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	annotated(t, 1, "a.xlsx", justified)
	mustExit(t, exitClosed, "review", "import", "a.xlsx")
	annotated(t, 1, "b.xlsx", but(justified, "Statut", "Accepté")) // the same author changes his mind
	mustExit(t, exitClosed, "review", "import", "b.xlsx")
	mustExit(t, exitOpen, "run")
	mustExit(t, exitClosed, "review", "export", "--out", "decisions.csv")
	rows := readTable(t, "decisions.csv")
	if len(rows) != 2 || rows[0]["status"] != "justified" || rows[0]["replaced_by"] != "D-2" || rows[1]["replaces"] != "D-1" || rows[1]["status"] != "accepted" ||
		rows[1]["author"] != "Anne Martin" || rows[1]["visa"] != "Paul Durand" || !strings.HasPrefix(rows[1]["place"], "b.xlsx, Écarts!") || rows[0]["holds"] != "0" || rows[1]["holds"] == "0" {
		t.Errorf("%v", rows)
	}
}

func TestAFolderOfReturnsIsImportedAgainAsItGrows(t *testing.T) {
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	annotated(t, 1, "a.xlsx", justified)
	mustExit(t, exitClosed, "review", "import", "a.xlsx")
	annotated(t, 1, "b.xlsx", but(justified, "Statut", "Accepté")) // the same author changes his mind
	mustExit(t, exitClosed, "review", "import", "a.xlsx", "b.xlsx")
	code, stdout, stderr := invoke(t, "review", "import", "a.xlsx", "b.xlsx", "--quiet")
	if code != exitClosed || !strings.Contains(stdout, "2 classeurs déjà importés tels quels, laissés de côté.") || decisionsListed(t) != 2 {
		t.Errorf("exits %d: %s%s", code, stdout, stderr)
	}
	if code, stdout, _ = invoke(t, "review", "import", "a.xlsx", "--quiet"); code != exitClosed || decisionsListed(t) != 2 {
		t.Errorf("the first one alone takes its decision back: exits %d: %s", code, stdout)
	}
}

func openReadWrite(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:data/bascule.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestDecisionRestsUponTheTablesThatItsReviewerSaw(t *testing.T) {
	plan := filepath.Join(t.TempDir(), "plan.csv")
	if err := os.WriteFile(plan, []byte("cause;variant;per_mille\nhand_entered;;200\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ministry(t, 120, 7, "--plant", plan)
	mustExit(t, exitOpen, "run")
	table := readTable(t, filepath.Join(runFolderOf(t, 1), "discrepancies.csv"))
	element := table[0]["element"]
	if element == "" || table[0]["root"] != "" {
		t.Fatalf("the first gap is of no element, or no root: %v", table[0])
	}
	annotated(t, 1, "a.xlsx", justified)
	// Before it comes back, somebody maps one more code to the same element.
	const file = "mappings/correspondances.csv"
	if err := os.WriteFile(file, []byte(readFile(t, file)+element+";onp;NEUF;1;;;essai;X\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustExit(t, exitClosed, "review", "import", "a.xlsx")
	mustExit(t, exitOpen, "run")
	for _, row := range readTable(t, filepath.Join(runFolderOf(t, 2), "discrepancies.csv")) {
		if row["fingerprint"] == table[0]["fingerprint"] && (row["status"] != "open" || row["reopened"] != "mapping" || row["decision"] != "D-1") {
			t.Errorf("got %s %q %s", row["status"], row["reopened"], row["decision"])
		}
	}
}
