package main

import (
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"bascule/reconcile"
)

// readTable reads a CSV of ours by its header, without any of our readers.
func readTable(t *testing.T, path string) []map[string]string {
	t.Helper()
	text := strings.TrimPrefix(readFile(t, path), "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := make([]map[string]string, 0, len(rows))
	for _, row := range rows[1:] {
		m := make(map[string]string, len(row))
		for i, v := range row {
			m[rows[0][i]] = v
		}
		table = append(table, m)
	}
	return table
}

// ministry is a folder where one was generated.
func ministry(t *testing.T, agents int, seed int, more ...string) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	if code, _, stderr := invoke(t, "init", "."); code != 0 {
		t.Fatalf("init exits %d: %s", code, stderr)
	}
	args := append([]string{"generate", "--agents", strconv.Itoa(agents), "--seed", strconv.Itoa(seed), "--period", "2013-12", "--out", "."}, more...)
	if code, _, stderr := invoke(t, args...); code != 0 {
		t.Fatalf("generate exits %d: %s", code, stderr)
	}
	return dir
}

func runFolderOf(t *testing.T, n int) string {
	t.Helper()
	return filepath.Join("out", "2013-12", fmt.Sprintf("run-%04d", n))
}

func summaryOf(t *testing.T, folder string) reconcile.Summary {
	t.Helper()
	var s reconcile.Summary
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(folder, "summary.json"))), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// cents reads an amount of discrepancies.csv.
func cents(t *testing.T, s string) int64 {
	t.Helper()
	if s == "" {
		return 0
	}
	v, err := strconv.ParseInt(strings.Replace(s, ",", "", 1), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEveryPlantedDifferenceIsFoundAndNoneOther(t *testing.T) {
	if elsewhere(t) {
		return
	}
	seeds := []int{1, 2014, 999983}
	if testing.Short() {
		seeds = seeds[:1]
	}
	for _, seed := range seeds {
		ministry(t, 20000, seed)
		if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
			t.Fatalf("seed %d: run exits %d: %s", seed, code, stderr)
		}
		planted, found := map[string]int{}, map[string]int{}
		for _, r := range readTable(t, "truth-2013-12.csv") {
			planted[strings.Join([]string{r["matricule"], r["dossier"], r["kind"], r["element"], r["origin"], r["delta_cents"]}, ";")]++
		}
		for _, r := range readTable(t, filepath.Join(runFolderOf(t, 1), "discrepancies.csv")) {
			found[strings.Join([]string{r["matricule"], r["dossier"], r["kind"], r["element"], r["origin"], fmt.Sprint(cents(t, r["delta"]))}, ";")]++
		}
		if len(planted) < 1000 {
			t.Fatalf("seed %d: only %d differences were planted", seed, len(planted))
		}
		reportDifference(t, fmt.Sprintf("seed %d: planted and not found", seed), planted, found)
		reportDifference(t, fmt.Sprintf("seed %d: found and not planted", seed), found, planted)
		if !summaryOf(t, runFolderOf(t, 1)).Closing.OK {
			t.Errorf("seed %d: does not close", seed)
		}
		oracle(t, seed)
	}
}

func reportDifference(t *testing.T, what string, these, those map[string]int) {
	t.Helper()
	shown := 0
	for _, k := range slices.Sorted(maps.Keys(these)) {
		if these[k] > those[k] {
			if shown++; shown <= 5 {
				t.Errorf("%s: %s", what, k)
			}
		}
	}
	if shown > 5 {
		t.Errorf("%s: %d in all", what, shown)
	}
}

// The oracle finds the gaps of lines by set difference on the stable views: it
// shares with the engine the table of correspondences, and no code. Payslips
// are joined by matricule and dossier, the engine's fallback and not its key.
const (
	oracleSums = `
CREATE TEMP TABLE total AS
  SELECT l.side = 'onp' AS onp, l.matricule, l.dossier, coalesce(c.element, '?' || l.side || l.code) AS element, l.origin,
    sum(l.cents * coalesce(c.factor, 1)) AS cents
  FROM v_pay_line l LEFT JOIN correspondence c ON c.side = l.side AND c.code = l.code
  GROUP BY 1, 2, 3, 4, 5;
CREATE UNIQUE INDEX temp.total_key ON total (matricule, dossier, element, origin, onp);
CREATE TEMP TABLE both AS
  SELECT matricule, dossier FROM v_payslip WHERE side = 'legacy' INTERSECT SELECT matricule, dossier FROM v_payslip WHERE side = 'onp'`
	oracleGaps = `
SELECT matricule, dossier, element, origin, sum(CASE WHEN onp THEN cents ELSE -cents END) AS delta
FROM both JOIN total USING (matricule, dossier) GROUP BY 1, 2, 3, 4 HAVING delta <> 0`
)

func oracle(t *testing.T, seed int) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:data/bascule.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TEMP TABLE correspondence (element TEXT, side TEXT, code TEXT, factor INTEGER, PRIMARY KEY (side, code))"); err != nil {
		t.Fatal(err)
	}
	for _, r := range readTable(t, filepath.Join("mappings", "correspondances.csv")) {
		if r["valid_from"] > "2013-12" || r["valid_to"] != "" && r["valid_to"] < "2013-12" {
			continue
		}
		if _, err := db.Exec("INSERT INTO correspondence VALUES (?, ?, ?, ?)", r["element"], r["side"], r["code"], r["factor"]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(oracleSums); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(oracleGaps)
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
		byOracle[fmt.Sprint(matricule, ";", dossier, ";", strings.TrimPrefix(strings.TrimPrefix(element, "?legacy"), "?onp"), ";", origin, ";", delta)]++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, r := range readTable(t, filepath.Join(runFolderOf(t, 1), "discrepancies.csv")) {
		switch reconcile.Kind(r["kind"]) {
		case reconcile.AmountDiffers, reconcile.LineMissingInLegacy, reconcile.LineMissingInONP, reconcile.Unmapped:
			byEngine[fmt.Sprint(r["matricule"], ";", r["dossier"], ";", r["element"], ";", r["origin"], ";", cents(t, r["delta"]))]++
		}
	}
	if len(byOracle) == 0 {
		t.Fatalf("seed %d: the oracle finds nothing: it proves nothing", seed)
	}
	reportDifference(t, fmt.Sprintf("seed %d: SQL finds and the engine does not", seed), byOracle, byEngine)
	reportDifference(t, fmt.Sprintf("seed %d: the engine finds and SQL does not", seed), byEngine, byOracle)
}

func TestEngineAgreesWithSQLOnRandomMinistries(t *testing.T) {
	if elsewhere(t) {
		return
	}
	for seed := 100; seed < 110; seed++ {
		ministry(t, 150+seed, seed)
		if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
			t.Fatalf("seed %d: run exits %d: %s", seed, code, stderr)
		}
		oracle(t, seed)
	}
}

func TestASecondRunIsTheSameRun(t *testing.T) {
	ministry(t, 200, 4)
	first, text, _ := invoke(t, "run", "--quiet")
	before := readFile(t, filepath.Join(runFolderOf(t, 1), "summary.json"))
	second, again, _ := invoke(t, "run", "--quiet")
	if first != second || text != again || readFile(t, filepath.Join(runFolderOf(t, 1), "summary.json")) != before {
		t.Error("a second run on the same inputs says something else")
	}
	if _, err := os.Stat(runFolderOf(t, 2)); err == nil {
		t.Error("a second run on the same inputs makes a new run")
	}
	if code, _, stderr := invoke(t, "run", "--quiet", "--force"); code != first {
		t.Fatalf("run --force exits %d: %s", code, stderr)
	}
	forced, straight := summaryOf(t, runFolderOf(t, 2)), summaryOf(t, runFolderOf(t, 1))
	if forced.PreviousRun != 1 || forced.Discrepancies.ByEvolution[reconcile.EvolutionPersisting] != straight.Discrepancies.Total {
		t.Errorf("a forced run finds %v after %d discrepancies", forced.Discrepancies.ByEvolution, straight.Discrepancies.Total)
	}
	if forced.Discrepancies.Delta != straight.Discrepancies.Delta || forced.Payslips != straight.Payslips {
		t.Error("a forced run gives other figures")
	}
}

func TestTheThreeThirdsMakeTheSameRun(t *testing.T) {
	ministry(t, 200, 4)
	for _, args := range [][]string{{"load", "--side", "legacy", "psop-2013-12.txt"}, {"load", "--side", "onp", "sipaye-2013-12.csv"}} {
		if code, _, stderr := invoke(t, append(args, "--quiet")...); code != 0 {
			t.Fatalf("%v exits %d: %s", args, code, stderr)
		}
	}
	if code, _, stderr := invoke(t, "compare", "--quiet"); code != exitOpen {
		t.Fatalf("compare exits %d: %s", code, stderr)
	}
	if code, _, stderr := invoke(t, "report", "--quiet"); code != exitOpen {
		t.Fatalf("report exits %d: %s", code, stderr)
	}
	inThirds := readFile(t, filepath.Join(runFolderOf(t, 1), "summary.json"))
	if code, _, _ := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatal("run after the thirds fails")
	}
	if _, err := os.Stat(runFolderOf(t, 2)); err == nil || readFile(t, filepath.Join(runFolderOf(t, 1), "summary.json")) != inThirds {
		t.Error("run does not find what its thirds did")
	}
}
