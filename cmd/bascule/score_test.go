package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"bascule/reconcile"
)

func TestScoreJudgesTheRunOfTheMonth(t *testing.T) {
	ministry(t, 400, 4)
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatalf("run exits %d: %s", code, stderr)
	}
	code, text, stderr := invoke(t, "generate", "score", "truth-2013-12.csv")
	if code != exitClosed || stderr != "" {
		t.Fatalf("exits %d: %s", code, stderr)
	}
	for _, want := range []string{"exécution n° 1 de 2013-12", "causes justes", "semés et non trouvés                           0\n", "trouvés et non semés                           0\n", "justes"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is nowhere in:\n%s", want, text)
		}
	}
	code, text, stderr = invoke(t, "generate", "score", "truth-2013-12.csv", "--run", "1", "--json")
	var months []scoredMonth
	if err := json.Unmarshal([]byte(text), &months); err != nil || code != exitClosed || len(months) != 1 {
		t.Fatalf("exits %d, %v: %s", code, err, stderr)
	}
	m := months[0]
	rows := int64(strings.Count(readFile(t, "truth-2013-12.csv"), "\n") - 1)
	if m.Run != 1 || m.Planted != rows || m.Found != rows || m.Causes.Of != rows || m.Roots.Of == 0 || m.AtFault.Of == 0 || m.AtFault.Of+m.Blamed.Of != rows {
		t.Errorf("of %d rows: %s", rows, text)
	}
}

func TestScoreTellsWhatATruthHasMoreOrLess(t *testing.T) {
	ministry(t, 300, 4)
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatalf("run exits %d: %s", code, stderr)
	}
	truth := strings.SplitAfter(readFile(t, "truth-2013-12.csv"), "\n")
	altered := truth[0] + "0000000000;01;amount;SFT;2013-12;-12345;situation;;unknown\n" + strings.Join(truth[2:], "")
	if err := os.WriteFile("truth-2013-12.csv", []byte(altered), 0o600); err != nil {
		t.Fatal(err)
	}
	code, text, stderr := invoke(t, "generate", "score", "truth-2013-12.csv", "--json")
	var months []score
	if err := json.Unmarshal([]byte(text), &months); err != nil || code != exitClosed {
		t.Fatalf("exits %d, %v: %s", code, err, stderr)
	}
	if months[0].NotFound != 1 || months[0].NotPlanted != 1 {
		t.Errorf("%d not found, %d not planted", months[0].NotFound, months[0].NotPlanted)
	}
}

func TestScoreRefusesWhatItCannotRead(t *testing.T) {
	ministry(t, 20, 1)
	for name, text := range map[string]string{"truth-2013-10.csv": readFile(t, "truth-2013-12.csv"), "truth.csv": "", "other/truth-2013-12.csv": "cause;variant\n",
		"cents/truth-2013-12.csv": "matricule;dossier;kind;element;origin;delta_cents;cause;root_element;at_fault\n1;01;amount;SFT;2013-12;1,00;rate;;onp\n"} {
		if folder, _, ok := strings.Cut(name, "/"); ok {
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr := invoke(t, "run", "--quiet"); code == exitFailure {
		t.Fatal(stderr)
	}
	for _, c := range []struct{ reason, line, want string }{
		{"no truth", "score", "« bascule generate score » attend un fichier de vérité au moins — voyez « bascule generate score --help »"},
		{"a file that is not there", "score absent/truth-2013-12.csv", "absent/truth-2013-12.csv: ne peut être lu — vérifiez le chemin de la vérité"},
		{"a name without a month", "score truth.csv", "truth.csv: son nom ne dit pas le mois — nommez le fichier truth-AAAA-MM.csv, ou donnez l'exécution par --run"},
		{"a month without a run", "score truth-2013-10.csv", "aucune exécution n'est enregistrée pour 2013-10"},
		{"another table", "score other/truth-2013-12.csv", "other/truth-2013-12.csv:1: en-tête: n'est pas celui d'une vérité"},
		{"an amount in euros", "score cents/truth-2013-12.csv", "cents/truth-2013-12.csv:2: delta_cents: n'est pas un nombre de centimes"},
		{"one run for two months", "score truth-2013-12.csv truth-2013-10.csv --run 1", "--run : ne vaut que pour une vérité"},
		{"no such run", "score truth-2013-12.csv --run 9", "aucune exécution ne porte ce numéro"},
	} {
		code, stdout, stderr := invoke(t, append([]string{"generate"}, strings.Fields(c.line)...)...)
		if code != exitFailure || stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exits %d, %q, %q", c.reason, code, stdout, stderr)
		}
	}
}

func TestScoreFindsTheRootOfEachGapOnItsPayslip(t *testing.T) {
	slip := []*reconcile.Discrepancy{
		{Fingerprint: "f1", Kind: reconcile.AmountDiffers, Element: "TRAITEMENT_BRUT", Cause: reconcile.CauseSituation},
		{Fingerprint: "f2", Kind: reconcile.AmountDiffers, Element: "CRDS", Cause: reconcile.CauseDerived, Root: "f1", Delta: 1, Rule: "derived"},
	}
	elements := &reconcile.Tables{}
	got := foundOf(slip, elements, reconcile.Tolerance{LineCents: 1})
	if got[0].root != "" || got[1].root != "TRAITEMENT_BRUT" || got[1].rule != "derived" {
		t.Errorf("got %+v", got)
	}
}
