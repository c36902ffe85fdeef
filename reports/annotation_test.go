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

	"bascule/reports"
	"bascule/reports/xlsx"
)

// readAnnotations reads back the workbook of a path.
func readAnnotations(path, password string) (*reports.Annotated, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return xlsx.ReadAnnotations(file, password)
}

// edit opens a workbook, lets a reviewer change it and saves it.
func edit(t testing.TB, path string, o excelize.Options, change func(*excelize.File)) {
	t.Helper()
	file, err := excelize.OpenFile(path, o)
	if err != nil {
		t.Fatal(err)
	}
	change(file)
	if err := file.Save(o); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// column is the letters of the column of a header of row 6.
func column(t testing.TB, file *excelize.File, sheet, header string) string {
	t.Helper()
	for i := 1; i < 60; i++ {
		name, err := excelize.ColumnNumberToName(i)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := file.GetCellValue(sheet, name+"6"); err == nil && text == header {
			return name
		}
	}
	t.Fatalf("%s has no column %s", sheet, header)
	return ""
}

func set(t testing.TB, file *excelize.File, sheet, header string, row int, value any) {
	t.Helper()
	if err := file.SetCellValue(sheet, fmt.Sprintf("%s%d", column(t, file, sheet, header), row), value); err != nil {
		t.Fatal(err)
	}
}

func TestWhatReviewersWroteIsReadBack(t *testing.T) {
	for _, c := range []struct{ lang, gaps, clusters, status, reason string }{
		{"fr", "Écarts", "Grappes", "Statut", "Motif"}, {"en", "Gaps", "Clusters", "Status (review)", "Reason"},
	} {
		path := written(t, decided(30, c.lang), xlsx.Options{})
		edit(t, path, excelize.Options{}, func(file *excelize.File) {
			set(t, file, c.gaps, c.status, 9, "  Justifié ")
			set(t, file, c.gaps, c.reason, 12, 12.5)
			set(t, file, c.clusters, c.status, 7, "Accepté")
		})
		a, err := readAnnotations(path, "")
		if err != nil {
			t.Fatal(err)
		}
		if want := (reports.Stamp{Database: "0123456789ab", Run: 7, Lang: c.lang}); a.Stamp != want {
			t.Errorf("%s: stamp %+v, want %+v", c.lang, a.Stamp, want)
		}
		if want := 30 + len(decided(30, c.lang).Clusters); a.Read != want {
			t.Errorf("%s: %d rows read, want %d", c.lang, a.Read, want)
		}
		var got []string
		for i := range a.Rows {
			r := &a.Rows[i]
			got = append(got, strings.Join([]string{r.At("review_status"), fmt.Sprint(r.Cluster), r.Text("fingerprint") + r.Text("cluster"), r.Text("review_status"), r.Text("review_reason")}, "|"))
		}
		justified, accepted, admitted := "Justifié", "Accepté", "Arrondi admis"
		if c.lang == "en" {
			justified, accepted, admitted = "Justified", "Accepted", "Rounding admitted"
		}
		want := []string{
			c.clusters + "!Z7|true|g-001|Accepté|",
			c.clusters + "!Z8|true|g-002|" + accepted + "|RETIRE",
			c.gaps + "!AI7|false|" + inventedGap(0).Fingerprint + "|" + justified + "|" + admitted,
			c.gaps + "!AI9|false|" + inventedGap(2).Fingerprint + "|Justifié|",
			c.gaps + "!AI12|false|" + inventedGap(5).Fingerprint + "|" + accepted + "|12.5",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.lang, diff)
		}
	}
}

func TestTheStateThatTheReviewerSawIsReadBack(t *testing.T) {
	d := decided(30, "fr")
	d.Clusters[1].Low, d.Clusters[1].High = -150, 4_200
	a, err := readAnnotations(written(t, d, xlsx.Options{}), "")
	if err != nil {
		t.Fatal(err)
	}
	cluster, gap := &a.Rows[0], &a.Rows[1]
	for _, c := range []struct {
		row       *reports.Annotation
		key, want string
	}{
		{cluster, "cluster", "g-002"}, {cluster, "cause", "Taux ou barème"}, {cluster, "roots", fmt.Sprint(d.Clusters[1].Count)}, {cluster, "low", "-1.50"}, {cluster, "high", "42.00"},
		{cluster, "absolute", d.Clusters[1].Absolute.String()},
		{gap, "agent", d.Agent(inventedGap(0).Key)}, {gap, "matricule", "0004000000"}, {gap, "element", "TRAITEMENT"}, {gap, "kind", "Montant différent"},
		{gap, "delta", "-26.82"}, {gap, "delta_net", "-26.82"}, {gap, "delta_information", "0.00"}, {gap, "decision", "D-1"},
		{gap, "review_author", "A. Renard"}, {gap, "review_visa", "B. Leduc"}, {gap, "review_comment", "vu, =SUM(A1)"}, {gap, "review_decision", "PV-2013-04"},
	} {
		if got := c.row.Text(c.key); got != c.want {
			t.Errorf("%s: %q, want %q", c.key, got, c.want)
		}
	}
	if amount, err := gap.Amount("delta"); err != nil || !amount.Set || amount.Amount != -2_682 {
		t.Errorf("the amount of the gap: %+v %v", amount, err)
	}
}

func TestAStampSurvivesAProgramThatDropsProperties(t *testing.T) {
	path := written(t, decided(12, "fr"), xlsx.Options{})
	edit(t, path, excelize.Options{}, func(file *excelize.File) {
		for _, name := range []string{"bascule-repere", "bascule-plan"} {
			if err := file.SetCustomProps(excelize.CustomProperty{Name: name}); err != nil {
				t.Fatal(err)
			}
		}
	})
	a, err := readAnnotations(path, "")
	if err != nil || a.Stamp.Run != 7 || a.Stamp.Database != "0123456789ab" {
		t.Errorf("%+v %v", a, err)
	}
}

func TestAStampIsCleanAndComesBack(t *testing.T) {
	for _, value := range []string{"a\u202eb", "c\u0085d\x7f", "DDSP-13", "\ufeff\u200f", "<é&\">"} {
		stamp := reports.Stamp{Database: "0123456789ab", Run: 7, Lang: "fr", Axis: "service", Value: value}
		text := stamp.String()
		if reports.Clean(text) != text {
			t.Errorf("%q is not clean", text)
		}
		if back, ok := reports.ParseStamp(text); !ok || back != stamp {
			t.Errorf("%q comes back as %+v", value, back)
		}
	}
}

func TestAStampFitsWhatExcelKeeps(t *testing.T) {
	long := reports.Stamp{Database: "0123456789ab", Run: 1_000_000, Lang: "fr", Axis: "programme", Value: strings.Repeat("Préfecture \"de\" l'Été ", 20)}
	text := long.String()
	if len(text) >= 255 {
		t.Errorf("%d bytes", len(text))
	}
	back, ok := reports.ParseStamp(text)
	if !ok || back.Database != long.Database || back.Run != long.Run || !strings.HasPrefix(long.Value, strings.TrimSuffix(back.Value, "…")) {
		t.Errorf("%+v %v", back, ok)
	}
	for _, foreign := range []string{"", "repere", "repere {}", `{"run":3}`, `repere {"run":"3"}`} {
		if s, ok := reports.ParseStamp(foreign); ok {
			t.Errorf("%q is read as %+v", foreign, s)
		}
	}
}

func TestRowsAreFoundWhereverTheyWereMoved(t *testing.T) {
	for _, c := range []struct {
		reason string
		change func(*testing.T, *excelize.File)
		at     string // of the status of the first gap
		rows   int
	}{
		{"rows above the header", func(t *testing.T, f *excelize.File) { must(t, f.InsertRows("Écarts", 2, 3)) }, "Écarts!AI10", 2},
		{"a column of the reviewer's own in front", func(t *testing.T, f *excelize.File) { must(t, f.InsertCols("Écarts", "A", 1)) }, "Écarts!AJ7", 2},
		{"a column deleted", func(t *testing.T, f *excelize.File) { must(t, f.RemoveCol("Écarts", column(t, f, "Écarts", "Nom"))) }, "Écarts!AH7", 2},
		{"a row deleted", func(t *testing.T, f *excelize.File) { must(t, f.RemoveRow("Écarts", 12)) }, "Écarts!AI7", 1},
		{"a renamed sheet", func(t *testing.T, f *excelize.File) { must(t, f.SetSheetName("Écarts", "À voir avec M. X")) }, "À voir avec M. X!AI7", 2},
		{"a header on two lines, in capitals", func(t *testing.T, f *excelize.File) {
			set(t, f, "Écarts", "Décision reconduite", 6, "DÉCISION\nRECONDUITE")
		}, "Écarts!AI7", 2},
		{"an English header in a French workbook", func(t *testing.T, f *excelize.File) { set(t, f, "Écarts", "Motif", 6, "Reason") }, "Écarts!AI7", 2},
		{"the other sheets deleted", func(t *testing.T, f *excelize.File) {
			for _, sheet := range []string{"Synthèse", "Causes", "Absents", "Correspondances", "Rejets", "Contrôles"} {
				must(t, f.DeleteSheet(sheet))
			}
		}, "Écarts!AI7", 2},
	} {
		path := written(t, decided(30, "fr"), xlsx.Options{})
		edit(t, path, excelize.Options{}, func(f *excelize.File) { c.change(t, f) })
		a, err := readAnnotations(path, "")
		if err != nil {
			t.Errorf("%s: %v", c.reason, err)
			continue
		}
		var gaps []reports.Annotation
		for _, r := range a.Rows {
			if !r.Cluster {
				gaps = append(gaps, r)
			}
		}
		if len(gaps) != c.rows || gaps[0].At("review_status") != c.at || gaps[0].Text("fingerprint") != inventedGap(0).Fingerprint || gaps[0].Text("review_status") != "Justifié" {
			t.Errorf("%s: %+v", c.reason, gaps)
		}
	}
}

func TestADecisionWhoseCellsAreClearedIsNotDropped(t *testing.T) {
	path := written(t, decided(12, "fr"), xlsx.Options{})
	edit(t, path, excelize.Options{}, func(f *excelize.File) {
		for _, header := range []string{"Statut", "Motif", "Décision", "Valideur", "Visa", "Commentaire"} {
			set(t, f, "Écarts", header, 7, nil)
		}
	})
	a, err := readAnnotations(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(a.Bare, func(r reports.Annotation) bool {
		return !r.Cluster && r.Text("fingerprint") == inventedGap(0).Fingerprint
	}); i < 0 || a.Bare[i].Text("decision") != "D-1" {
		t.Errorf("%+v", a.Bare)
	}
}

func TestRowsWithoutTheirHeaderAreRefused(t *testing.T) {
	for _, c := range []struct {
		reason string
		change func(*testing.T, *excelize.File)
		at     string
	}{
		{"the header is deleted", func(t *testing.T, f *excelize.File) { must(t, f.RemoveRow("Écarts", 6)) }, "Écarts!AH6"},
		{"it was sorted with the rows", func(t *testing.T, f *excelize.File) {
			must(t, f.DuplicateRowTo("Écarts", 6, 30))
			must(t, f.RemoveRow("Écarts", 6))
		}, "Écarts!AH6"},
	} {
		path := written(t, decided(30, "fr"), xlsx.Options{})
		edit(t, path, excelize.Options{}, func(f *excelize.File) { c.change(t, f) })
		if _, err := readAnnotations(path, ""); err == nil || !strings.Contains(err.Error(), c.at+": la ligne d'un écart n'a plus ses en-têtes au-dessus d'elle") {
			t.Errorf("%s: %v", c.reason, err)
		}
	}
	path := written(t, decided(30, "fr"), xlsx.Options{})
	edit(t, path, excelize.Options{}, func(f *excelize.File) { must(t, f.InsertRows("Écarts", 1, 90)) })
	if a, err := readAnnotations(path, ""); err != nil || a.Rows[len(a.Rows)-1].Cluster {
		t.Errorf("empty rows above it: %v", err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAContinuedSheetIsReadToo(t *testing.T) {
	d := decided(100, "fr")
	path := written(t, d, xlsx.Options{SheetRows: 64})
	edit(t, path, excelize.Options{}, func(f *excelize.File) { set(t, f, "Écarts (2)", "Visa", 8, "C. Morel") })
	a, err := readAnnotations(path, "")
	if err != nil {
		t.Fatal(err)
	}
	last := a.Rows[len(a.Rows)-1]
	if a.Read != 100+len(d.Clusters) || last.At("review_visa") != "Écarts (2)!AM8" || last.Text("review_visa") != "C. Morel" {
		t.Errorf("%d rows read, the last %+v", a.Read, last)
	}
}

func TestARowWrittenOutsideTheTableIsNotDropped(t *testing.T) {
	path := written(t, decided(12, "fr"), xlsx.Options{})
	edit(t, path, excelize.Options{}, func(f *excelize.File) { set(t, f, "Écarts", "Commentaire", 40, "à revoir") })
	a, err := readAnnotations(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if last := a.Rows[len(a.Rows)-1]; last.Text("fingerprint") != "" || last.Text("review_comment") != "à revoir" || last.Row != 40 {
		t.Errorf("%+v", last)
	}
}

func TestADayAndAPercentageReadAsTheyAreShown(t *testing.T) {
	path := written(t, decided(12, "fr"), xlsx.Options{})
	edit(t, path, excelize.Options{}, func(f *excelize.File) {
		set(t, f, "Écarts", "Commentaire", 8, 41627)
		set(t, f, "Écarts", "Commentaire", 9, 0.85)
		for row, format := range map[int]int{8: 14, 9: 9} {
			style, err := f.NewStyle(&excelize.Style{NumFmt: format})
			must(t, err)
			cell := fmt.Sprintf("%s%d", column(t, f, "Écarts", "Commentaire"), row)
			must(t, f.SetCellStyle("Écarts", cell, cell, style))
		}
		set(t, f, "Écarts", "Décision", 10, 0.1+0.2)
		set(t, f, "Écarts", "Décision", 11, 20131204)
	})
	a, err := readAnnotations(path, "")
	if err != nil {
		t.Fatal(err)
	}
	got := map[int]string{}
	for _, r := range a.Rows {
		if !r.Cluster {
			got[r.Row] = r.Text("review_comment") + r.Text("review_decision")
		}
	}
	for row, want := range map[int]string{8: "2013-12-19", 9: "85 %", 10: "0.3", 11: "20131204"} {
		if got[row] != want {
			t.Errorf("row %d: %q, want %q", row, got[row], want)
		}
	}
}

func TestWhatIsNoAnnotatedWorkbookIsRefusedInOneSentence(t *testing.T) {
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	edited := func(change func(*excelize.File)) string {
		path := written(t, decided(12, "fr"), xlsx.Options{})
		edit(t, path, excelize.Options{}, change)
		return path
	}
	foreign := filepath.Join(folder, "autre.xlsx")
	other := excelize.NewFile()
	must(t, other.SaveAs(foreign))
	whole, err := os.ReadFile(written(t, decided(12, "fr"), xlsx.Options{}))
	must(t, err)
	const hint = "rendre le classeur .xlsx que bascule a écrit, une fois rempli"
	for _, c := range []struct{ reason, path, password, want string }{
		{"a folder", folder, "", "n'est pas un fichier — " + hint},
		{"a CSV file", file("e.csv", "agent;statut\n"), "", "n'est pas un classeur Excel (.xlsx) — " + hint},
		{"an empty file", file("vide.xlsx", ""), "", "n'est pas un classeur Excel (.xlsx) — " + hint},
		{"half a file", file("coupé.xlsx", string(whole[:len(whole)/2])), "", "le classeur est abîmé : son archive est coupée — l'ouvrir dans un tableur et l'enregistrer de nouveau, ou le redemander"},
		{"a workbook of before 2007", file("e.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"+strings.Repeat("\x00", 4096)), "", "est un classeur d'avant 2007 (.xls) ou un autre document, pas un .xlsx — " + hint},
		{"another workbook", foreign, "", "n'est pas un classeur d'écarts écrit par bascule, ou son repère a disparu — rendre le classeur tel que bascule l'a écrit, feuille Lisez-moi comprise"},
		{"the fingerprints deleted", edited(func(f *excelize.File) { must(t, f.RemoveCol("Écarts", column(t, f, "Écarts", "Empreinte"))) }), "",
			"Écarts: la colonne « Empreinte » manque — rendre la feuille avec ses colonnes, leurs en-têtes inchangés ; masquer une colonne suffit à ne plus la voir"},
		{"a header changed", edited(func(f *excelize.File) { set(t, f, "Grappes", "Visa", 6, "Visa du chef") }), "",
			"Grappes: la colonne « Visa » manque — rendre la feuille avec ses colonnes, leurs en-têtes inchangés ; masquer une colonne suffit à ne plus la voir"},
		{"a column twice", edited(func(f *excelize.File) { set(t, f, "Écarts", "Règle", 6, "Statut") }), "",
			"Écarts: la colonne « Statut » est présente deux fois (Y et AI) — supprimer celle qui est de trop"},
	} {
		_, err := readAnnotations(c.path, c.password)
		if err == nil || err.Error() != c.path+": "+c.want {
			t.Errorf("%s: %v\nwant %s", c.reason, err, c.want)
		}
	}
}

func TestAnEncryptedWorkbookIsReadWithItsPassword(t *testing.T) {
	path := written(t, decided(12, "fr"), xlsx.Options{Password: "sésame"})
	a, err := readAnnotations(path, "sésame")
	if err != nil || len(a.Rows) != 3 {
		t.Errorf("%+v %v", a, err)
	}
	for _, password := range []string{"", "Sésame"} {
		if _, err := readAnnotations(path, password); err == nil || !strings.Contains(err.Error(), "le mot de passe manque ou n'est pas le bon") {
			t.Errorf("password %q: %v", password, err)
		}
	}
	raw, err := os.ReadFile(path)
	must(t, err)
	for _, at := range []int{0x1C, 0x30, 0x44, 512, 600, 1024} { // offsets in the header, the tables and the folder
		spoiled := append([]byte(nil), raw...)
		for i := range 16 {
			spoiled[at+i] ^= 0xFF
		}
		must(t, os.WriteFile(path, spoiled, 0o600))
		if _, err := readAnnotations(path, "sésame"); err == nil {
			t.Errorf("spoiled at %d: read", at)
		}
	}
}
