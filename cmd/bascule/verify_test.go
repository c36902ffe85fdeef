package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bascule/reconcile"
)

// twoNights publishes two runs that differ.
func twoNights(t *testing.T) {
	t.Helper()
	flatMinistry(t, "l.csv")
	for _, amount := range []string{"90,00", "95,00"} {
		writeAll(t, map[string]string{"l.csv": flatHeader + flatRow("M1", "101000", amount) + flatRow("M2", "101000", "50,00")})
		mustExit(t, exitOpen, "run")
	}
}

// copied keeps a file as it is now.
func copied(t *testing.T, from, to string) {
	t.Helper()
	if err := os.WriteFile(to, []byte(readFile(t, from)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVerifySaysThatAllHolds(t *testing.T) {
	twoNights(t)
	code, stdout, stderr := invoke(t, "verify")
	seal := summaryOf(t, runFolderOf(t, 2)).Seal
	for _, want := range []string{"✔ 2 exécutions, 3 chargements, 0 import : tout tient\n", "sceau de l'exécution 2 : " + seal + "\n", "tête de la chaîne ("} {
		if code != exitClosed || stderr != "" || len(seal) != 64 || !strings.Contains(stdout, want) {
			t.Errorf("code %d, stderr %q, no %q in:\n%s", code, stderr, want, stdout)
		}
	}
	before := readFile(t, "data/bascule.db")
	_, stdout, _ = invoke(t, "verify", "--last", "--json")
	var v verifyView
	if err := json.Unmarshal([]byte(stdout), &v); err != nil || !v.OK || v.Runs != 2 || len(v.Seals) != 1 || v.Seals[0] != (sealView{2, seal}) {
		t.Errorf("%v in %s", err, stdout)
	}
	if readFile(t, "data/bascule.db") != before {
		t.Error("verifying changed the database")
	}
	mustExit(t, exitOpen, "run")
	if _, again, _ := invoke(t, "verify", "--json"); !strings.Contains(again, v.Head) {
		t.Errorf("a night that changes nothing lengthens the chain:\n%s", again)
	}
}

func TestVerifyNeedsNoLock(t *testing.T) {
	twoNights(t)
	l, err := takeLock("data/bascule.db", "run", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	mustExit(t, exitClosed, "verify")
}

func TestVerifyNamesTheRunWhoseFilesWereChanged(t *testing.T) {
	if elsewhere(t) {
		return
	}
	workbook := filepath.Join("out", "2013-12", "run-0001", "ecarts-2013-12-run-0001.xlsx")
	other := filepath.Join("out", "2013-12", "run-0002", "ecarts-2013-12-run-0002.xlsx")
	folder := filepath.Join("out", "2013-12", "run-0001")
	cases := []struct {
		reason string
		change func(t *testing.T)
		code   int
		want   string
	}{
		{"an amount of the list", func(t *testing.T) {
			edit(t, filepath.Join(folder, "discrepancies.csv"), func(b []byte) []byte { return bytes.Replace(b, []byte("10,00"), []byte("11,00"), 1) })
		}, exitFailure, "✘ exécution 1, out/2013-12/run-0001/discrepancies.csv : le fichier n'est plus celui qui a été publié"},
		{"a count of the summary", func(t *testing.T) {
			edit(t, filepath.Join(folder, "summary.json"), func(b []byte) []byte { return bytes.Replace(b, []byte(`"open": 1`), []byte(`"open": 0`), 1) })
		}, exitFailure, "✘ exécution 1, out/2013-12/run-0001/summary.json : les chiffres imprimés ne sont pas ceux de la base"},
		{"the seal of the summary", func(t *testing.T) {
			seal := summaryOf(t, folder).Seal
			edit(t, filepath.Join(folder, "summary.json"), func(b []byte) []byte { return bytes.Replace(b, []byte(seal), []byte(strings.Repeat("0", 64)), 1) })
		}, exitFailure, "✘ exécution 1, out/2013-12/run-0001/summary.json : le sceau imprimé, 000"},
		{"a summary that is none", func(t *testing.T) {
			edit(t, filepath.Join(folder, "summary.json"), func([]byte) []byte { return []byte("{") })
		}, exitFailure, "✘ exécution 1, out/2013-12/run-0001/summary.json : ne peut plus être relu"},
		{"a key that the summary does not have", func(t *testing.T) {
			edit(t, filepath.Join(folder, "summary.json"), func(b []byte) []byte { return bytes.Replace(b, []byte("{"), []byte(`{"avis": "favorable",`), 1) })
		}, exitFailure, "✘ exécution 1, out/2013-12/run-0001/summary.json : les chiffres imprimés ne sont pas ceux de la base"},
		{"a key twice, of which a person reads the first", func(t *testing.T) {
			edit(t, filepath.Join(folder, "summary.json"), func(b []byte) []byte { return bytes.Replace(b, []byte(`"open": 1`), []byte(`"open": 0, "open": 1`), 1) })
		}, exitFailure, "✘ exécution 1, out/2013-12/run-0001/summary.json : les chiffres imprimés ne sont pas ceux de la base"},
		{"the same words, laid out otherwise", func(t *testing.T) {
			edit(t, filepath.Join(folder, "summary.json"), func(b []byte) []byte { return append(b, '\n', '\n') })
		}, exitClosed, "tout tient"},
		{"another workbook in its place", func(t *testing.T) { copied(t, other, workbook) }, exitFailure, "✘ exécution 1, " + filepath.ToSlash(workbook) + " : le contenu du classeur"},
		{"a workbook cut short", func(t *testing.T) {
			edit(t, workbook, func(b []byte) []byte { return b[:len(b)/2] })
		}, exitFailure, "✘ exécution 1, " + filepath.ToSlash(workbook) + " : le classeur ne peut plus être relu"},
		{"a file that was filed elsewhere proves nothing", func(t *testing.T) { remove(t, workbook) }, exitClosed, "⚠ exécution 1, " + filepath.ToSlash(workbook) + " : fichier absent"},
		{"nor a folder", func(t *testing.T) { remove(t, folder) }, exitClosed, "⚠ exécution 1 : les résultats publiés ne sont plus dans leur dossier"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			twoNights(t)
			c.change(t)
			code, stdout, stderr := invoke(t, "verify")
			if code != c.code || !strings.Contains(stdout, c.want) || strings.Contains(stdout, "exécution 2,") || (code == exitFailure) != strings.Contains(stderr, "exécution 1") {
				t.Errorf("code %d, stderr %q, wanted %s in:\n%s", code, stderr, c.want, stdout)
			}
		})
	}
}

func remove(t *testing.T, name string) {
	t.Helper()
	if err := os.RemoveAll(name); err != nil {
		t.Fatal(err)
	}
}

func TestAPublicationThatWasKilledIsNoForgery(t *testing.T) {
	twoNights(t)
	final := filepath.Join("out", "2013-12", "run-0002")
	former := filepath.Join("out", "2013-12", ".publication-1.ancien")
	before := readFile(t, filepath.Join(final, "summary.json"))
	move := func(from, to string) {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	move(final, former)
	holds := func(reason string, words ...string) {
		code, stdout, stderr := invoke(t, "verify")
		if code != exitClosed {
			t.Errorf("%s: code %d, %s", reason, code, stderr)
		}
		says(t, reason, stdout, append(words, "tout tient")...)
	}
	holds("killed between both renames", "⚠ exécution 2, out/2013-12/run-0002 : sa publication a été interrompue")
	writeAll(t, map[string]string{filepath.Join(final, "summary.json"): strings.Replace(before, "PSOP", "Paye", 1), filepath.Join(final, "discrepancies.csv"): "en"})
	holds("killed before the database noted it", "⚠ exécution 2, out/2013-12/run-0002 : sa publication a été interrompue")
	edit(t, filepath.Join(former, "discrepancies.csv"), func(b []byte) []byte { return append(b, 'x') })
	if code, stdout, _ := invoke(t, "verify"); code != exitFailure {
		t.Errorf("what was moved away is held to the database too:\n%s", stdout)
	}
	edit(t, filepath.Join(former, "discrepancies.csv"), func(b []byte) []byte { return b[:len(b)-1] })
	mustExit(t, exitOpen, "report", "--run", "1")
	holds("another publication puts it back")
	if readFile(t, filepath.Join(final, "summary.json")) != before {
		t.Error("the folder that the database has noted is not back")
	}
	if _, err := os.Stat(former); err == nil {
		t.Error("pay data left behind")
	}
	if err := os.MkdirAll(former, 0o700); err != nil {
		t.Fatal(err)
	}
	copied(t, filepath.Join(final, "summary.json"), filepath.Join(former, "summary.json"))
	mustExit(t, exitOpen, "report", "--run", "2")
	holds("killed once the database had noted it, before the former one was removed")
}

func TestVerifyNamesARunThatTheDatabaseLost(t *testing.T) {
	flatMinistry(t, "l.csv")
	writeAll(t, map[string]string{"l.csv": flatHeader + flatRow("M1", "101000", "90,00")})
	mustExit(t, exitOpen, "run")
	copied(t, "data/bascule.db", "sauvegarde.db")
	writeAll(t, map[string]string{"l.csv": flatHeader + flatRow("M1", "101000", "95,00")})
	mustExit(t, exitOpen, "run")
	copied(t, "sauvegarde.db", "data/bascule.db")
	code, stdout, _ := invoke(t, "verify")
	if code != exitFailure || !strings.Contains(stdout, "✘ exécution 2, out/2013-12/run-0002/summary.json : publiée, mais la base n'a plus cette exécution") {
		t.Errorf("code %d:\n%s", code, stdout)
	}
}

func TestVerifyNamesARunWhoseNumberTheDatabaseGaveAgain(t *testing.T) {
	twoNights(t)
	printed := filepath.Join("out", "2013-12", "run-0002", "summary.json")
	lost := readFile(t, printed)
	twoNights(t) // of a database anew
	for _, c := range []struct{ text, want, reason string }{
		{lost, "✘ exécution 2, out/2014-01/run-0002/summary.json : la base donne ce numéro à une autre exécution", "of the database that was replaced"},
		{readFile(t, printed), "tout tient", "a copy of its own"},
	} {
		writeAll(t, map[string]string{"out/2014-01/run-0002/summary.json": c.text})
		for _, args := range [][]string{{"verify"}, {"verify", "--last"}} {
			if _, stdout, _ := invoke(t, args...); !strings.Contains(stdout, c.want) {
				t.Errorf("%s, %v: no %q in:\n%s", c.reason, args, c.want, stdout)
			}
		}
	}
	remove(t, filepath.Join("out", "2014-01"))
	writeAll(t, map[string]string{"out/2013-12/run-0009/summary.json": "{"})
	if code, stdout, _ := invoke(t, "verify"); code != exitFailure || !strings.Contains(stdout, "✘ exécution 9, out/2013-12/run-0009/summary.json : publiée, mais") {
		t.Errorf("a lost run whose summary is unreadable: code %d\n%s", code, stdout)
	}
}

func TestVerifyRefusesWhatIsNoDatabase(t *testing.T) {
	flatMinistry(t, "l.csv")
	if stderr := mustExit(t, exitFailure, "verify"); !strings.Contains(stderr, "n'existe pas: vérifiez la clé « database »") {
		t.Errorf("no database: %s", stderr)
	}
	if _, err := os.Stat("data/bascule.db"); err == nil {
		t.Error("verifying made a database")
	}
	writeAll(t, map[string]string{"data/bascule.db": strings.Repeat("n'importe quoi ", 1000)})
	if stderr := mustExit(t, exitFailure, "verify"); !strings.Contains(stderr, "n'est pas une base SQLite") {
		t.Errorf("another file: %s", stderr)
	}
}

func TestRunsAreListedShortly(t *testing.T) {
	for _, c := range []struct {
		runs []int
		want string
	}{{[]int{3}, "exécution 3"}, {[]int{1, 2}, "exécutions 1, 2"}, {[]int{1, 3, 4, 5, 9}, "exécutions 1, 3 à 5, 9"}} {
		if got := runsText(c.runs); got != c.want {
			t.Errorf("%v: got %q, want %q", c.runs, got, c.want)
		}
	}
	f := reconcile.Finding{What: "base endommagée"}
	if got := findingText(&f); got != "✘ base endommagée" {
		t.Errorf("got %q", got)
	}
}

func TestVerifyNamesTheRunWhoseRowWasEdited(t *testing.T) {
	twoNights(t)
	db, err := sql.Open("sqlite3", "data/bascule.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE discrepancy SET status = 'accepted' WHERE run_id = 1"); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := invoke(t, "verify")
	for _, want := range []string{"✘ exécution 1, table discrepancy, ligne 1 : exécution 1 : n'est plus ce qui a été scellé — ", "✘ exécution 1, table run, ligne 1 : écarts ouverts : 1 dans la synthèse, 0 d'après les lignes — "} {
		if code != exitFailure || !strings.Contains(stdout, want) || !strings.Contains(stderr, "problèmes, exécution 1 —") {
			t.Errorf("code %d, %s\nno %q in:\n%s", code, stderr, want, stdout)
		}
	}
	if code, stdout, _ := invoke(t, "verify", "--last"); code != exitClosed || !strings.Contains(stdout, "(la dernière exécution relue, la chaîne en entier)") {
		t.Errorf("the last run rests on nothing that was edited: code %d\n%s", code, stdout)
	}
}
