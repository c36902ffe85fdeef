package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hook writes a command of on_finish and the configuration that calls it.
func hook(t *testing.T, script string, args ...string) {
	t.Helper()
	if err := os.WriteFile("prevenir", []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	command, err := json.Marshal(append([]string{"./prevenir"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("BASCULE_ON_FINISH", string(command))
}

const tellAll = `{ for a in "$@"; do echo "[$a]"; done; env | grep -E '^(BASCULE_(EXIT|RUN|PERIOD|FOLDER|SUMMARY)|MOT_DE_PASSE)=' | sort; } > dit
echo bavardage
`

func TestOnFinishLearnsHowTheNightEnded(t *testing.T) {
	flatMinistry(t, "l.csv")
	row := flatRow("M2", "101000", "50,00")
	here := mustGetwd(t)
	folder := filepath.Join(here, runFolderOf(t, 1))
	hook(t, tellAll, "deux mots", "$(echo non)")
	t.Setenv("MOT_DE_PASSE", "s3cret")
	t.Setenv("BASCULE_PRIVACY_WORKBOOK_PASSWORD_ENV", "MOT_DE_PASSE")
	for _, c := range []struct {
		reason, legacy string
		code           int
		want           string
	}{
		{"refused before any run", "n'importe quoi", exitFailure, "BASCULE_EXIT=2\nBASCULE_FOLDER=\nBASCULE_PERIOD=2013-12\nBASCULE_RUN=\nBASCULE_SUMMARY=\n"},
		{"open gaps", flatHeader + flatRow("M1", "101000", "90,00") + row, exitOpen, "BASCULE_EXIT=1\nBASCULE_FOLDER=" + folder + "\nBASCULE_PERIOD=2013-12\nBASCULE_RUN=1\nBASCULE_SUMMARY=" + folder + "/summary.json\n"},
		{"all closed", flatHeader + flatRow("M1", "101000", "100,00") + row, exitClosed, "BASCULE_EXIT=0\n"},
	} {
		writeAll(t, map[string]string{"l.csv": c.legacy})
		code, stdout, _ := invoke(t, "run")
		got := readFile(t, "dit")
		if code != c.code || !strings.HasPrefix(got, "[deux mots]\n[$(echo non)]\n"+c.want) || strings.Contains(got, "s3cret") || strings.Contains(stdout, "bavardage") {
			t.Errorf("%s: code %d, told\n%s\nwanted\n%s", c.reason, code, got, c.want)
		}
		remove(t, "dit")
	}
	for _, args := range []string{"compare", "report", "runs", "verify"} {
		invoke(t, args)
		if _, err := os.Stat("dit"); err == nil {
			t.Errorf("%s is no night, and the command ran", args)
		}
	}
}

func TestOnFinishThatFailsChangesNothing(t *testing.T) {
	flatMinistry(t, "l.csv")
	writeAll(t, map[string]string{"l.csv": flatHeader + flatRow("M1", "101000", "90,00")})
	t.Setenv("BASCULE_ON_FINISH_SECONDS", "1")
	for _, c := range []struct{ script, want string }{
		{"exit 7\n", "la commande a échoué"},
		{"sleep 60 & sleep 60\n", "son délai est passé"},
	} {
		hook(t, c.script)
		start := time.Now()
		if stderr := mustExit(t, exitOpen, "run"); !strings.Contains(stderr, c.want) {
			t.Errorf("%q: %s", c.script, stderr)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%q: the night waited %v", c.script, took)
		}
	}
	t.Setenv("BASCULE_ON_FINISH", `["/nulle/part"]`)
	if stderr := mustExit(t, exitOpen, "run"); !strings.Contains(stderr, "la commande ne peut être lancée") {
		t.Error(stderr)
	}
}

func TestOnFinishIsAListAndNoSentenceForAShell(t *testing.T) {
	for text, want := range map[string]string{
		`on_finish: "mail -s paye"`:      "on_finish: doit être une liste",
		`on_finish: ["prevenir"]`:        "on_finish[1]: n'est pas le chemin d'une commande — écrivez son chemin entier",
		`on_finish: ["/bin/x", 3]`:       "on_finish[2]: doit être un texte entre guillemets",
		`on_finish_seconds: 0`:           "on_finish_seconds: est inférieur à 1",
		`on_finish: ["/bin/x", ["a"]]`:   "on_finish[2]: doit être un texte, ni liste ni table",
		`on_finish: ["/bin/x", "a\\tb"]`: "",
	} {
		_, err := LoadConfig(writeConfig(t, minimal+text+"\n"), nil)
		if want == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// records reads a log made of records, each of which must be one.
func records(t *testing.T, log string) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(log) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %q is no record", err, line)
		}
		all = append(all, r)
	}
	return all
}

func TestEveryRecordOfANightNamesItsMonthAndItsRun(t *testing.T) {
	twoNights(t)
	for _, c := range []struct {
		args []string
		run  float64
	}{{[]string{"run"}, 2}, {[]string{"run", "--force"}, 3}, {[]string{"compare"}, 3}, {[]string{"report", "--run", "1"}, 1}} {
		_, _, stderr := invoke(t, append(c.args, "--log-format", "json")...)
		all := records(t, stderr)
		named := 0
		for _, r := range all {
			if r["période"] != "2013-12" {
				t.Errorf("%v: %v names no month", c.args, r)
			}
			if r["run"] == c.run {
				named++
			} else if named > 0 || r["run"] != nil {
				t.Errorf("%v: %v names no run, or another", c.args, r)
			}
		}
		if named == 0 && c.args[0] != "report" {
			t.Errorf("%v: no record names the run: %s", c.args, stderr)
		}
	}
	code, _, stderr := invoke(t, "run", "--period", "2013-11", "--log-format", "json")
	all := records(t, stderr)
	if last := all[len(all)-1]; code != exitFailure || last["level"] != "ERROR" || last["code"] != float64(exitFailure) || last["période"] != "2013-11" {
		t.Errorf("code %d, %s", code, stderr)
	}
}

// TestNothingOfAPersonIsEverLogged puts hostile values into every column of a file,
// one at a time, and looks for them in all that the program says.
func TestNothingOfAPersonIsEverLogged(t *testing.T) {
	if elsewhere(t) {
		return
	}
	person := []string{"2013-12", "1850175987654", "07", "77MATRIC42", "ZÉBULONDUVAL", "Philibertine", "176", "101000", "P", "8123,45", "9177,31"}
	const header = "mois;nir;dossier;matricule;nom;prenom;programme;code;sens;montant;base\n"
	spoken := func(t *testing.T, row []string, formats ...string) string {
		t.Helper()
		writeAll(t, map[string]string{"l.csv": header + strings.Join(row, ";") + "\n" + strings.Join(person, ";") + "\n"})
		var all bytes.Buffer
		for _, format := range formats {
			for _, args := range []string{"run --force", "load --side legacy --layout flat l.csv", "layout check flat l.csv --quiet", "explain 77MATRIC42", "review import l.csv"} {
				if strings.HasPrefix(args, "layout") || strings.HasPrefix(args, "explain") {
					run(context.Background(), append(strings.Fields(args), "--log-format", format), new(bytes.Buffer), &all) // what it shows is what it is for
					continue
				}
				run(context.Background(), append(strings.Fields(args), "--log-format", format), &all, &all)
			}
		}
		return all.String()
	}
	flatMinistry(t, "l.csv")
	hostile := []string{"", "\x00", "\"", "é\xff", strings.Repeat("9", 40)}
	for column := range person {
		for i, value := range hostile {
			row := append([]string{}, person...)
			mark := fmt.Sprintf("MARQUE%dX%d", column, i)
			row[column] = row[column] + mark + value
			formats := []string{"json"}
			if i == 0 {
				formats = append(formats, "text")
			}
			said := spoken(t, row, formats...)
			for _, secret := range []string{mark, "1850175987654", "77MATRIC42", "ZÉBULONDUVAL", "Philibertine", "8123,45", "8123.45", "812345", "9177,31"} {
				if strings.Contains(said, secret) {
					t.Errorf("column %d, value %q: %q is said in\n%s", column, value, secret, said)
				}
			}
		}
	}
}
