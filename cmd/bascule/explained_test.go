package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The long campaign: go test ./cmd/bascule -run Explanation -campaign -timeout 30m -v
var campaign = flag.Bool("campaign", false, "make the long campaigns: 50,000 agents a seed to explain, more nights, 200 faults of each kind")

// judged is the part of the score that the bars are about.
type judged struct {
	Causes struct{ Right, Of int }
	Roots  struct{ Right, Of int }
	Fault  struct{ Right, Of int } `json:"at_fault"`
	Abused int                     `json:"roundings_above_tolerance"`
}

func judge(t *testing.T, seed int, plan string) (found judged) {
	t.Helper()
	agents := 4000
	if *campaign {
		agents = 50_000
	}
	more := []string{}
	if plan != "" {
		file := t.TempDir() + "/plan.csv"
		if err := os.WriteFile(file, []byte(plan), 0o600); err != nil {
			t.Fatal(err)
		}
		more = []string{"--plant", file}
	}
	ministry(t, agents, seed, more...)
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatalf("seed %d: run exits %d: %s", seed, code, stderr)
	}
	code, text, stderr := invoke(t, "generate", "score", "truth-2013-12.csv", "--json")
	if code != 0 {
		t.Fatalf("seed %d: score exits %d: %s", seed, code, stderr)
	}
	var months []judged
	if err := json.Unmarshal([]byte(text), &months); err != nil {
		t.Fatal(err)
	}
	_, matrix, _ := invoke(t, "generate", "score", "truth-2013-12.csv")
	t.Log("seed " + strconv.Itoa(seed) + "\n" + matrix)
	if len(months) != 1 || months[0].Fault.Of == 0 && plan == "" {
		t.Fatalf("seed %d: nothing is judged: %s", seed, text)
	}
	return months[0]
}

// atLeast fails where fewer than so many of a hundred are right, or nothing is
// judged at all.
func atLeast(t *testing.T, what string, percent, right, of int) {
	t.Helper()
	if of == 0 || right*100 < of*percent {
		t.Errorf("%s: %d of %d are right, wanted %d %%", what, right, of, percent)
	}
}

func TestExplanationOfPlantedDifferences(t *testing.T) {
	if elsewhere(t) {
		return
	}
	for _, seed := range []int{3, 2013, 77777} {
		j := judge(t, seed, "")
		atLeast(t, "causes", 99, j.Causes.Right, j.Causes.Of)
		atLeast(t, "roots of derived gaps", 99, j.Roots.Right, j.Roots.Of)
		atLeast(t, "sides at fault", 98, j.Fault.Right, j.Fault.Of)
		if j.Abused > 0 {
			t.Errorf("%d planted differences above tolerance are called rounding", j.Abused)
		}
	}
}

// TestExplanationOfCombinedCauses plants two causes on one payslip, and nothing
// else.
func TestExplanationOfCombinedCauses(t *testing.T) {
	if elsewhere(t) {
		return
	}
	const plan = `cause;variant;per_mille
rounding;;0
proration;;0
rate;pension_previous;0
rate;csg_share;0
rate;ircantec;0
rate;issp_corps;0
threshold;;0
situation;;0
hand_entered;;0
timing;;0
arrears;;0
mapping;;0
accountant;;0
sign;;0
duplicate;;0
swapped;;0
budget_only;;0
unexplained;;0
combined;;60
`
	for _, seed := range []int{4, 2014, 88888} {
		j := judge(t, seed, plan)
		atLeast(t, "causes", 95, j.Causes.Right, j.Causes.Of)
		atLeast(t, "roots of derived gaps", 95, j.Roots.Right, j.Roots.Of)
	}
}

// TestAnotherDateInTheRatesGivesAnotherVerdict runs the case of the CAS of
// December twice, on the same extracts: the second time rates.csv says that the
// rate of November still holds.
func TestAnotherDateInTheRatesGivesAnotherVerdict(t *testing.T) {
	caseFolder(t, "taux-cas-decembre")
	verdict := func(run int) string {
		t.Helper()
		if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
			t.Fatalf("exits %d: %s", code, stderr)
		}
		for _, r := range readTable(t, filepath.Join(runFolderOf(t, run), "discrepancies.csv")) {
			if r["element"] == "PC_CAS" {
				return r["cause"] + " " + r["rule"] + " " + r["at_fault"]
			}
		}
		t.Fatal("the gap is gone")
		return ""
	}
	if got := verdict(1); got != "rate rate_dated onp" {
		t.Errorf("with the tables as shipped: %s", got)
	}
	rewrite(t, "mappings/rates.csv", func(text string) string {
		changed := strings.NewReplacer(";2013-01;2013-11;", ";2013-01;2013-12;", ";44,28;percent;2013-12;2013-12;", ";44,28;percent;2008-12;2008-12;").Replace(text)
		if changed == text {
			t.Fatal("rates.csv no longer has the rows that this test changes")
		}
		return changed
	})
	if got := verdict(2); got != "rate rate_dated legacy" {
		t.Errorf("once the rate of November holds in December: %s", got)
	}
}

// TestFormulasOfAMinistryAreRefusedWithPlaceAndRemedy: a formula that means
// nothing is no matter of one agent, so that nothing is compared under it.
func TestFormulasOfAMinistryAreRefusedWithPlaceAndRemedy(t *testing.T) {
	const pay, fnal, ircantec = "tronque(mensuel(indice) * part * jours / 30)", "arrondi(taux(FNAL) * base(EMPLOYEUR))", "assiette(csg) - total(SFT)"
	for _, c := range []struct{ reason, table, from, to, want string }{
		{"not an expression", "elements.csv", pay, "arrondi(taux(FNAL) *)", "elements.csv:2: formula: « TRAITEMENT_BRUT » : la formule n'est pas une expression"},
		{"depends on itself", "elements.csv", pay, "arrondi(TRAITEMENT_BRUT)", "elements.csv:2: formula: « TRAITEMENT_BRUT » : la formule dépend d'elle-même"},
		{"depends on itself through another", "elements.csv", pay, "arrondi(PC_AGENT)", "elements.csv:2: formula: « TRAITEMENT_BRUT » : la formule dépend d'elle-même : TRAITEMENT_BRUT → PC_AGENT → TRAITEMENT_BRUT"},
		{"a function that no formula has", "elements.csv", fnal, "arrondi(plafonne(base(EMPLOYEUR)))", "elements.csv:62: formula: « FNAL » : la formule emploie une fonction inconnue : plafonne"},
		{"a base that is no expression", "bases.csv", ircantec, "assiette(csg) -", "bases.csv:5: formula: « IRCANTEC » : la formule n'est pas une expression"},
		{"a base that depends on itself", "bases.csv", ircantec, "base(IRCANTEC)", "bases.csv:5: formula: « IRCANTEC » : la formule dépend d'elle-même"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			caseFolder(t, "taux-cas-decembre")
			replace(t, filepath.Join("mappings", c.table), c.from, c.to)
			code, stdout, stderr := invoke(t, "run", "--quiet")
			if code != exitFailure || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) || !strings.Contains(stderr, "voyez la grammaire des formules dans mappings/README.md") {
				t.Errorf("exits %d, says %s%s", code, stdout, stderr)
			}
			if left, err := filepath.Glob(filepath.Join("out", "*", "*")); err != nil || len(left) > 0 {
				t.Errorf("leaves %v, %v", left, err)
			}
		})
	}
}

// TestAFormulaThatNamesTheUnknownIsLeftAside: the run goes on, says so, and
// compares the element without its scale.
func TestAFormulaThatNamesTheUnknownIsLeftAside(t *testing.T) {
	for _, c := range []struct{ reason, element, from, to, why string }{
		{"a rate that the tables lack", "PC_CAS", "taux(CAS_CIVIL)", "taux(POINT_D_OR)", "taux(POINT_D_OR)"},
		{"a base that the tables lack", "FNAL", "arrondi(taux(FNAL) * base(EMPLOYEUR))", "arrondi(taux(FNAL) * base(EMPLOYEURS))", "base(EMPLOYEURS)"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			caseFolder(t, "taux-cas-decembre")
			replace(t, filepath.Join("mappings", "elements.csv"), c.from, c.to)
			if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
				t.Fatalf("exits %d: %s", code, stderr)
			}
			notes := strings.Join(summaryOf(t, runFolderOf(t, 1)).Notes, "\n")
			if want := "elements.csv : formule de « " + c.element + " » laissée de côté (élément comparé sans barème) : elle emploie un nom inconnu : " + c.why; !strings.Contains(notes, want) {
				t.Errorf("the notes say %s", notes)
			}
			rows := readTable(t, filepath.Join(runFolderOf(t, 1), "discrepancies.csv"))
			if len(rows) != 1 || rows[0]["element"] != "PC_CAS" || (rows[0]["cause"] == "rate") != (c.element != "PC_CAS") {
				t.Errorf("of the contribution, says %v", rows)
			}
		})
	}
}

// replace changes one piece of a table, which must be there.
func replace(t *testing.T, path, from, to string) {
	t.Helper()
	rewrite(t, path, func(text string) string {
		if !strings.Contains(text, from) {
			t.Fatalf("%s no longer has %s", path, from)
		}
		return strings.Replace(text, from, to, 1)
	})
}

// TestAConventionOfAWholePopulationIsFoundAndSaid plants the same rounding on
// every payslip to which it applies.
func TestAConventionOfAWholePopulationIsFoundAndSaid(t *testing.T) {
	plan := filepath.Join(t.TempDir(), "plan.csv")
	if err := os.WriteFile(plan, []byte("cause;variant;per_mille\nrounding;residence;1000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ministry(t, 1500, 21, "--plant", plan)
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatalf("exits %d: %s", code, stderr)
	}
	notes := strings.Join(summaryOf(t, runFolderOf(t, 1)).Notes, "\n")
	if !strings.Contains(notes, "arrondi : ONP arrondit au centime le plus proche pour « Indemnité de résidence »") || strings.Contains(notes, "arrondi : PSOP") {
		t.Errorf("the notes say: %s", notes)
	}
	rows := 0
	for _, r := range readTable(t, filepath.Join(runFolderOf(t, 1), "discrepancies.csv")) {
		if r["element"] != "INDEMNITE_RESIDENCE" {
			continue
		}
		if rows++; r["cause"] != "rounding" || r["rule"] != "rounding_convention" || r["at_fault"] != "unknown" {
			t.Errorf("%s says %s %s %s", r["matricule"], r["cause"], r["rule"], r["at_fault"])
		}
	}
	if rows < 100 {
		t.Fatalf("only %d centimes were planted", rows)
	}
}
