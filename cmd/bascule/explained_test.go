package main

import (
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"testing"
)

// The long campaign: go test ./cmd/bascule -run Explanation -campaign -timeout 30m -v
var campaign = flag.Bool("campaign", false, "judge the explanation on 50,000 agents a seed instead of 4,000")

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
