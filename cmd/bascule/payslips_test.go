package main

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// payslipsIn reads what the sheet of payslips of a workbook heads and closes by.
func payslipsIn(t *testing.T, book, sheet string) (agents []string, closed, open int) {
	t.Helper()
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		switch {
		case len(row) == 0:
		case strings.HasPrefix(row[0], "✔ Bouclé"), strings.HasPrefix(row[0], "✔ Closed"):
			closed++
		case strings.HasPrefix(row[0], "✘"):
			open++
		default:
			if _, title, found := strings.Cut(row[0], " — A"); found && strings.HasPrefix(row[0], "Bulletin ") || found && strings.HasPrefix(row[0], "Payslip ") {
				agent, _, _ := strings.Cut(title, " ")
				agents = append(agents, "A"+agent)
			}
		}
	}
	return agents, closed, open
}

// heaviest are the agents of the open roots of a list that weigh most on the net,
// with what derives from each, as anyone may add it up from discrepancies.csv.
func heaviest(t *testing.T, rows []map[string]string, limit int) map[string]bool {
	t.Helper()
	effect, root := map[string]int64{}, map[string]map[string]string{}
	for _, r := range rows {
		of := cmp.Or(r["root"], r["fingerprint"])
		if r["sense"] != "I" {
			effect[of] += cents(t, r["delta"])
		}
		if r["root"] == "" && (r["status"] == "open" || strings.HasPrefix(r["status"], "to_fix")) {
			root[r["fingerprint"]] = r
		}
	}
	agents := map[string]int64{}
	for fingerprint, r := range root {
		agents[r["agent"]] = max(agents[r["agent"]], max(effect[fingerprint], -effect[fingerprint]))
	}
	var order []string
	for a := range agents {
		order = append(order, a)
	}
	slices.SortFunc(order, func(x, y string) int { return cmp.Or(cmp.Compare(agents[y], agents[x]), cmp.Compare(x, y)) })
	least := agents[order[min(limit, len(order))-1]]
	chosen := map[string]bool{}
	for _, a := range order {
		if agents[a] > least {
			chosen[a] = true
		}
	}
	return chosen
}

// TestTheLargestPayslipsAreThoseOfTheHeaviestRootsAndAllClose: whatever differs,
// the gaps of each payslip shown are all of its difference.
func TestTheLargestPayslipsAreThoseOfTheHeaviestRootsAndAllClose(t *testing.T) {
	for _, seed := range []int{5, 23} {
		ministry(t, 400, seed)
		mustExit(t, exitOpen, "run")
		folder := runFolderOf(t, 1)
		agents, closed, open := payslipsIn(t, folder+"/ecarts-2013-12-run-0001.xlsx", "Bulletins")
		if len(agents) != 12 || closed != 12 || open != 0 {
			t.Errorf("seed %d: %d payslips, %d close and %d do not", seed, len(agents), closed, open)
		}
		for a := range heaviest(t, readTable(t, folder+"/discrepancies.csv"), 12) {
			if !slices.Contains(agents, a) {
				t.Errorf("seed %d: %s has a heavier root than one shown, of %v", seed, a, agents)
			}
		}
		if once := slices.Compact(slices.Sorted(slices.Values(agents))); len(once) != len(agents) {
			t.Errorf("seed %d: a payslip is shown twice: %v", seed, agents)
		}
		t.Setenv("BASCULE_REPORT_PAYSLIPS", "200")
		mustExit(t, exitOpen, "report", "--run", "1", "--lang", "en")
		if all, closed, open := payslipsIn(t, folder+"/ecarts-2013-12-run-0001.xlsx", "Payslips"); len(all) < 13 || closed != len(all) || open != 0 || !slices.Equal(all[:12], agents) {
			t.Errorf("seed %d: of %d payslips %d close and %d do not; %v come first, %v before", seed, len(all), closed, open, all[:min(12, len(all))], agents)
		}
		t.Setenv("BASCULE_REPORT_PAYSLIPS", "0")
		mustExit(t, exitOpen, "report", "--run", "1")
		if _, there := sheetsOf(t, folder+"/ecarts-2013-12-run-0001.xlsx")["Bulletins"]; there {
			t.Errorf("seed %d: none is asked for, and the sheet is there", seed)
		}
		t.Setenv("BASCULE_REPORT_PAYSLIPS", "12")
	}
}
