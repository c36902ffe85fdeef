package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports/xlsx"
)

// TestEachPopulationHasItsOwnWorkbook: the parts hold all the gaps together, each
// those of its own agents and nothing of the others'.
func TestEachPopulationHasItsOwnWorkbook(t *testing.T) {
	if elsewhere(t) {
		return
	}
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
			_, a, err := annotationsIn(path, "", func(string) bool { return false })
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

// TestPartsAreImportedTogether: a decision on a cluster, in the workbook of a
// population, holds for that population alone; those of all come back at once.
func TestPartsAreImportedTogether(t *testing.T) {
	ministry(t, 200, 5)
	t.Setenv("BASCULE_SPLIT_BY", "wave")
	mustExit(t, exitOpen, "run")
	books := func(run int) map[string]string {
		byWave := map[string]string{}
		for _, o := range summaryOf(t, runFolderOf(t, run)).Outputs {
			if strings.HasPrefix(o.File, "parts/") {
				path := filepath.Join(runFolderOf(t, run), filepath.FromSlash(o.File))
				_, a, err := annotationsIn(path, "", func(string) bool { return false })
				if err != nil {
					t.Fatal(err)
				}
				byWave[a.Stamp.Value] = path
			}
		}
		return byWave
	}
	rows := readTable(t, runFolderOf(t, 1)+"/discrepancies.csv")
	first := books(1)
	decided := map[string]string{} // cluster decided, by wave
	for _, wave := range []string{"V2", "V3"} {
		decided[wave] = decideFirstCluster(t, first[wave], "Référence "+wave)
	}
	mustExit(t, 0, "review", "import", first["V2"], first["V3"])
	mustExit(t, exitOpen, "run")
	if n := len(readTable(t, runFolderOf(t, 2)+"/discrepancies.csv")); n != len(rows) {
		t.Fatalf("%d gaps, then %d", len(rows), n)
	}
	carried := map[string]map[string]int{}
	for _, row := range readTable(t, runFolderOf(t, 2)+"/discrepancies.csv") {
		if row["decision"] != "" && strings.HasPrefix(row["decision"], "D-") {
			if carried[row["decision"]] == nil {
				carried[row["decision"]] = map[string]int{}
			}
			carried[row["decision"]][row["wave"]]++
		}
	}
	for ref, wave := range map[string]string{"D-1": "V2", "D-2": "V3"} {
		if len(carried[ref]) != 1 || carried[ref][wave] == 0 {
			t.Errorf("%s, of %s, is carried to %v", ref, wave, carried[ref])
		}
	}
	for wave, path := range books(2) {
		_, a, err := annotationsIn(path, "", func(string) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		var shown []string
		for i := range a.Rows {
			if r := &a.Rows[i]; r.Cluster {
				shown = append(shown, r.Text("cluster")+" "+r.Text("review_decision")+" "+r.Text("review_status"))
			}
		}
		var want []string
		if decided[wave] != "" {
			want = []string{decided[wave] + " Référence " + wave + " Justifié"}
		}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("%s shows of its clusters (-want +got)\n%s", wave, diff)
		}
	}
}

// decideFirstCluster fills the row of the first cluster of a workbook, and tells
// which it is.
func decideFirstCluster(t *testing.T, path, reference string) string {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Grappes")
	if err != nil {
		t.Fatal(err)
	}
	const header, row = 5, 6 // from 0
	cluster := ""
	texts := map[string]string{"Statut": "Justifié", "Motif": "Arrondi admis", "Décision": reference, "Valideur": "Alice Renard", "Visa": "Bruno Leduc"}
	for i, name := range rows[header] {
		if name == "Grappe" {
			cluster = rows[row][i]
		}
		cell, err := excelize.CoordinatesToCellName(i+1, row+1)
		if err != nil {
			t.Fatal(err)
		}
		if text := texts[name]; text != "" {
			if err := f.SetCellValue("Grappes", cell, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	return cluster
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
