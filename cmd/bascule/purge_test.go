package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bascule/reconcile"
)

// threeMonths is a ministry of three months: October pays persons whom nobody
// pays afterwards.
func threeMonths(t *testing.T) {
	t.Helper()
	twoMonths(t, 50, 23)
	mustExit(t, exitClosed, "generate", "--agents", "40", "--seed", "3", "--period", "2013-10", "--out", ".")
	for _, month := range []string{"2013-10", "2013-11", "2013-12"} {
		mustExit(t, exitOpen, "run", "--period", month)
	}
}

// persons reads, as anybody could, who is in psop files: their NIRs and matricules.
func persons(t *testing.T, month string) (found []string) {
	t.Helper()
	for line := range strings.SplitSeq(readFile(t, "psop-"+month+".txt"), "\n") {
		if strings.HasPrefix(line, "10") {
			found = append(found, line[2:15])
			if who := strings.TrimSpace(line[19:29]) + strings.TrimSpace(line[29:59]); utf8.ValidString(who) { // the file is no UTF-8, the database is
				found = append(found, who)
			}
		}
	}
	return found
}

// everyByte gives those of the database, of what stands beside it and of all that
// was published.
func everyByte(t *testing.T) []byte {
	t.Helper()
	var all bytes.Buffer
	for _, folder := range []string{"data", "out"} {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			all.WriteString(readFile(t, name))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.Bytes()
}

func traces(t *testing.T, of []string) (n int) {
	t.Helper()
	all := everyByte(t)
	for _, text := range of {
		if bytes.Contains(all, []byte(text)) {
			n++
		}
	}
	return n
}

func TestPurgeLeavesNoTraceOfItsMonthsAndVerifyStillProvesTheRest(t *testing.T) {
	threeMonths(t)
	october, december := persons(t, "2013-10"), persons(t, "2013-12")
	if n := traces(t, october); n < len(october) {
		t.Fatalf("%d of %d traces before: the test proves nothing", n, len(october))
	}
	folder := filepath.Join("out", "2013-10", "run-0001")
	summary := readFile(t, filepath.Join(folder, "summary.json"))
	writeAll(t, map[string]string{filepath.Join(folder, "copie", "annotée.csv"): october[0]})

	_, stdout, _ := invoke(t, "purge", "--before", "2013-11", "--dry-run")
	says(t, "dry run", stdout, "Serait effacé, avant 2013-11 : ", "de 2 chargements", " de 1 exécution, 0 décision rendue anonyme, ")
	if n := traces(t, october); n < len(october) {
		t.Errorf("a dry run erased %d", len(october)-n)
	}
	code, stdout, stderr := invoke(t, "purge", "--before", "2013-11", "--json", "--quiet")
	var r PurgeResult
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != exitClosed || stderr != "" {
		t.Fatalf("code %d, %v, %s%s", code, err, stdout, stderr)
	}
	if r.Loads != 2 || r.Runs != 1 || r.Payslips < 75 || r.Files < 4 || r.Proof == nil || !r.Proof.Clean() || r.Proof.Sought < len(october) || len(r.Extracts) != 2 || r.Extracts[0] != "psop-2013-10.txt" {
		t.Errorf("%s", stdout)
	}
	if n := traces(t, october); n > 0 {
		t.Errorf("%d traces of %d are left", n, len(october))
	}
	if n := traces(t, december); n < len(december) {
		t.Errorf("of those that December pays, %d are gone", len(december)-n)
	}
	if readFile(t, filepath.Join(folder, "summary.json")) != summary {
		t.Error("the totals of the purged run are no longer what they were")
	}
	code, stdout, _ = invoke(t, "verify")
	says(t, "verify", stdout, "purgé le ", "avant 2013-11 : 2 chargements, 1 exécution", "0 trace à la relecture", "✔ 3 exécutions", "tout tient")
	if code != exitClosed || strings.Contains(stdout, "⚠") {
		t.Errorf("code %d:\n%s", code, stdout)
	}
	code, stdout, _ = invoke(t, "purge", "--before", "2013-11")
	says(t, "again", stdout, "Rien à effacer avant 2013-11 : le plus ancien mois de la base est 2013-11")
	if code != exitClosed {
		t.Errorf("again: code %d", code)
	}
}

func TestTheNightsGoOnAfterAPurge(t *testing.T) {
	threeMonths(t)
	mustExit(t, exitClosed, "purge", "--before", "2013-11")
	head := func() string {
		_, stdout, _ := invoke(t, "verify", "--json")
		var v verifyView
		if err := json.Unmarshal([]byte(stdout), &v); err != nil || !v.OK {
			t.Fatalf("%v in %s", err, stdout)
		}
		return v.Head
	}
	before := head()
	mustExit(t, exitOpen, "run", "--period", "2013-12")
	if head() != before {
		t.Error("a night that changes nothing made another run")
	}
	mustExit(t, exitOpen, "run", "--period", "2013-11")
	_, stdout, _ := invoke(t, "runs", "show", "4", "--json")
	says(t, "November again, without October", stdout, "le mois voisin 2013-10 a été purgé le", "\"previous_run\": 2")
	for _, args := range []string{"report --run 1", "explain --run 1 A000000000000"} {
		if stderr := mustExit(t, exitFailure, strings.Fields(args)...); !strings.Contains(stderr, "l'exécution n° 1 a été purgée le ") {
			t.Errorf("%s: %s", args, stderr)
		}
	}
	_, stdout, _ = invoke(t, "runs", "show", "1")
	says(t, "runs show", stdout, "Purgée le ")
	_, _, stderr := invoke(t, "run", "--period", "2013-10")
	says(t, "October loaded again", stderr, "un mois purgé est chargé de nouveau")
	if s := summaryOf(t, filepath.Join("out", "2013-10", "run-0005")); s.Payslips.Matched == 0 || s.PreviousRun != 0 || !strings.Contains(strings.Join(s.Notes, "\n"), "tous les écarts sont dits nouveaux") {
		t.Errorf("October again: %+v", s)
	}
	mustExit(t, exitClosed, "verify")
}

func TestARunOfAKeptMonthThatShowsAPurgedOneIsPurgedToo(t *testing.T) {
	threeMonths(t)
	mustExit(t, exitOpen, "run", "--side", "onp", "--legacy-period", "2013-10", "--period", "2013-11")
	mustExit(t, exitOpen, "run", "--side", "onp", "--legacy-period", "2013-11", "--period", "2013-12")
	_, stdout, _ := invoke(t, "purge", "--before", "2013-11", "--json", "--quiet")
	var r PurgeResult
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || r.Runs != 2 || !r.Proof.Clean() {
		t.Fatalf("%v: %s", err, stdout)
	}
	if n := traces(t, persons(t, "2013-10")); n > 0 {
		t.Errorf("%d traces are left", n)
	}
	if _, err := os.Stat(filepath.Join("out", "2013-12", "run-0005", "discrepancies.csv")); err != nil {
		t.Errorf("a run of two kept months lost its files: %v", err)
	}
	code, stdout, _ := invoke(t, "verify")
	says(t, "verify", stdout, "2 chargements, 2 exécutions", "✔ 5 exécutions", "tout tient")
	if code != exitClosed {
		t.Errorf("code %d", code)
	}
}

func TestMonthsPastTheirRetentionAreToldAndThoseThatTheNightUsesAreRefused(t *testing.T) {
	threeMonths(t)
	for before, want := range map[string]string{
		"2014-01":  "effacerait 2013-12, le mois de la dernière exécution — écrivez au plus --before 2013-11, ou ajoutez --force",
		"2013-12":  "effacerait 2013-11, dont la nuit a besoin pour prouver les décalages avec 2013-12 — écrivez au plus --before 2013-11, ou ajoutez --force",
		"décembre": "--before : n'est pas un mois",
	} {
		if stderr := mustExit(t, exitFailure, "purge", "--before", before); !strings.Contains(stderr, want) {
			t.Errorf("%s: %s", before, stderr)
		}
	}
	if stderr := mustExit(t, exitFailure, "purge"); !strings.Contains(stderr, "--before : est obligatoire") {
		t.Error(stderr)
	}
	t.Setenv("BASCULE_PRIVACY_RETENTION_MONTHS", "2")
	stderr := mustExit(t, exitOpen, "run", "--period", "2013-12")
	says(t, "run", stderr, "des mois dépassent la durée de conservation", "bascule purge --before 2013-11")
	code, stdout, _ := invoke(t, "verify")
	says(t, "verify", stdout, "⚠ des mois dépassent la durée de conservation de 2 mois, le plus ancien est 2013-10 — « bascule purge --before 2013-11 »")
	if code != exitClosed || traces(t, persons(t, "2013-10")) == 0 {
		t.Errorf("code %d, or something was erased", code)
	}
	mustExit(t, exitClosed, "purge", "--before", "2013-12", "--force")
	mustExit(t, exitClosed, "verify")
}

func TestAPurgedFileThatComesBackIsDoubtedAndErasedByTheNextPurge(t *testing.T) {
	threeMonths(t)
	back := filepath.Join("out", "2013-10", "run-0001", "discrepancies.csv")
	content := readFile(t, back)
	mustExit(t, exitClosed, "purge", "--before", "2013-11")
	writeAll(t, map[string]string{back: content})
	code, stdout, _ := invoke(t, "verify")
	says(t, "verify", stdout, "⚠ exécution 1, out/2013-10/run-0001 : purgée, et 1 fichier qui peuvent nommer quelqu'un")
	if code != exitClosed {
		t.Errorf("code %d", code)
	}
	mustExit(t, exitClosed, "purge", "--before", "2013-11")
	if _, err := os.Stat(back); err == nil {
		t.Error("the file is still there")
	}
}

// TestPurgeIsFinishedWhereItWasKilled kills the program at moments of a purge and
// calls it again.
func TestPurgeIsFinishedWhereItWasKilled(t *testing.T) {
	threeMonths(t)
	october := persons(t, "2013-10")
	killed := false
	for wait := 5 * time.Millisecond; wait < 400*time.Millisecond; wait *= 2 {
		killed = killedAfter(t, program(t, "purge", "--before", "2013-11", "--quiet"), wait) || killed
		code, stdout, stderr := invoke(t, "verify")
		if code != exitClosed {
			t.Fatalf("killed after %v: code %d, %s%s", wait, code, stdout, stderr)
		}
	}
	if !killed {
		t.Fatal("no purge was killed: the test proves nothing")
	}
	mustExit(t, exitClosed, "purge", "--before", "2013-11")
	if n := traces(t, october); n > 0 {
		t.Errorf("%d traces are left", n)
	}
	code, stdout, _ := invoke(t, "verify")
	if code != exitClosed || strings.Contains(stdout, "⚠") {
		t.Errorf("code %d:\n%s", code, stdout)
	}
}

func TestTheRemedyForAnOverdueMonthIsOneThatPurgeTakes(t *testing.T) {
	december := reconcile.NewPeriod(2013, 12)
	for months := 1; months < 5; months++ {
		c := &Config{Privacy: Privacy{RetentionMonths: months}}
		for back := range reconcile.Period(6) {
			first := c.overdue(december-back, december)
			if first != 0 && (first <= december-back || stillUsed(first, december) != nil) {
				t.Errorf("%d months kept, the oldest %d back: the remedy keeps %v first", months, back, first)
			}
			if overdue := int(back) >= months && back > 1; overdue != (first != 0) {
				t.Errorf("%d months kept, the oldest %d back: told %v", months, back, first != 0)
			}
		}
	}
	if first := (&Config{Privacy: Privacy{RetentionMonths: 60}}).overdue(0, 0); first != 0 {
		t.Errorf("an empty base keeps %v first", first)
	}
}
