package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
)

const (
	creditsCSV    = "exercice;programme;categorie;cas;nature;date;ae;cp;libelle;source\n2013;176;21;non;lfi;29/12/2012;5 000 000,00;5 000 000,00;LFI;loi\n2013;216;;;lfi;2012-12-29;100,5;100,5;LFI;loi\n"
	workstreamCSV = "chantier;libelle;exercice;ae;cp;prevision_ae;prevision_cp\nR;Raccordement;2013;1000;600;;\n"
	operationsCSV = "operation;chantier;nature;date;engagement;ae;cp;tiers;libelle\nEJ-1;R;engagement;15/02/2013;;700;;\"Éditeur ; filiale\";\nDP-1;R;paiement;30/06/2013;EJ-1;;250;;\n"
)

// counted counts the rows of a table of the database.
func counted(t *testing.T, table string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:data/bascule.db?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// importing imports files of the budget, and gives what is printed as JSON.
func importing(t *testing.T, want int, args ...string) (result budgetImportJSON, stderr string) {
	t.Helper()
	code, stdout, stderr := invoke(t, append([]string{"budget", "import", "--quiet", "--json"}, args...)...)
	if code != want {
		t.Fatalf("exits %d, wanted %d: %s", code, want, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &result); err != nil {
		t.Fatal(err, stdout)
	}
	return result, stderr
}

func showing(t *testing.T, args ...string) *reconcile.BudgetFigures {
	t.Helper()
	code, stdout, stderr := invoke(t, append([]string{"budget", "show", "--quiet", "--json"}, args...)...)
	f := new(reconcile.BudgetFigures)
	if err := json.Unmarshal([]byte(stdout), f); err != nil || code != exitClosed {
		t.Fatalf("exits %d, %v: %s", code, err, stderr)
	}
	return f
}

func TestFilesOfTheBudgetAreImportedTogetherOrNotAtAll(t *testing.T) {
	ministry(t, 60, 7)
	writeAll(t, map[string]string{"c.csv": creditsCSV, "o.csv": operationsCSV, "w.csv": workstreamCSV, "bad.csv": "exercice;programme;etpt\n2013;176;beaucoup\n2013;999;1\n"})
	code, stdout, stderr := invoke(t, "budget", "import", "c.csv", "bad.csv", "w.csv", "--quiet")
	want := `  aucune extraction n'est encore chargée : les seuls programmes connus sont ceux de vagues.csv — chargez d'abord un mois (« bascule run »), puis relancez l'import
  bad.csv:2: etpt: n'est pas un nombre — écrivez un nombre, deux décimales au plus, sans unité : 1234,56
  bad.csv:3: programme: « 999 » est inconnu — les programmes connus sont ceux des extractions chargées et de vagues.csv : 176, 216, 307
bascule: 3 problème(s) dans les fichiers du budget : rien n'est importé — corrigez les lignes citées, puis relancez
`
	if code != exitFailure || stdout != "" || stderr != want {
		t.Errorf("exits %d: %s%s", code, stdout, cmp.Diff(want, stderr))
	}
	if counted(t, "budget_row")+counted(t, "budget_import") != 0 {
		t.Error("something of it was kept")
	}
	refused, _ := importing(t, exitFailure, "c.csv", "bad.csv", "w.csv")
	if len(refused.Problems) != 3 || refused.Problems[1].Line != 2 || refused.Problems[1].Field != "etpt" || refused.Import != 0 {
		t.Errorf("as JSON: %+v", refused)
	}
	if dry, _ := importing(t, exitClosed, "c.csv", "o.csv", "w.csv", "--dry-run"); len(dry.Changes) != 5 || dry.Import != 0 || counted(t, "budget_row") != 0 {
		t.Errorf("a dry run writes nothing: %+v", dry)
	}
	if done, _ := importing(t, exitClosed, "o.csv", "c.csv", "w.csv", "c.csv"); done.Import != 1 || len(done.Changes) != 5 || len(done.Files) != 3 || counted(t, "budget_row") != 5 {
		t.Errorf("operations may be given before their workstreams, and a file twice: %+v", done)
	}
}

func TestTheSameFilesAgainLeaveTheDatabaseAsItWas(t *testing.T) {
	ministry(t, 60, 7)
	writeAll(t, map[string]string{"c.csv": creditsCSV, "o.csv": operationsCSV, "w.csv": workstreamCSV})
	importing(t, exitClosed, "c.csv", "o.csv", "w.csv")
	before := []int{counted(t, "budget_row"), counted(t, "budget_import"), counted(t, "ledger")}
	if again, _ := importing(t, exitClosed, "c.csv", "o.csv", "w.csv"); again.Import != 0 || again.Unchanged != 5 {
		t.Errorf("%+v", again)
	}
	if diff := cmp.Diff(before, []int{counted(t, "budget_row"), counted(t, "budget_import"), counted(t, "ledger")}); diff != "" {
		t.Error(diff)
	}
	writeAll(t, map[string]string{"o.csv": strings.Replace(operationsCSV, ";250;", ";750;", 1)})
	code, stdout, stderr := invoke(t, "budget", "import", "o.csv", "--quiet")
	for _, line := range []string{"Import n° 2 : 1 ligne nouvelle ou corrigée.", "  o.csv:3 : DP-1 — cp 250.00 → 750.00", "1 ligne dit ce qui est déjà en vigueur.", "✘ Paiements au-delà de l'engagement — EJ-1"} {
		if code != exitClosed || !strings.Contains(stdout, line) {
			t.Errorf("exits %d without %q: %s%s", code, line, stdout, stderr)
		}
	}
	if n := counted(t, "budget_row"); n != 6 {
		t.Errorf("%d rows: the former one stays beside its correction", n)
	}
	if n := counted(t, "v_budget_row WHERE in_force"); n != 5 {
		t.Errorf("%d rows are in force", n)
	}
}

func TestAnUnknownProgrammeIsToldOnceAndAfterWhatIsNotLoadedYet(t *testing.T) {
	ministry(t, 60, 7)
	writeAll(t, map[string]string{"p.csv": "exercice;programme;etpt\n2013;777;1\n2014;777;1\n2015;777;1\n"})
	code, _, stderr := invoke(t, "budget", "import", "p.csv", "--quiet")
	lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
	if code != exitFailure || len(lines) != 3 || !strings.HasPrefix(lines[0], "  aucune extraction n'est encore chargée") || !strings.HasPrefix(lines[1], "  p.csv: lignes 2 à 4: programme: « 777 » est inconnu") ||
		lines[2] != "bascule: 2 problème(s) dans les fichiers du budget (4, ligne à ligne : --json) : rien n'est importé — corrigez les lignes citées, puis relancez" {
		t.Errorf("exits %d: %s", code, stderr)
	}
	if refused, _ := importing(t, exitFailure, "p.csv"); len(refused.Problems) != 4 || refused.Problems[3].Line != 4 {
		t.Errorf("a program reads a problem for each line: %+v", refused.Problems)
	}
}

func TestAnOldFileImportedAgainSaysThatItBringsBackWhatWasCorrected(t *testing.T) {
	ministry(t, 60, 7)
	writeAll(t, map[string]string{"old.csv": creditsCSV, "new.csv": strings.ReplaceAll(creditsCSV, "5 000 000,00", "6 000 000,00")})
	importing(t, exitClosed, "old.csv")
	if done, _ := importing(t, exitClosed, "new.csv"); done.Returned != 0 || len(done.Changes) != 1 {
		t.Fatalf("a correction brings nothing back: %+v", done)
	}
	dry, _ := importing(t, exitClosed, "old.csv", "--dry-run")
	if dry.Returned != 1 || len(dry.Changes) != 1 || dry.Changes[0].Returns == nil {
		t.Fatalf("as JSON: %+v", dry)
	}
	code, stdout, stderr := invoke(t, "budget", "import", "old.csv", "--quiet")
	for _, text := range []string{"⚠ 1 ligne revient à une version antérieure", "old.csv:2 : 2013|176|21|non|lfi|2012-12-29|loi — revient à une version antérieure du ", ", corrigée le "} {
		if code != exitClosed || !strings.Contains(stdout, text) {
			t.Errorf("exits %d without %q: %s%s", code, text, stdout, stderr)
		}
	}
}

func TestARowIsWithdrawnFromTheBudgetByAMark(t *testing.T) {
	ministry(t, 60, 7)
	const ceilings = "exercice;programme;etpt\n2013;176;1\n"
	writeAll(t, map[string]string{"p.csv": ceilings, "out.csv": "exercice;programme;etpt;retrait\n2013;176;;oui\n"})
	importing(t, exitClosed, "p.csv")
	mustExit(t, exitOpen, "run")
	ceiling := func(f *reconcile.BudgetFigures) bool {
		return slices.ContainsFunc(f.Programmes, func(p reconcile.ProgrammeBudget) bool { return p.Programme == "176" && p.Jobs.Ceiling.Set }) &&
			slices.ContainsFunc(f.Alerts, func(a reconcile.BudgetAlert) bool {
				return a.Code == reconcile.AlertCeilingExceeded && a.Scope == "176"
			})
	}
	if !ceiling(showing(t)) {
		t.Fatal("one job is not enough for all")
	}
	code, stdout, stderr := invoke(t, "budget", "import", "out.csv", "--quiet")
	if code != exitClosed || !strings.Contains(stdout, "0 nouvelle, 0 corrigée, 1 retirée") || !strings.Contains(stdout, "out.csv:2 : 2013|176 — retirée") {
		t.Errorf("exits %d: %s%s", code, stdout, stderr)
	}
	now := showing(t)
	if ceiling(now) || len(now.Imported) != 0 || now.Import != 2 || !ceiling(showing(t, "--run", "1")) {
		t.Errorf("it counts no more, but in the run that knew it: %+v", now)
	}
	mustExit(t, exitOpen, "run")
	mustExit(t, exitClosed, "verify")
}

func TestACorrectedMonthMakesTheNextRunOfALaterOneNew(t *testing.T) {
	ministry(t, 20, 7)
	for _, seed := range []string{"8", "9"} { // August, then August corrected
		mustExit(t, exitClosed, "generate", "--agents", "20", "--seed", seed, "--period", "2013-08", "--out", ".")
		mustExit(t, exitOpen, "run", "--period", "2013-08")
		mustExit(t, exitOpen, "run")
	}
	if runs := counted(t, "run WHERE period = '2013-12'"); runs != 2 {
		t.Errorf("%d runs of December: its budget shows August, which was corrected", runs)
	}
	mustExit(t, exitOpen, "run")
	if runs := counted(t, "run"); runs != 4 {
		t.Errorf("%d runs: nothing has changed any more", runs)
	}
}

func TestAnImportMakesTheNextRunNewAndTheOneAfterNot(t *testing.T) {
	ministry(t, 60, 7)
	mustExit(t, exitOpen, "run")
	first := summaryOf(t, runFolderOf(t, 1))
	if first.Budget == nil || first.Budget.Import != 0 || first.Budget.Project != nil || first.Budget.Total.Executed == 0 {
		t.Fatalf("without any import the mass is reckoned: %+v", first.Budget)
	}
	writeAll(t, map[string]string{"c.csv": creditsCSV, "o.csv": operationsCSV, "w.csv": workstreamCSV})
	importing(t, exitClosed, "c.csv", "o.csv", "w.csv")
	now, then := showing(t), showing(t, "--run", "1")
	if now.Import != 1 || now.Project == nil || then.Import != 0 || then.Project != nil {
		t.Error("the screen takes the import into account at once, the run that did not know it never")
	}
	for range 2 {
		mustExit(t, exitOpen, "run")
	}
	if runs := counted(t, "run"); runs != 2 {
		t.Fatalf("%d runs, wanted one more", runs)
	}
	second := summaryOf(t, runFolderOf(t, 2)).Budget
	if diff := cmp.Diff(second, showing(t, "--run", "2").Brief()); diff != "" {
		t.Errorf("summary.json and the screen: %s", diff)
	}
	if diff := cmp.Diff(second, showing(t).Brief()); diff != "" {
		t.Errorf("and the state of today: %s", diff)
	}
	mustExit(t, exitClosed, "verify")
}

func TestFiguresOfARunDoNotMoveWithLaterImportsAndMonths(t *testing.T) {
	ministry(t, 60, 7)
	writeAll(t, map[string]string{"c.csv": creditsCSV})
	importing(t, exitClosed, "c.csv")
	mustExit(t, exitOpen, "run")
	before := showing(t, "--run", "1")
	writeAll(t, map[string]string{"c.csv": strings.ReplaceAll(creditsCSV, "5 000 000,00", "6 000 000,00")})
	importing(t, exitClosed, "c.csv")
	mustExit(t, exitClosed, "generate", "--agents", "60", "--seed", "8", "--period", "2013-11", "--out", ".")
	mustExit(t, exitOpen, "run", "--period", "2013-11")
	if diff := cmp.Diff(before, showing(t, "--run", "1")); diff != "" {
		t.Error(diff)
	}
	now := showing(t)
	if len(now.Executed) != 2 || now.Run != 1 || now.Total.Credits.Available == before.Total.Credits.Available {
		t.Errorf("today's figures know both: %v, run %d", now.Executed, now.Run)
	}
	mustExit(t, exitOpen, "run")
	if n := counted(t, "run"); n != 3 {
		t.Errorf("%d runs: December is made again, for November has come", n)
	}
}

func TestAWorkbookSaysWhatTheFilesSay(t *testing.T) {
	ministry(t, 60, 7)
	writeAll(t, map[string]string{"c.csv": creditsCSV, "w.csv": workstreamCSV})
	importing(t, exitClosed, "c.csv", "w.csv")
	f := excelize.NewFile()
	defer f.Close()
	day := time.Date(2012, 12, 29, 0, 0, 0, 0, time.UTC)
	set := func(sheet string, rows ...[]any) {
		t.Helper()
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			name, err := excelize.CoordinatesToCellName(1, i+1)
			if err == nil {
				err = f.SetSheetRow(sheet, name, &rows[i])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	set("Crédits", []any{"Exercice", "Programme", "Catégorie", "CAS", "Nature", "Date", "AE", "CP", "Libellé", "Source"},
		[]any{2013, 176, 21, "non", "LFI", day, 5000000, 5000000.00, "LFI", "loi"}, []any{2013, "216", nil, nil, "LFI", "29/12/2012", 100.5, 100.5, "LFI", "loi"})
	set("Chantiers", []any{"chantier", "libelle", "exercice", "ae", "cp"}, []any{"R", "Raccordement", 2013, 1000, 600})
	if err := f.SaveAs("b.xlsx"); err != nil {
		t.Fatal(err)
	}
	if same, _ := importing(t, exitClosed, "b.xlsx"); same.Unchanged != 3 || len(same.Changes) != 0 {
		t.Errorf("the same rows in sheets: %+v", same)
	}
	set("Crédits", []any{"Exercice", "Programme", "Catégorie", "CAS", "Nature", "Date", "AE", "CP", "Libellé", "Source"}, []any{2013, 176, 21, "non", "LFI", day, "5000000", 5000000, "LFI", "loi"})
	set("Notes", []any{"à relire"})
	if err := f.SaveAs("b.xlsx"); err != nil {
		t.Fatal(err)
	}
	refused, _ := importing(t, exitFailure, "b.xlsx")
	if len(refused.Problems) != 2 || refused.Problems[0].Field != "Crédits!G2 (ae)" || refused.Problems[0].Problem != "est un texte, pas un nombre" || refused.Problems[1].Field != "Notes!1 (en-tête)" {
		t.Errorf("an amount typed as a text, and a sheet of something else: %+v", refused.Problems)
	}
	for _, sheet := range []string{"Crédits", "Notes", "Sheet1"} { // the last one is blank
		if err := f.SetSheetVisible(sheet, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs("b.xlsx"); err != nil {
		t.Fatal(err)
	}
	hidden, _ := importing(t, exitFailure, "b.xlsx")
	for i, sheet := range []string{"Crédits", "Notes"} {
		if len(hidden.Problems) != 2 || hidden.Problems[i].Field != sheet || !strings.HasPrefix(hidden.Problems[i].Problem, "est une feuille masquée") || hidden.Problems[i].Remedy == "" {
			t.Errorf("sheets that nobody sees: %+v", hidden.Problems)
		}
	}
}

func TestFilesOfTheBudgetThatCannotBeReadSayWhy(t *testing.T) {
	ministry(t, 60, 7)
	writeAll(t, map[string]string{"latin.csv": "exercice;programme;etpt;libelle\n2013;176;1;r\xe9serve\n", "quotes.csv": "exercice;programme;etpt;libelle\n2013;176;1;a \"b\n", "old.xls": "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("x", 2000), "cut.xlsx": "PK\x03\x04xxxx"})
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"latin.csv":  "latin.csv:2: la ligne n'est pas en UTF-8 — enregistrez le fichier au format « CSV UTF-8 », ou donnez le classeur .xlsx",
		"quotes.csv": "quotes.csv:2: les guillemets sont mal placés — un champ entre guillemets double ceux qu'il contient",
		"none.csv":   "none.csv: n'existe pas — vérifiez le chemin du fichier",
		"folder":     "folder: est un dossier — un fichier est attendu",
		"old.xls":    "old.xls: est un classeur d'avant 2007 (.xls) ou un autre document, pas un .xlsx — l'enregistrer en .xlsx, ou en CSV UTF-8",
		"cut.xlsx":   "cut.xlsx: le classeur est abîmé : son archive est coupée — l'ouvrir dans un tableur et l'enregistrer de nouveau, ou le redemander",
	} {
		if code, _, stderr := invoke(t, "budget", "import", file, "--quiet"); code != exitFailure || stderr != "bascule: "+want+"\n" {
			t.Errorf("%s exits %d: %s", file, code, stderr)
		}
	}
}

func TestSamplesOfTheBudgetAreReadAsTheyStandAndOnceUncommented(t *testing.T) {
	ministry(t, 60, 7)
	files, err := filepath.Glob(filepath.Join("budget", "*.csv"))
	if err != nil || len(files) != len(reconcile.BudgetKinds) {
		t.Fatal(files, err)
	}
	refused, _ := importing(t, exitFailure, files...)
	if len(refused.Problems) != 1 || !strings.Contains(refused.Problems[0].Problem, "aucune ligne") {
		t.Errorf("nothing is filled in yet: %+v", refused.Problems)
	}
	examples := 0
	for _, file := range files {
		lines := strings.Split(readFile(t, file), "\n")
		for i, line := range lines {
			if example, ok := strings.CutPrefix(line, "# "); ok && strings.Count(example, ";") == strings.Count(lines[0], ";") {
				lines[i] = example
				examples++
			}
		}
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if done, _ := importing(t, exitClosed, files...); examples < 10 || len(done.Changes) != examples {
		t.Errorf("%d examples, %d imported", examples, len(done.Changes))
	}
	if f := showing(t); f.Run != 0 || f.Project == nil || f.Value == nil || len(f.Executed) != 0 {
		t.Errorf("before any run the project shows: %+v", f)
	}
}
