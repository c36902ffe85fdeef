package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
)

// twoMonths is a ministry of which November and December were generated.
func twoMonths(t *testing.T, agents, seed int) {
	t.Helper()
	ministry(t, agents, seed)
	if code, _, stderr := invoke(t, "generate", "--agents", fmt.Sprint(agents), "--seed", fmt.Sprint(seed), "--period", "2013-11", "--out", "."); code != 0 {
		t.Fatalf("generate exits %d: %s", code, stderr)
	}
}

func monthsOf(side string, more ...string) []string {
	return append([]string{"run", "--side", side, "--legacy-period", "2013-11"}, more...)
}

// The oracle of months joins both months of one system by matricule and dossier
// in SQL, each line's code resolved in its own month, and origins set side by
// side by their age.
const (
	oracleMonthSums = `
CREATE TEMP TABLE total AS
  SELECT l.period = '2013-12' AS later, l.matricule, l.dossier, coalesce(c.element, '?' || l.period || l.code) AS element,
    (substr(l.period, 1, 4) - substr(l.origin, 1, 4)) * 12 + substr(l.period, 6) - substr(l.origin, 6) AS age,
    sum(l.cents * coalesce(c.factor, 1)) AS cents
  FROM v_pay_line l LEFT JOIN correspondence c ON c.code = l.code AND c.side = l.side
    AND (c.valid_from = '' OR c.valid_from <= l.period) AND (c.valid_to = '' OR l.period <= c.valid_to)
  WHERE l.side = ?1 GROUP BY 1, 2, 3, 4, 5;
CREATE TEMP TABLE both AS
  SELECT matricule, dossier FROM v_payslip WHERE side = ?1 AND period = '2013-11' INTERSECT
  SELECT matricule, dossier FROM v_payslip WHERE side = ?1 AND period = '2013-12'`
	oracleMonthGaps = `
SELECT matricule, dossier, ltrim(substr(element, 1 + 8 * (element LIKE '?%'))) AS element,
  strftime('%Y-%m', CASE max(later) WHEN 1 THEN '2013-12-01' ELSE '2013-11-01' END, -age || ' months') AS origin,
  sum(CASE WHEN later THEN cents ELSE -cents END) AS delta
FROM both JOIN total t USING (matricule, dossier) GROUP BY matricule, dossier, t.element, age HAVING delta <> 0`
)

func monthsOracle(t *testing.T, side, folder string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:data/bascule.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TEMP TABLE correspondence (element TEXT, side TEXT, code TEXT, factor INTEGER, valid_from TEXT, valid_to TEXT)"); err != nil {
		t.Fatal(err)
	}
	for _, r := range readTable(t, filepath.Join("mappings", "correspondances.csv")) {
		if _, err := db.Exec("INSERT INTO correspondence VALUES (?, ?, ?, ?, ?, ?)", r["element"], r["side"], r["code"], r["factor"], r["valid_from"], r["valid_to"]); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range strings.Split(oracleMonthSums, ";") {
		if _, err := db.Exec(statement, side); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := db.Query(oracleMonthGaps)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	byOracle, byEngine := map[string]int{}, map[string]int{}
	for rows.Next() {
		var matricule, dossier, element, origin string
		var delta int64
		if err := rows.Scan(&matricule, &dossier, &element, &origin, &delta); err != nil {
			t.Fatal(err)
		}
		byOracle[fmt.Sprint(matricule, ";", dossier, ";", element, ";", origin, ";", delta)]++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, r := range readTable(t, filepath.Join(folder, "discrepancies.csv")) {
		switch reconcile.Kind(r["kind"]) {
		case reconcile.AmountDiffers, reconcile.LineMissingInLegacy, reconcile.LineMissingInONP, reconcile.Unmapped:
			byEngine[fmt.Sprint(r["matricule"], ";", r["dossier"], ";", r["element"], ";", r["origin"], ";", cents(t, r["delta"]))]++
		}
	}
	if len(byOracle) < 100 {
		t.Fatalf("%s: the oracle finds %d gaps: it proves nothing", side, len(byOracle))
	}
	reportDifference(t, side+": SQL finds and the engine does not", byOracle, byEngine)
	reportDifference(t, side+": the engine finds and SQL does not", byEngine, byOracle)
}

func TestMonthsAgreeWithSQLOnRandomMinistries(t *testing.T) {
	if elsewhere(t) {
		return
	}
	for _, seed := range []int{7, 2014} {
		twoMonths(t, 700, seed)
		for i, side := range []string{"onp", "legacy"} {
			mustExit(t, exitOpen, monthsOf(side)...)
			s := summaryOf(t, runFolderOf(t, i+1))
			if !s.Closing.OK || s.Compares != "months" || s.System != side || s.LegacyPeriod != reconcile.NewPeriod(2013, 11) || s.PreviousRun != 0 {
				t.Errorf("seed %d, %s: summary %+v", seed, side, s)
			}
			if s.Payslips.MissingInLegacy == 0 || s.Payslips.MissingInONP == 0 {
				t.Errorf("seed %d, %s: nobody comes or leaves: %+v", seed, side, s.Payslips)
			}
			monthsOracle(t, side, runFolderOf(t, i+1))
		}
	}
}

func TestARunOfTheSystemsIsUndisturbedByOneOfMonths(t *testing.T) {
	twoMonths(t, 200, 4)
	edit(t, "config.yaml", func(b []byte) []byte { return bytes.Replace(b, []byte(`path: ""`), []byte(`path: "m.prom"`), 1) })
	mustExit(t, exitOpen, "run")
	before, metrics := readFile(t, filepath.Join(runFolderOf(t, 1), "summary.json")), readFile(t, "m.prom")
	mustExit(t, exitOpen, monthsOf("onp")...)
	mustExit(t, exitOpen, "run")
	mustExit(t, exitOpen, monthsOf("onp")...)
	mustExit(t, exitOpen, "compare", "--side", "onp", "--legacy-period", "2013-11")
	if _, err := os.Stat(runFolderOf(t, 3)); err == nil {
		t.Fatal("equal inputs make a new run")
	}
	if readFile(t, filepath.Join(runFolderOf(t, 1), "summary.json")) != before || readFile(t, "m.prom") != metrics {
		t.Error("a run of months touches what the night published")
	}
	mustExit(t, exitOpen, "run", "--force")
	mustExit(t, exitOpen, monthsOf("onp", "--force")...)
	mustExit(t, exitOpen, monthsOf("legacy")...)
	for run, want := range map[int]int{2: 0, 3: 1, 4: 2, 5: 0} {
		s := summaryOf(t, runFolderOf(t, run))
		if s.PreviousRun != want || want > 0 && s.Discrepancies.ByEvolution[reconcile.EvolutionPersisting] != s.Discrepancies.Total {
			t.Errorf("run %d comes after run %d, wanted %d: %v", run, s.PreviousRun, want, s.Discrepancies.ByEvolution)
		}
	}
	mustExit(t, exitOpen, "run", "--period", "2013-11")
	var s reconcile.Summary
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join("out", "2013-11", "run-0006", "summary.json"))), &s); err != nil || s.PreviousRun != 0 {
		t.Errorf("November comes after run %d, %v", s.PreviousRun, err)
	}
	history := rowsUnder(t, filepath.Join(runFolderOf(t, 4), "ecarts-onp-2013-11-2013-12-run-0004.xlsx"), "Historique")
	if len(history) != 2 || !strings.HasPrefix(history[0], "n° 2") || !strings.HasPrefix(history[1], "n° 4") {
		t.Errorf("the history of months shows %q", history)
	}
	history = rowsUnder(t, filepath.Join(runFolderOf(t, 3), "ecarts-2013-12-run-0003.xlsx"), "Historique")
	if len(history) != 2 || !strings.HasPrefix(history[0], "n° 1") || !strings.HasPrefix(history[1], "n° 3") {
		t.Errorf("the history of the systems shows %q", history)
	}
}

// rowsUnder are the first cells of a block's rows on the first sheet.
func rowsUnder(t *testing.T, book, heading string) []string {
	t.Helper()
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	column, found := 0, []string(nil)
	for i, row := range rows {
		if at := slices.Index(row, heading); at >= 0 {
			column = at
			for _, below := range rows[i+2:] {
				if len(below) <= column || below[column] == "" {
					return found
				}
				found = append(found, below[column])
			}
		}
	}
	return found
}

func TestEveryScreenAndSheetSaysThatMonthsAreCompared(t *testing.T) {
	twoMonths(t, 120, 4)
	_, screen, _ := invoke(t, monthsOf("onp", "--quiet")...)
	book := filepath.Join(runFolderOf(t, 1), "ecarts-onp-2013-11-2013-12-run-0001.xlsx")
	matricule := readTable(t, filepath.Join(runFolderOf(t, 1), "discrepancies.csv"))[0]["matricule"]
	_, agent, _ := invoke(t, "explain", matricule, "--run", "1")
	_, shown, _ := invoke(t, "runs", "show", "1")
	_, list, _ := invoke(t, "runs")
	french := sheetsOf(t, book)
	if agents, closed, _ := payslipsIn(t, book, "Bulletins"); len(agents) != 12 || closed != 12 {
		t.Errorf("of %d payslips of two months, %d close", len(agents), closed)
	}
	if _, text, stderr := invoke(t, "report", "--run", "1", "--lang", "en", "--quiet"); !strings.Contains(text, "Month on month: ONP 2013-11 / ONP 2013-12") {
		t.Errorf("the screen in English:\n%s%s", text, stderr)
	}
	english := sheetsOf(t, book)
	for _, c := range []struct{ what, text, want string }{
		{"the screen", screen, "Comparaison d'un mois sur l'autre : ONP 2013-11 / ONP 2013-12 · n° 1 "},
		{"explain", agent, "d'un mois sur l'autre, ONP 2013-11 et ONP 2013-12"},
		{"runs show", shown, "ONP 2013-11  sipaye-2013-11.csv"},
		{"runs", list, "ONP 2013-11 / ONP 2013-12"},
		{"Synthèse", french["Synthèse"], "Comparaison d'un mois sur l'autre : ONP 2013-11 et ONP 2013-12"},
		{"Synthèse", french["Synthèse"], "Comparer avec un mois antérieur, expliquer ou corriger."},
		{"Lisez-moi", french["Lisez-moi"], "est une entrée ou un nouveau dossier\u00a0; absent de ONP 2013-12, une sortie"},
		{"Summary", english["Summary"], "Month on month: ONP 2013-11 and ONP 2013-12"},
		{"Read me", english["Read me"], "is an arrival or a new dossier; missing in ONP 2013-12, a departure"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%s does not say %q:\n%.2000s", c.what, c.want, c.text)
		}
	}
	for _, sheets := range []map[string]string{french, english} {
		if len(sheets) != 12 {
			t.Errorf("%d sheets", len(sheets))
		}
		for name, text := range sheets {
			if !strings.Contains(text, "ONP 2013-11") {
				t.Errorf("%s does not say what is compared", name)
			}
			// The reasons are the ministry's own words, and the program has a name.
			text = strings.NewReplacer("bascule-repere", "", "bascule review import", "", "Erreur PSOP établie", "").Replace(text)
			for _, word := range []string{"PSOP", "bascul", "favorable", "switch", "cut-over"} {
				if strings.Contains(strings.ToLower(text), strings.ToLower(word)) {
					t.Errorf("%s speaks of %q, of two systems", name, word)
				}
			}
		}
	}
}

// sheetsOf are the texts of each sheet of a workbook.
func sheetsOf(t *testing.T, book string) map[string]string {
	t.Helper()
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	texts := map[string]string{}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			texts[name] += strings.Join(row, "\t") + "\n"
		}
	}
	return texts
}

func TestTheEarlierMonthIsReadOrMustBeLoaded(t *testing.T) {
	flatMinistry(t, "l-{period}.csv") // the paths of ONP do not name the month
	november := strings.ReplaceAll(flatHeader+flatRow("M1", "R1010", "90,00")+flatRow("M2", "R1010", "50,00"), "2013-12;", "2013-11;")
	writeAll(t, map[string]string{"nov.csv": november, "l-2013-12.csv": flatHeader + flatRow("M1", "101000", "100,00"),
		"l-2013-11.csv": strings.ReplaceAll(flatHeader+flatRow("M1", "101000", "70,00"), "2013-12;", "2013-11;")})
	const remedy = "rien n'est chargé côté ONP pour 2013-11 : tout y serait absent — chargez ses fichiers par « bascule load --side onp --period 2013-11 FICHIER », ou écrivez {period} dans leur chemin (inputs.onp)"
	if stderr := mustExit(t, exitFailure, monthsOf("onp")...); stderr != "bascule: "+remedy+"\n" {
		t.Errorf("got  %swant bascule: %s", stderr, remedy)
	}
	mustExit(t, exitFailure, "compare", "--side", "onp", "--legacy-period", "2013-11")
	mustExit(t, exitClosed, "load", "--side", "onp", "--period", "2013-11", "nov.csv")
	mustExit(t, exitOpen, monthsOf("onp")...)
	if s := summaryOf(t, runFolderOf(t, 1)); s.Discrepancies.Delta.String() != "10.00" || s.Discrepancies.Total != 1 {
		t.Errorf("ONP moves by %v over %d gaps, wanted 10.00 over 1", s.Discrepancies.Delta, s.Discrepancies.Total)
	}
	mustExit(t, exitOpen, monthsOf("legacy")...)
	if s := summaryOf(t, runFolderOf(t, 2)); s.Discrepancies.Delta.String() != "30.00" {
		t.Errorf("PSOP moves by %v, wanted 30.00", s.Discrepancies.Delta)
	}
	db, err := sql.Open("sqlite3", "file:data/bascule.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var active, compared string
	if err := db.QueryRow("SELECT group_concat(side || ' ' || period, ', ' ORDER BY side, period) FROM v_load WHERE active").Scan(&active); err != nil {
		t.Fatal(err)
	}
	if active != "legacy 2013-11, legacy 2013-12, onp 2013-11, onp 2013-12" {
		t.Errorf("in force: %s", active)
	}
	if err := db.QueryRow("SELECT group_concat(compares || ' ' || side || ' ' || legacy_period, ', ' ORDER BY run) FROM v_run").Scan(&compared); err != nil {
		t.Fatal(err)
	}
	if compared != "months onp 2013-11, months legacy 2013-11" {
		t.Errorf("v_run says %s", compared)
	}
	mustExit(t, exitOpen, "run")
	if s := summaryOf(t, runFolderOf(t, 3)); s.PreviousRun != 0 || s.Discrepancies.Delta.String() != "50.00" || s.Compares != "systems" {
		t.Errorf("the run of the systems: %+v", s)
	}
	if err := os.Remove("l-2013-11.csv"); err != nil {
		t.Fatal(err)
	}
	if stderr := mustExit(t, exitFailure, monthsOf("legacy")...); !strings.Contains(stderr, "l-2013-11.csv") || !strings.Contains(stderr, "le mois de paye 2013-11") {
		t.Errorf("a file gone: %s", stderr)
	}
	mustExit(t, exitOpen, "compare", "--side", "legacy", "--legacy-period", "2013-11")
}

func TestMonthsThatCannotBeComparedAreRefused(t *testing.T) {
	flatMinistry(t, "l.csv")
	const together = "--side : est obligatoire avec --legacy-period — écrivez aussi le système à comparer à lui-même : --side legacy ou --side onp"
	for _, c := range []struct{ reason, args, want string }{
		{"no side", "run --legacy-period 2013-11", together},
		{"no earlier month", "compare --side onp", "--legacy-period : est obligatoire avec --side — écrivez aussi le mois antérieur : --legacy-period 2013-11"},
		{"no such side", "run --side psop --legacy-period 2013-11", "--side : côté inconnu — écrivez --side legacy ou --side onp"},
		{"no month", "run --side onp --legacy-period 2013-13", "--legacy-period : n'est pas un mois possible écrit AAAA-MM — écrivez le mois antérieur : --legacy-period 2013-11"},
		{"blank month", "compare --side onp --legacy-period=", "--legacy-period : n'est pas un mois possible écrit AAAA-MM — écrivez le mois antérieur : --legacy-period 2013-11"},
		{"the same month", "run --side onp --legacy-period 2013-12", "--legacy-period : doit précéder le mois de paye, 2013-12 — écrivez un mois antérieur, ou donnez l'autre mois par --period"},
		{"a later month", "compare --side onp --legacy-period 2013-12 --period 2013-11", "--legacy-period : doit précéder le mois de paye, 2013-11 — écrivez un mois antérieur, ou donnez l'autre mois par --period"},
		{"not for report", "report --legacy-period 2013-11", "option inconnue : --legacy-period — voyez « bascule report --help »"},
	} {
		if stderr := mustExit(t, exitFailure, strings.Fields(c.args)...); stderr != "bascule: "+c.want+"\n" {
			t.Errorf("%s:\ngot  %swant bascule: %s", c.reason, stderr, c.want)
		}
	}
	edit(t, "mappings/correspondances.csv", func(b []byte) []byte {
		ended := regexp.MustCompile(`(?m)^[^;]*;onp;[^;]*;-?1;[^;]*;[^;]+;.*\n`).ReplaceAll(b, nil)
		return regexp.MustCompile(`(?m)^([^;]*;onp;[^;]*;-?1;)[^;]*;`).ReplaceAll(ended, []byte("${1}2013-12;"))
	})
	if stderr := mustExit(t, exitFailure, monthsOf("onp")...); !strings.Contains(stderr, "aucune correspondance côté onp ne vaut en 2013-11") {
		t.Errorf("no code in force in the earlier month: %s", stderr)
	}
	if _, err := os.Stat("out"); err == nil {
		t.Error("a refusal publishes something")
	}
}

func TestTheShellProposesSidesAndNoFilesForMonths(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"run --side ", "legacy\tl'ancien système\nonp\tle nouveau\n:4\n"},
		{"compare --legacy-period ", ":4\n"},
		{"load --side ", "legacy\tl'ancien système\nonp\tle nouveau\n:4\n"},
	} {
		if _, stdout, _ := invoke(t, append([]string{"__complete"}, strings.Split(c.args, " ")...)...); stdout != c.want {
			t.Errorf("%s: %q, wanted %q", c.args, stdout, c.want)
		}
	}
}
