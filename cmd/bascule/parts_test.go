package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports/xlsx"
)

// TestEachPopulationHasItsOwnWorkbook: the parts hold all the gaps together, each
// those of its own agents and nothing of the others'.
func TestEachPopulationHasItsOwnWorkbook(t *testing.T) {
	ministry(t, 200, 5)
	for _, axis := range []string{"service", "wave"} {
		t.Setenv("BASCULE_SPLIT_BY", axis)
		if code, _, stderr := invoke(t, "run", "--force"); code != exitOpen {
			t.Fatalf("%s: code %d\n%s", axis, code, stderr)
		}
		folders, err := filepath.Glob("out/2013-12/run-*")
		if err != nil || len(folders) == 0 {
			t.Fatal(folders, err)
		}
		folder := folders[len(folders)-1]
		summary := summaryOf(t, folder)
		own := map[string]map[string]bool{} // matricules by population
		for _, row := range readTable(t, folder+"/discrepancies.csv") {
			if own[row[axis]] == nil {
				own[row[axis]] = map[string]bool{}
			}
			own[row[axis]][row["matricule"]] = true
		}
		checked := 0
		for _, c := range summary.Closing.Checks {
			if c.Name == "parts" && c.OK && c.Left == c.Right {
				checked++
			}
		}
		if checked != 3 || !summary.Closing.OK {
			t.Errorf("%s: %d sums of the parts are held against the run's, of 3", axis, checked)
		}
		parts, rows := 0, 0
		for _, o := range summary.Outputs {
			if !strings.HasPrefix(o.File, "parts/") {
				continue
			}
			parts++
			path := filepath.Join(folder, filepath.FromSlash(o.File))
			a, err := xlsx.ReadAnnotations(path, "")
			if err != nil {
				t.Fatal(err)
			}
			if a.Stamp.Axis != axis || own[a.Stamp.Value] == nil {
				t.Errorf("%s is stamped %+v", o.File, a.Stamp)
			}
			text := ""
			for name, sheet := range sheetsOf(t, path) {
				if name != "Lisez-moi" {
					text += sheet
				}
			}
			for value, agents := range own {
				for matricule := range agents {
					if value != a.Stamp.Value && !own[a.Stamp.Value][matricule] && strings.Contains(text, matricule) {
						t.Errorf("%s names an agent of %s", o.File, value)
					}
				}
			}
			for _, sheet := range []string{"Rejets", "Contrôles", "Correspondances"} {
				if _, there := sheetsOf(t, path)[sheet]; there {
					t.Errorf("%s has a sheet %s", o.File, sheet)
				}
			}
			read, err := xlsx.Sums(path, xlsx.Options{})
			if err != nil {
				t.Fatal(err)
			}
			rows += read.Rows("Écarts")
		}
		if parts != len(own) || parts < 2 || int64(rows) != summary.Discrepancies.Total {
			t.Errorf("%s: %d workbooks of %d gaps, want %d of %d", axis, parts, rows, len(own), summary.Discrepancies.Total)
		}
	}
}

func TestWorkbooksOfPopulationsHaveNamesOfTheirOwn(t *testing.T) {
	run := &reconcile.Run{ID: 7, Period: reconcile.NewPeriod(2013, 12)}
	var parts []sqlite.Part
	for _, value := range []string{"", "DDSP-13", "DDSP/13", "ddsp 13", "Préfecture de l'Aube", "../../etc", strings.Repeat("x", 60)} {
		parts = append(parts, sqlite.Part{Axis: "service", Value: value})
	}
	const stem = "ecarts-2013-12-run-0007-service-"
	want := []string{stem + "non-renseigne.xlsx", stem + "DDSP-13.xlsx", stem + "DDSP-13-2.xlsx", stem + "ddsp-13-3.xlsx", stem + "Prefecture-de-l-Aube.xlsx", stem + "etc.xlsx", stem + strings.Repeat("x", 40) + ".xlsx"}
	if diff := cmp.Diff(want, partNames(run, parts)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
