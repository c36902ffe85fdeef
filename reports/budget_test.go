package reports_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
	"bascule/reports"
	"bascule/reports/xlsx"
)

func publishBudget(t *testing.T, d *reports.BudgetData, name string) (*excelize.File, xlsx.Result) {
	t.Helper()
	folder := t.TempDir()
	if keep := os.Getenv("BASCULE_BUDGET_FOLDER"); keep != "" { // to look at them
		folder = keep
	}
	path := filepath.Join(folder, "budget-"+name+".xlsx")
	result, err := xlsx.Write(path, reports.Budget(d), xlsx.Options{Creator: "bascule"})
	if err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file, result
}

func TestTheBudgetHasTheSheetsOfTheContractWhateverItHolds(t *testing.T) {
	for _, c := range []struct {
		lang  string
		names []string
	}{
		{"fr", []string{"Synthèse", "Masse salariale", "Programmes", "Trajectoire", "Projet AE-CP", "Chantiers", "Valeur", "Contrôles"}},
		{"en", []string{"Summary", "Payroll mass", "Programmes", "Trajectory", "Project AE-CP", "Workstreams", "Value", "Checks"}},
	} {
		for _, of := range []struct {
			name string
			data *reports.BudgetData
		}{
			{"nothing", payroll(0, c.lang)}, {"nothing-reckoned", reckoned(payroll(0, c.lang), false)}, {"one", payroll(1, c.lang)}, {"one-reckoned", reckoned(payroll(1, c.lang), false)},
			{"three", reckoned(payroll(3, c.lang), true)}, {"twenty", reckoned(payroll(20, c.lang), true)},
		} {
			file, _ := publishBudget(t, of.data, of.name+"-"+c.lang)
			if got := file.GetSheetList(); !slices.Equal(got, c.names) {
				t.Errorf("%s, %s: %q", c.lang, of.name, got)
			}
			for _, sheet := range c.names {
				if text := sheetText(t, file, sheet); strings.Count(strings.TrimSpace(text), "\n") < 3 {
					t.Errorf("%s, %s: the sheet %s is blank:\n%s", c.lang, of.name, sheet, text)
				}
			}
			if text := sheetText(t, file, c.names[len(c.names)-1]); strings.Contains(text, "✘") {
				t.Errorf("%s, %s: a false equality\n%s", c.lang, of.name, text)
			}
		}
	}
}

// bookText is what a workbook shows, sheet by sheet, cells as a reader formats them.
func bookText(t *testing.T, file *excelize.File) string {
	t.Helper()
	var b strings.Builder
	for _, sheet := range file.GetSheetList() {
		fmt.Fprintf(&b, "# %s\n%s\n", sheet, sheetText(t, file, sheet))
	}
	return b.String()
}

func TestTheBudgetReadsAsItWasAgreed(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		file, _ := publishBudget(t, reckoned(payroll(3, lang), true), "golden-"+lang)
		got := bookText(t, file)
		golden := filepath.Join("testdata", "budget."+lang+".txt")
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			beside := filepath.Join(os.TempDir(), "budget."+lang+".txt")
			if err := os.WriteFile(beside, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s differs from %s (-want +got)\n%s", golden, beside, diff)
		}
	}
}

func TestTheRowsOfTheMassAddUpToTheRun(t *testing.T) {
	for _, n := range []int{0, 1, 2, 20} {
		d := payroll(n, "fr")
		_, result := publishBudget(t, d, "sums")
		want := map[string]reconcile.Amount{}
		for i := range d.Lines {
			l := &d.Lines[i]
			want["mass_legacy"], want["mass_onp"], want["delta"] = want["mass_legacy"]+l.Legacy, want["mass_onp"]+l.ONP, want["delta"]+l.ONP-l.Legacy
		}
		for i := range d.Gaps {
			want["judged_"+string(d.Gaps[i].Judged)] += d.Gaps[i].Delta
		}
		want["mass_transfers"] = 0
		for column, sum := range want {
			if got, ok := result.Sum("Masse salariale", column); !ok || got != sum {
				t.Errorf("%d programmes, %s: %v, wanted %v", n, column, got, sum)
			}
		}
		for column, as := range map[string]string{"mass_legacy": "mass_legacy", "mass_onp": "mass_onp", "delta": "delta"} {
			if got, ok := result.Sum("Programmes", column); !ok || got != want[as] {
				t.Errorf("%d programmes, sheet Programmes, %s: %v, wanted %v", n, column, got, want[as])
			}
		}
	}
}

func TestLongNamesAreCutNowhereThatMatters(t *testing.T) {
	d := reckoned(payroll(2, "fr"), true)
	long := strings.TrimSpace(strings.Repeat("DIRECTION DÉPARTEMENTALE DE LA SÉCURITÉ PUBLIQUE ", 3))
	for i := range d.Lines {
		d.Lines[i].Service, d.Lines[i].BOP = long, long
	}
	d.Figures.Project.Workstreams[1].Label = long
	d.Figures.Project.Commitments[0].Third, d.Figures.Project.Commitments[0].Label = long, long
	file, _ := publishBudget(t, d, "long")
	if text := sheetText(t, file, "Masse salariale"); strings.Count(text, long) != 2*len(d.Lines) {
		t.Error("the list does not hold the whole name of a service or of a BOP")
	}
}

func TestABudgetThatDoesNotCloseSaysSo(t *testing.T) {
	for _, c := range []struct {
		reason string
		change func(*reports.BudgetData)
	}{
		{"a row was lost", func(d *reports.BudgetData) { d.Lines = d.Lines[1:] }},
		{"the run's own closing is false", func(d *reports.BudgetData) { d.Run.Summary.Closing.OK = false }},
		{"the figures of the year are not the run's", func(d *reports.BudgetData) { d.Figures.Effect.Months[len(d.Figures.Effect.Months)-1].Delta++ }},
		{"the credits are not those that were imported", func(d *reports.BudgetData) { d.Imported.Credits[0].CP++ }},
	} {
		d := reckoned(payroll(3, "fr"), true)
		c.change(d)
		file, _ := publishBudget(t, d, "false")
		for _, sheet := range []string{"Synthèse", "Contrôles"} {
			if text := sheetText(t, file, sheet); !strings.Contains(text, "Le budget ne boucle pas") {
				t.Errorf("%s: %s does not say it", c.reason, sheet)
			}
		}
	}
}

func TestWhatWasNotImportedIsToldAndHowToImportIt(t *testing.T) {
	file, _ := publishBudget(t, reckoned(payroll(2, "fr"), false), "alone")
	for _, sheet := range []string{"Trajectoire", "Projet AE-CP", "Chantiers", "Valeur", "Contrôles"} {
		if text := sheetText(t, file, sheet); !strings.Contains(text, "bascule budget import") {
			t.Errorf("%s does not say how to import:\n%s", sheet, text)
		}
	}
}
