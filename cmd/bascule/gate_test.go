package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
)

const gatesHeader = "id;scope;metric;operator;threshold;runs;blocking;label;source\n"

// alike makes both sides pay the same to so many agents.
func alike(t *testing.T, agents ...string) {
	t.Helper()
	legacy, onp := flatHeader, flatHeader
	for _, a := range agents {
		legacy += flatRow(a, "101000", "100,00")
		onp += flatRow(a, "R1010", "100,00")
	}
	writeAll(t, map[string]string{"l1.csv": legacy, "o.csv": onp})
}

func gateOf(t *testing.T, want int, args ...string) string {
	t.Helper()
	code, stdout, stderr := invoke(t, append([]string{"gate", "--quiet"}, args...)...)
	if code != want {
		t.Fatalf("gate %v exits %d, wanted %d: %s%s", args, code, want, stdout, stderr)
	}
	return strings.ReplaceAll(stdout, "\u00a0", " ") + stderr
}

func says(t *testing.T, reason, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s: %q is not in\n%s", reason, w, text)
		}
	}
}

func TestTheOpinionFollowsTheNights(t *testing.T) {
	flatMinistry(t, "l*.csv")
	writeAll(t, map[string]string{"mappings/gates.csv": gatesHeader + "TAUX;V3;concordance_payslips;>=;100 %;2;oui;Bulletins;usage\n"})
	alike(t, "M1", "M2")
	mustExit(t, exitClosed, "run")
	says(t, "one night of two", gateOf(t, exitRefused), "✘ Défavorable : 1 critère bloquant n'est pas tenu.", "✘ Bulletins", "100,00 %    ≥ 100,00 %  1 exécution sur 2")
	mustExit(t, exitClosed, "run", "--force")
	says(t, "the same inputs again are no second night", gateOf(t, exitRefused), "exécution n° 2", "1 exécution sur 2")
	gates := readFile(t, "mappings/gates.csv")
	writeAll(t, map[string]string{"mappings/gates.csv": strings.Replace(gates, "usage", "autre source", 1)})
	mustExit(t, exitClosed, "run")
	says(t, "the same files under other gates are none either", gateOf(t, exitRefused), "exécution n° 3", "1 exécution sur 2")
	writeAll(t, map[string]string{"mappings/gates.csv": gates})
	mustExit(t, exitClosed, "run")
	says(t, "nor once they are as they were", gateOf(t, exitRefused), "exécution n° 4", "1 exécution sur 2")
	alike(t, "M1", "M2", "M3")
	mustExit(t, exitClosed, "run")
	says(t, "two nights", gateOf(t, exitClosed), "✔ Favorable : 1 critère, tenu.", "2 sur 2", "✔ V3          Favorable", "✘ V1          Défavorable")
	gateOf(t, exitClosed, "--wave", "V3")
	says(t, "nobody judges this wave", gateOf(t, exitRefused, "--wave", "V1"), "✘ Défavorable : aucun critère n'est défini.")
	says(t, "an unknown wave", gateOf(t, exitFailure, "--wave", "V9"), "vague inconnue", "V1, V2, V3, V4")
	says(t, "an older run keeps its own opinion", gateOf(t, exitRefused, "--run", "1"), "exécution n° 1")
	writeAll(t, map[string]string{"l1.csv": flatHeader + flatRow("M1", "101000", "100,00")})
	mustExit(t, exitOpen, "run")
	says(t, "a night that fails", gateOf(t, exitRefused), "33,33 %", "0 sur 2")
	if s := summaryOf(t, runFolderOf(t, 6)); s.Opinion != reconcile.Unfavourable || s.Opinions["V3"] != reconcile.Unfavourable || len(s.Gates) != 1 || s.Gates[0].Figure != (reconcile.Figure{Value: 1, Of: 3}) {
		t.Errorf("summary.json: %q %v %+v", s.Opinion, s.Opinions, s.Gates)
	}
}

func TestALoosenedGateShowsForEver(t *testing.T) {
	flatMinistry(t, "l*.csv")
	gates := func(rows string) { writeAll(t, map[string]string{"mappings/gates.csv": gatesHeader + rows}) }
	alike(t, "M1", "M2")
	gates("TAUX;;concordance_payslips;>=;99,9 %;1;oui;;\nREJETS;;rejects;=;0;1;oui;;\n")
	mustExit(t, exitClosed, "run")
	gates("TAUX;;concordance_payslips;>=;90 %;1;oui;;\n")
	mustExit(t, exitClosed, "run")
	gates("TAUX;;concordance_payslips;>=;99,9 %;1;oui;;\nREJETS;;rejects;=;0;1;oui;;\n") // as it was
	mustExit(t, exitClosed, "run")
	says(t, "tightened again, and told still", gateOf(t, exitClosed), "exécution n° 2 — TAUX, Seuil : ≥ 99,90 % → ≥ 90,00 %", "exécution n° 2 — REJETS, Critère supprimé")
	if text := gateOf(t, exitClosed, "--run", "1"); strings.Contains(text, "assouplis") {
		t.Errorf("the first run tells the future:\n%s", text)
	}
	var j gateJSON
	if err := json.Unmarshal([]byte(gateOf(t, exitClosed, "--json")), &j); err != nil {
		t.Fatal(err)
	}
	if len(j.Loosenings) != 2 || j.Loosenings[0].Run != 2 || j.Loosenings[0].After != nil || j.Loosenings[1].What != reconcile.LoosenedThreshold || j.Opinion != reconcile.Favourable || len(j.Gates) != 2 {
		t.Errorf("%+v", j)
	}
	book := filepath.Join(runFolderOf(t, 3), "avis-2013-12-run-0003.xlsx")
	file, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := file.GetRows("Critères")
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	for _, r := range rows {
		told.WriteString(strings.ReplaceAll(strings.Join(r, "|"), "\u00a0", " ") + "\n")
	}
	says(t, "the workbook too", told.String(), "TAUX|Seuil|", "≥ 99,90 % → ≥ 90,00 %", "REJETS|Critère supprimé|")
	if _, listed := outputs(t, 3)[filepath.Base(book)]; !listed {
		t.Error("summary.json does not list the workbook of the opinion")
	}
}

func outputs(t *testing.T, run int) map[string]string {
	t.Helper()
	list := map[string]string{}
	for _, o := range summaryOf(t, runFolderOf(t, run)).Outputs {
		list[o.File] = o.SHA256
	}
	return list
}

func TestWithoutAnyGateTheOpinionIsUnfavourable(t *testing.T) {
	flatMinistry(t, "l*.csv")
	alike(t, "M1")
	if err := os.Remove("mappings/gates.csv"); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := invoke(t, "run", "--quiet")
	if code != exitClosed {
		t.Fatalf("run exits %d: %s", code, stderr)
	}
	says(t, "the screen of the night", stdout, "✘ Avis de bascule — Défavorable : aucun critère n'est défini.")
	says(t, "nothing is proved", gateOf(t, exitRefused), "aucun critère n'est défini")
}

func TestGatesOfTheConfigurationTakeThePlaceOfTheTable(t *testing.T) {
	flatMinistry(t, "l*.csv")
	alike(t, "M1")
	config := readFile(t, "config.yaml")
	for _, c := range []struct{ gates, want, reason string }{
		{"gates:\n  - { id: A, scope: V4, metric: rejects, operator: \"=\", threshold: 0 }\n  - { id: B, scope: V7, metric: rejects, operator: \"=\", threshold: 0 }\n",
			"config.yaml:8: gates[2].scope: « V7 » n'est ni l'ensemble, ni une vague connue — écrivez overall, wave, wave:V1, wave:V2, wave:V3, wave:V4", "an unknown wave, at its line"},
		{"gates:\n  - { id: A, metric: rejects, operator: \"=\", threshold: 0 }\n  - { id: A, metric: rejects, operator: \"=\", threshold: 1 }\n",
			"config.yaml:8: gates[2].id: « A » est déjà le nom du critère 1 — donnez un nom à chaque critère", "one name for two"},
	} {
		writeAll(t, map[string]string{"config.yaml": config + c.gates})
		says(t, c.reason, mustExit(t, exitFailure, "run"), c.want)
	}
	writeAll(t, map[string]string{"config.yaml": config + "gates: [ { id: A, metric: rejects, operator: \"=\", threshold: 0, blocking: false } ]\n"})
	mustExit(t, exitClosed, "run")
	says(t, "one gate, and none of the table", gateOf(t, exitClosed), "✔ Favorable : 1 critère, tenu.", "Lignes illisibles")
}

func TestADecisionWhoseGapIsGoneHoldsNothingUp(t *testing.T) {
	flatMinistry(t, "l*.csv")
	writeAll(t, map[string]string{"mappings/gates.csv": gatesHeader + "REJETS;;rejects;=;0;1;oui;;\n",
		"l1.csv": flatHeader + flatRow("M1", "101000", "90,00"), "o.csv": flatHeader + flatRow("M1", "R1010", "100,00")})
	mustExit(t, exitOpen, "run")
	annotated(t, 1, "a.xlsx", but(justified, "Visa", ""))
	mustExit(t, exitClosed, "review", "import", "a.xlsx")
	mustExit(t, exitOpen, "run")
	says(t, "a gap that a signature would close", gateOf(t, exitClosed), "Favorable avec réserves : 1 décision attend son visa")
	alike(t, "M1")
	mustExit(t, exitClosed, "run")
	says(t, "the gap is gone, and with it the row to sign", gateOf(t, exitClosed), "✔ Favorable : 1 critère, tenu.")
}

func TestMonthsOfOneSystemGiveNoOpinion(t *testing.T) {
	twoMonths(t, 40, 3)
	if code, _, stderr := invoke(t, "gate"); code != exitFailure || !strings.Contains(stderr, "lancez « bascule run »") {
		t.Errorf("gate before any run exits %d: %s", code, stderr)
	}
	mustExit(t, exitOpen, "run")
	mustExit(t, exitOpen, monthsOf("onp")...)
	for _, o := range summaryOf(t, runFolderOf(t, 2)).Outputs {
		if strings.HasPrefix(o.File, "avis") || strings.HasPrefix(o.File, "barometre") {
			t.Errorf("an opinion on months: %s", o.File)
		}
	}
	if s := summaryOf(t, runFolderOf(t, 2)); s.Opinion != "" || len(s.Gates) != 0 {
		t.Errorf("judged %q by %d gates", s.Opinion, len(s.Gates))
	}
	says(t, "asked for", gateOf(t, exitFailure, "--run", "2"), "compare deux mois")
	says(t, "the last opinion is that of the systems", gateOf(t, exitRefused), "exécution n° 1")
}
