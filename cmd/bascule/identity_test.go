package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// caseFolder sets a case of fixtures/cases up in a new working directory.
func caseFolder(t *testing.T, name string) {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "..", "fixtures", "cases", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS(".", os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := invoke(t, "init", "."); code != 0 {
		t.Fatal(stderr)
	}
}

func rewrite(t *testing.T, path string, change func(string) string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(change(readFile(t, path))), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheOrderOfFilesAndRowsChangesNoDiscrepancy(t *testing.T) {
	for _, name := range []string{"partage-entre-comptables", "bulletin-en-deux-fichiers", "deux-fichiers-deux-comptables-memes-lignes"} {
		t.Run(name, func(t *testing.T) {
			caseFolder(t, name)
			results := make([]string, 2)
			for i, files := range []string{
				`[ { path: "psop-1.csv", layout: "flat" }, { path: "psop-2.csv", layout: "flat" } ]`,
				`[ { path: "psop-2.csv", layout: "flat" }, { path: "psop-1.csv", layout: "flat" } ]`,
			} {
				rewrite(t, "config.yaml", func(s string) string { return regexp.MustCompile(`legacy: .*`).ReplaceAllString(s, "legacy: "+files) })
				rewrite(t, "onp.csv", func(s string) string {
					rows := strings.Split(strings.TrimSpace(s), "\n")
					slices.Reverse(rows[1:])
					return strings.Join(rows, "\n") + "\n"
				})
				if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
					t.Fatalf("exits %d: %s", code, stderr)
				}
				for _, r := range readTable(t, filepath.Join(runFolderOf(t, i+1), "discrepancies.csv")) {
					results[i] += strings.Join([]string{r["fingerprint"], r["kind"], r["element"], r["legacy"], r["onp"], r["delta"], r["rule"], r["at_fault"]}, ";") + "\n"
				}
			}
			if results[0] == "" || results[0] != results[1] {
				t.Errorf("in one order\n%sin the other\n%s", results[0], results[1])
			}
		})
	}
}

func TestNotesTellTheNIRsThatProveNothing(t *testing.T) {
	for _, c := range []struct{ name, note, reason string }{
		{"nir-provisoire-partage", "PSOP : NIR 2 provisoire(s) (par exemple psop.csv:2)", "two provisional ones, the first on line 2"},
		{"nir-cle-fausse", "ONP : NIR 1 à clé fausse (par exemple onp.csv:2)", "a wrong key"},
		{"nir-masques", "PSOP : NIR 3 masqué(s) (par exemple psop.csv:2)", "masked ones"},
		{"deux-dossiers-rapproches", "", "all are valid"},
		{"egalite", "", "no file holds keys: nothing is proved, nothing denied"},
	} {
		t.Run(c.name, func(t *testing.T) {
			caseFolder(t, c.name)
			code, _, stderr := invoke(t, "run", "--quiet")
			if code == exitFailure {
				t.Fatal(stderr)
			}
			notes := strings.Join(summaryOf(t, runFolderOf(t, 1)).Notes, "\n")
			if !strings.Contains(notes, c.note) || c.note == "" && strings.Contains(notes, "NIR") {
				t.Errorf("%q is noted, wanted %q: %s", notes, c.note, c.reason)
			}
		})
	}
}

func TestExplainShowsOneOfTwoPersonsUnderOneNIR(t *testing.T) {
	caseFolder(t, "nir-provisoire-partage")
	rewrite(t, "config.yaml", func(s string) string { return strings.Replace(s, "mask_nir: false", "mask_nir: true", 1) })
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatal(stderr)
	}
	for _, r := range readTable(t, filepath.Join(runFolderOf(t, 1), "discrepancies.csv")) {
		if r["kind"] != "identity" {
			continue
		}
		other := map[string]string{"M1": "M2", "M2": "M1"}[r["matricule"]]
		for _, name := range []string{r["matricule"], r["agent"]} {
			_, page, stderr := invoke(t, "explain", name)
			net := map[string]string{"M1": "1 972,92", "M2": "1 301,19"}[r["matricule"]]
			if strings.Count(page, "Agent A") != 1 || !strings.Contains(page, "Matricule "+r["matricule"]) || strings.Contains(page, "Matricule "+other) ||
				!strings.Contains(strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(page), net) || !strings.Contains(page, "chacun est comparé à part") || strings.Contains(page, "730975108042") {
				t.Errorf("explain %s, wanted the page of %s with a net of %s: %s%s", name, r["matricule"], net, stderr, page)
			}
		}
	}
	if _, pages, _ := invoke(t, "explain", "7730975108042"); strings.Count(pages, "Agent A") != 2 {
		t.Errorf("by the NIR of two persons:\n%s", pages)
	}
}

func TestExplainNamesTheCandidates(t *testing.T) {
	caseFolder(t, "candidats-ambigus")
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatal(stderr)
	}
	_, page, stderr := invoke(t, "explain", "M1")
	if !strings.Contains(page, "Plusieurs candidats, aucun n'est choisi : 1: M1/01 → 2: M1/01, M1/01") {
		t.Errorf("%s%s", stderr, page)
	}
	if _, text, _ := invoke(t, "explain", "--json", "M1"); !strings.Contains(text, `"onp_text": "2: M1/01, M1/01"`) {
		t.Error(text)
	}
}

func TestAMaskedNIRWithoutAnythingElseIsRejected(t *testing.T) {
	caseFolder(t, "nir-masques")
	rewrite(t, "psop.csv", func(s string) string { return strings.Replace(s, ";M3;", ";;", 1) })
	rewrite(t, "config.yaml", func(s string) string { return s + "limits: { max_rejects: \"50%\" }\n" })
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatal(stderr)
	}
	if rejects := readFile(t, filepath.Join(runFolderOf(t, 1), "rejects.csv")); !strings.Contains(rejects, "est masqué") {
		t.Error(rejects)
	}
}
