package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
)

// barometerOf is the page of a run, as its summary lists it.
func barometerOf(t *testing.T, run int) string {
	t.Helper()
	folder := runFolderOf(t, run)
	outputs := summaryOf(t, folder).Outputs
	at := slices.IndexFunc(outputs, func(o reconcile.Output) bool { return strings.HasPrefix(o.File, "barometre-") })
	if at < 0 {
		t.Fatalf("run %d publishes no barometer: %v", run, outputs)
	}
	return filepath.Join(folder, outputs[at].File)
}

// TestTheBarometerNamesNobodyAndGivesTheFiguresOfTheSummary: whoever is in the
// list of gaps is nowhere in the page, by no name and no key.
func TestTheBarometerNamesNobodyAndGivesTheFiguresOfTheSummary(t *testing.T) {
	ministry(t, 200, 5)
	mustExit(t, exitOpen, "run")
	path := barometerOf(t, 1)
	if filepath.Base(path) != "barometre-2013-12-run-0001.html" {
		t.Errorf("the page is %s", path)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	page := strings.ReplaceAll(readFile(t, path), "\u00a0", " ")
	for _, row := range readTable(t, runFolderOf(t, 1)+"/discrepancies.csv") {
		for _, column := range []string{"agent", "matricule", "name", "fingerprint"} {
			if value := row[column]; value != "" && strings.Contains(page, value) {
				t.Fatalf("the page holds the %s of an agent", column)
			}
		}
	}
	summary := summaryOf(t, runFolderOf(t, 1))
	for _, words := range []string{"Cette page ne contient aucune donnée personnelle", "Reste</th>", ">0,00 €</td>", summary.Seal, "il ne reste rien", "Bouclage exact"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not hold %q", words)
		}
	}
	mustExit(t, exitClosed, "verify")
	edit(t, path, func(b []byte) []byte { return []byte(strings.Replace(string(b), "Défavorable", "Favorable", 1)) })
	if code, stdout, _ := invoke(t, "verify"); code != exitFailure || !strings.Contains(stdout, "barometre-2013-12-run-0001.html : le fichier n'est plus celui qui a été publié") {
		t.Errorf("another opinion in the page: code %d\n%s", code, stdout)
	}
}

func TestTheBarometerNeedsNeitherWavesNorCriteria(t *testing.T) {
	flatMinistry(t, "l*.csv")
	alike(t, "M1")
	for _, name := range []string{"mappings/gates.csv", "mappings/vagues.csv"} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	config := strings.Replace(readFile(t, "config.yaml"), `waves: "mappings/vagues.csv"`, `waves: ""`, 1)
	writeAll(t, map[string]string{"config.yaml": config})
	mustExit(t, exitClosed, "run", "--lang", "en")
	page := readFile(t, barometerOf(t, 1))
	for _, words := range []string{`<html lang="en">`, "Unfavourable: no criterion is defined.", `<th scope="row">No wave</th>`, "No criterion is defined"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
}
