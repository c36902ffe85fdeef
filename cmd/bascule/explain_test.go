package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestExplainShowsAPairMadeByFallbackOnOnePage(t *testing.T) {
	ministry(t, 300, 4)
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatal(stderr)
	}
	matricule := ""
	for _, r := range readTable(t, "truth-2013-12.csv") {
		if r["kind"] == "identity" {
			matricule = r["matricule"]
		}
	}
	code, page, stderr := invoke(t, "explain", matricule)
	if code != 0 || strings.Count(page, "Agent A") != 1 {
		t.Errorf("exits %d, %d pages: %s%s", code, strings.Count(page, "Agent A"), stderr, page)
	}
	for _, want := range []string{"Identité à vérifier", "Net à payer", "PSOP", "ONP"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestExplainFindsAnAgentByAllHisNames(t *testing.T) {
	ministry(t, 60, 4)
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatal(stderr)
	}
	row := readTable(t, runFolderOf(t, 1)+"/discrepancies.csv")[0]
	_, byMatricule, _ := invoke(t, "explain", row["matricule"])
	_, byPseudonym, _ := invoke(t, "explain", row["agent"])
	if !strings.Contains(byMatricule, row["agent"]) || !strings.Contains(byPseudonym, row["agent"]) {
		t.Errorf("by matricule:\n%s\nby pseudonym:\n%s", byMatricule, byPseudonym)
	}
	if code, _, stderr := invoke(t, "explain", "nobody"); code != exitFailure || !strings.Contains(stderr, "matricule") || strings.Contains(stderr, "nobody") {
		t.Errorf("an unknown agent exits %d: %s", code, stderr)
	}
}

func TestExplainAsJSONShowsNoNIR(t *testing.T) {
	ministry(t, 60, 4)
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
		t.Fatal(stderr)
	}
	nirs := regexp.MustCompile(`(?m)^10(\d{13})`).FindAllStringSubmatch(readFile(t, psopFile), -1)
	row := readTable(t, runFolderOf(t, 1)+"/discrepancies.csv")[0]
	code, text, stderr := invoke(t, "explain", "--json", row["matricule"])
	for _, key := range []string{"explanation", "evidence", "pattern", "cluster", "cluster_agents", "effect"} {
		if !strings.Contains(text, `"`+key+`":`) {
			t.Errorf("no %s in %s", key, text)
		}
	}
	if code != 0 || !strings.Contains(text, row["fingerprint"]) || len(nirs) < 50 {
		t.Fatalf("exits %d: %s%s", code, stderr, text)
	}
	for _, nir := range nirs {
		if strings.Contains(text, nir[1]) {
			t.Fatal("a NIR is shown")
		}
	}
}
