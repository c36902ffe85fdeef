package reports_test

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
	"bascule/reports"
	"bascule/reports/xlsx"
)

// publish writes the workbook of d and reopens it.
func publish(t *testing.T, d *reports.Data) (*excelize.File, xlsx.Result) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ecarts.xlsx")
	result, err := xlsx.Write(path, reports.Ecarts(d), xlsx.Options{Creator: "bascule", Created: time.Date(2013, 12, 21, 2, 15, 0, 0, time.UTC)})
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

func TestTheWorkbookHasTheSheetsOfTheContract(t *testing.T) {
	for _, c := range []struct {
		lang  string
		names []string
	}{
		{"fr", []string{"Synthèse", "Causes", "Grappes", "Écarts", "Absents", "Analyse", "Agrégats", "Correspondances", "Rejets", "Contrôles", "Lisez-moi"}},
		{"en", []string{"Summary", "Causes", "Clusters", "Gaps", "Missing", "Analysis", "Aggregates", "Mappings", "Rejects", "Checks", "Read me"}},
	} {
		file, _ := publish(t, invented(12, c.lang))
		if got := file.GetSheetList(); !slices.Equal(got, c.names) {
			t.Errorf("%s: %q", c.lang, got)
		}
	}
}

func TestTheWorkbookAddsUpToTheRun(t *testing.T) {
	d := invented(300, "fr")
	_, result := publish(t, d)
	want := d.Run.Summary.Discrepancies
	for _, c := range []struct {
		sheet, column string
		want          reconcile.Amount
	}{
		{"Écarts", "delta_net", want.Delta}, {"Écarts", "delta_information", want.DeltaInformation},
		{"Causes", "delta_net", want.Delta}, {"Causes", "delta_information", want.DeltaInformation}, {"Causes", "absolute", want.Absolute},
	} {
		if got, ok := result.Sum(c.sheet, c.column); !ok || got != c.want {
			t.Errorf("%s, %s: %v, the run says %v", c.sheet, c.column, got, c.want)
		}
	}
	if got := result.Rows("Écarts"); int64(got) != want.Total {
		t.Errorf("Écarts has %d rows for %d gaps", got, want.Total)
	}
}

func TestARunWithoutGapsSaysSoInWords(t *testing.T) {
	file, result := publish(t, nothing("fr"))
	for _, c := range []struct{ sheet, words string }{
		{"Synthèse", "Aucun écart : les deux payes sont identiques"}, {"Causes", "Aucun écart."}, {"Grappes", "Aucune grappe."}, {"Écarts", "Aucun écart."},
		{"Absents", "Aucun bulletin absent"}, {"Correspondances", "Aucun code."}, {"Rejets", "Aucun rejet"},
	} {
		if text := sheetText(t, file, c.sheet); !strings.Contains(text, c.words) {
			t.Errorf("%s does not say %q:\n%s", c.sheet, c.words, text)
		}
		if tables, err := file.GetTables(c.sheet); err != nil || len(tables) > 0 {
			t.Errorf("%s has an empty table: %v %v", c.sheet, tables, err)
		}
		if n := result.Rows(c.sheet); n != 0 {
			t.Errorf("%s: %d rows", c.sheet, n)
		}
	}
}

func TestTheVerdictIsToldInWords(t *testing.T) {
	justified := invented(20, "fr")
	justified.Run.Summary.Discrepancies.Open = 0
	open := invented(20, "fr")
	decided := invented(20, "fr")
	for i := range decided.Causes {
		if c := &decided.Causes[i]; c.Kind == reconcile.MissingInONP {
			c.Status = reconcile.StatusJustified
		}
	}
	false_ := invented(20, "fr")
	false_.Run.Summary.Closing.OK = false
	failing := invented(20, "fr")
	failing.Run.Summary.Closing.Checks[3].OK = false
	for _, c := range []struct {
		data          *reports.Data
		sheet, words  string
		reason        string
		alsoOnSummary string
	}{
		{open, "Synthèse", "✘ 14 écarts ouverts à traiter : 7 bulletins différents, 1 absent côté ONP.", "open gaps", "Bouclage exact"},
		{decided, "Synthèse", "✘ 14 écarts ouverts à traiter : 7 bulletins différents.", "a missing payslip that is justified is not to be treated", "Sans écart ouvert : tolérés, justifiés"},
		{justified, "Synthèse", "✔ Aucun écart ouvert : 20 écarts au total", "all decided", "Bouclage exact"},
		{false_, "Synthèse", "✘ Bouclage faux : les écarts n'expliquent pas", "a false closing silences all else", "Bouclage faux"},
		{failing, "Contrôles", "✘ faux", "one false equality is shown", ""},
	} {
		file, _ := publish(t, c.data)
		text := sheetText(t, file, c.sheet)
		if !strings.Contains(text, c.words) || !strings.Contains(text, c.alsoOnSummary) {
			t.Errorf("%s: %s does not say %q\n%s", c.reason, c.sheet, c.words, text)
		}
	}
}

func TestTheReviewerFillsSixColumnsAndNoOther(t *testing.T) {
	file, _ := publish(t, invented(30, "fr"))
	rows, err := file.GetRows("Écarts")
	if err != nil {
		t.Fatal(err)
	}
	const header = 6
	columns := rows[header-1]
	if got, want := columns[len(columns)-6:], []string{"Statut", "Motif", "Décision", "Valideur", "Visa", "Commentaire"}; !slices.Equal(got, want) {
		t.Errorf("the reviewer's columns are %q", got)
	}
	for i, name := range columns {
		if locked, input := lockedAt(t, file, "Écarts", i+1, header+1), i >= len(columns)-6; locked == input {
			t.Errorf("column %s: locked %v", name, locked)
		}
	}
	validations, err := file.GetDataValidations("Écarts")
	if err != nil || len(validations) != 1 || validations[0].Formula1 != "Statuts" || validations[0].Sqref != "AI7:AI36" {
		t.Fatalf("the drop-down: %+v %v", validations, err)
	}
	for _, name := range file.GetDefinedName() {
		if name.Name != "Statuts" {
			continue
		}
		if got := listed(t, file, name.RefersTo); !slices.Equal(got, []string{"Ouvert", "À corriger PSOP", "À corriger ONP", "À corriger SIRH", "Justifié", "Accepté"}) {
			t.Errorf("the list %s holds %q", name.RefersTo, got)
		}
		return
	}
	t.Error("the list of statuses is not defined")
}

func TestNamesOffLeavesNoName(t *testing.T) {
	d := invented(30, "fr")
	d.ShowNames = false
	file, _ := publish(t, d)
	for _, sheet := range file.GetSheetList() {
		if text := sheetText(t, file, sheet); strings.Contains(text, "DUPONT") || strings.Contains(text, "Camille") || strings.Contains(text, "MARTIN") {
			t.Errorf("%s shows a name", sheet)
		}
	}
}

func TestANameLikeAFormulaIsText(t *testing.T) {
	file, _ := publish(t, invented(30, "fr"))
	const cell = "C22" // the sixth agent
	value, err := file.GetCellValue("Écarts", cell)
	if err != nil || !strings.HasPrefix(value, "=HYPERLINK") {
		t.Fatalf("%s holds %q %v: the test looks at the wrong cell", cell, value, err)
	}
	if formula, err := file.GetCellFormula("Écarts", cell); err != nil || formula != "" {
		t.Errorf("%s is a formula: %q %v", cell, formula, err)
	}
}

func TestABrokenListPublishesNothing(t *testing.T) {
	folder := t.TempDir()
	if _, err := xlsx.Write(filepath.Join(folder, "e.xlsx"), reports.Ecarts(broken(invented(10, "fr"))), xlsx.Options{}); !errors.Is(err, errBroken) {
		t.Errorf("%v, wanted %v", err, errBroken)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestTheSummaryAndTheDetailCountAlike(t *testing.T) {
	d := invented(300, "fr")
	var counted int64
	for i := range d.Causes {
		counted += d.Causes[i].Count
	}
	file, result := publish(t, d)
	if int64(result.Rows("Écarts")) != counted || counted != d.Run.Summary.Discrepancies.Total {
		t.Errorf("Écarts %d, Causes %d, summary %d", result.Rows("Écarts"), counted, d.Run.Summary.Discrepancies.Total)
	}
	if result.Rows("Absents") != 3 {
		t.Errorf("Absents has %d rows for 3 missing payslips", result.Rows("Absents"))
	}
	if text := sheetText(t, file, "Correspondances"); strings.Index(text, "202206") > strings.Index(text, "101000") {
		t.Error("the unmapped code does not stand first")
	}
}

// shownRows are the cells of a sheet as a reader formats them, without the blank
// that keeps figures off the edge of their column.
func shownRows(t *testing.T, file *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := file.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for i := range row {
			row[i] = strings.TrimRight(row[i], " ")
		}
	}
	return rows
}

func sheetText(t *testing.T, file *excelize.File, sheet string) string {
	t.Helper()
	var b strings.Builder
	for _, row := range shownRows(t, file, sheet) {
		b.WriteString(strings.Join(row, "|") + "\n")
	}
	return b.String()
}

func lockedAt(t *testing.T, file *excelize.File, sheet string, col, row int) bool {
	t.Helper()
	cell, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		t.Fatal(err)
	}
	id, err := file.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := file.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return style.Protection == nil || style.Protection.Locked
}

// listed are the values of a reference like 'Sheet'!$A$1:$A$3.
func listed(t *testing.T, file *excelize.File, reference string) []string {
	t.Helper()
	sheet, cells, _ := strings.Cut(reference, "!")
	from, to, _ := strings.Cut(strings.ReplaceAll(cells, "$", ""), ":")
	col, first, err1 := excelize.CellNameToCoordinates(from)
	_, last, err2 := excelize.CellNameToCoordinates(to)
	if err1 != nil || err2 != nil {
		t.Fatalf("%s: %v %v", reference, err1, err2)
	}
	var values []string
	for row := first; row <= last; row++ {
		cell, err := excelize.CoordinatesToCellName(col, row)
		if err != nil {
			t.Fatal(err)
		}
		value, err := file.GetCellValue(strings.Trim(sheet, "'"), cell)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	return values
}

// TestAListThatTakesSeveralSheetsSaysSo: in figures that are those of the file.
func TestAListThatTakesSeveralSheetsSaysSo(t *testing.T) {
	for _, n := range []int{58, 59, 117} {
		d := invented(n, "fr")
		d.SheetRows = 64
		path := filepath.Join(t.TempDir(), "ecarts.xlsx")
		if _, err := xlsx.Write(path, reports.Ecarts(d), xlsx.Options{SheetRows: 64}); err != nil {
			t.Fatal(err)
		}
		file, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sheets := 0
		for _, name := range file.GetSheetList() {
			if strings.HasPrefix(name, "Écarts") {
				sheets++
			}
		}
		words := fmt.Sprintf("La liste tient sur %d feuilles", sheets)
		for _, sheet := range []string{"Synthèse", "Écarts"} {
			if says := strings.Contains(sheetText(t, file, sheet), words); says != (sheets > 1) {
				t.Errorf("%d gaps on %d sheets: %s says %q: %v", n, sheets, sheet, words, says)
			}
		}
		if last, err := file.GetDataValidations(fmt.Sprintf("Écarts (%d)", sheets)); sheets > 1 && (err != nil || len(last) != 1) {
			t.Errorf("the drop-down of the last sheet: %v %v", last, err)
		}
		must(t, file.Close())
	}
}

// TestDerivedGapsStandUnderTheirRoot: and bear the number of its cluster, so that
// a filter on it shows all of it.
func TestDerivedGapsStandUnderTheirRoot(t *testing.T) {
	d := invented(30, "fr")
	var listed []*reconcile.Discrepancy
	for x := range d.Discrepancies() {
		if x.Root == "" {
			x.Cluster = d.Clusters[1].ID
		}
		listed = append(listed, x)
	}
	orphan := *listed[1]
	orphan.Fingerprint, orphan.Root = "f000000000000001", "f000000000000000"
	listed = append(listed, &orphan)
	d.Discrepancies = func() iter.Seq2[*reconcile.Discrepancy, error] { return each(listed, nil) }
	table := reports.Ecarts(d).Sheets[3].Table
	at := func(key string) int {
		return slices.IndexFunc(table.Columns, func(c reports.Column) bool { return c.Key == key })
	}
	i, linked := 0, 0
	for row, err := range table.Rows {
		must(t, err)
		under := listed[i].Root != "" && listed[i].Root == listed[max(0, i-1)].Fingerprint
		level, rank := "Racine", int64(2)
		if listed[i].Root != "" {
			level = "↳ Dérivé"
		}
		if i == len(listed)-1 {
			rank = 0
		}
		if got := row[at("cluster_rank")]; (row[0].Level == 1) != under || row[at("level")].Text != level || got.N != rank {
			t.Errorf("row %d: level %d, %q, cluster %d; wanted under %v, %q, %d", i, row[0].Level, row[at("level")].Text, got.N, under, level, rank)
		} else if got.Link != "" {
			linked++
		}
		i++
	}
	if i != len(listed) || linked != 1 {
		t.Errorf("%d rows of %d, %d links to the one cluster", i, len(listed), linked)
	}
}
