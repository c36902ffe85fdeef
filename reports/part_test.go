package reports_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
	"bascule/reports"
	"bascule/reports/xlsx"
)

// TestAPartSaysWhoseItIsAndNothingOfTheOthers: the figures of the run are those
// of everybody, and must not be found in it.
func TestAPartSaysWhoseItIsAndNothingOfTheOthers(t *testing.T) {
	for _, c := range []struct {
		lang, axis, value, title string
		sheets                   []string
	}{
		{"fr", "service", "DDSP-13", "Service DDSP-13 — écarts de paye, décembre 2013", []string{"Synthèse", "Causes", "Grappes", "Écarts", "Absents", "Analyse", "Agrégats", "Lisez-moi"}},
		{"fr", "wave", "", "Vague (vide) — écarts de paye, décembre 2013", []string{"Synthèse", "Causes", "Grappes", "Écarts", "Absents", "Analyse", "Agrégats", "Lisez-moi"}},
		{"en", "programme", "=176", "Programme =176 — pay gaps, December 2013", []string{"Summary", "Causes", "Clusters", "Gaps", "Missing", "Analysis", "Aggregates", "Read me"}},
	} {
		d := decided(120, c.lang)
		d.Axis, d.Value = c.axis, c.value
		whole := &d.Run.Summary // of another 150,000 payslips
		whole.Discrepancies.Delta, whole.Discrepancies.Absolute = 987_654_321, 987_654_321
		book := reports.EcartsPart(d)
		path := filepath.Join(t.TempDir(), "part.xlsx")
		result, err := xlsx.Write(path, book, xlsx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		text := ""
		for _, s := range book.Sheets {
			names = append(names, s.Name)
			if title := s.Lines[1].Cells[0].Text; !strings.HasPrefix(title, strings.SplitN(c.title, " — ", 2)[0]+" · ") {
				t.Errorf("%s does not say whose it is: %q", s.Name, title)
			}
			text += partText(t, path, "xl/worksheets/sheet"+string(rune('0'+len(names)))+".xml")
		}
		if !slices.Equal(names, c.sheets) || book.Sheets[0].Lines[0].Cells[0].Text != c.title {
			t.Errorf("sheets %q, title %q", names, book.Sheets[0].Lines[0].Cells[0].Text)
		}
		for _, others := range []string{"9876543.21", "150642", "150641", "3915893", "psop-2013-12.txt", "rejects", "Σ", "contient des lettres"} {
			if strings.Contains(text, others) {
				t.Errorf("%s %q holds %q, of everybody", c.axis, c.value, others)
			}
		}
		gaps := c.sheets[3]
		var want reconcile.Amount
		for i := range d.Causes {
			want += d.Causes[i].DeltaNet
		}
		if got, ok := result.Sum(gaps, "delta_net"); !ok || got != want || d.Run.Summary.Discrepancies.Delta != 987_654_321 {
			t.Errorf("%s: net %v, want %v", gaps, got, want)
		}
		a, err := readAnnotations(path, "")
		if err != nil || a.Stamp.Axis != c.axis || a.Stamp.Value != c.value {
			t.Errorf("stamp %+v, %v", a, err)
		}
	}
}

// TestAPartShowsTheDecisionOnItsOwnCluster: what the ministry decided of a
// cluster is named, and is not the part's reviewer's to change.
func TestAPartShowsTheDecisionOnItsOwnCluster(t *testing.T) {
	d := decided(30, "fr")
	d.Axis, d.Value = "service", "DDSP-13"
	d.ClusterDecisions = func(cluster, axis, value string) *reconcile.Decision {
		switch {
		case axis == "" && cluster != "g-003":
			return &reconcile.Decision{ID: 8, Status: reconcile.StatusAccepted}
		case axis == "service" && value == "DDSP-13" && cluster == "g-001":
			return &reconcile.Decision{ID: 9, Status: reconcile.StatusJustified, Author: "A. Renard"}
		}
		return nil
	}
	table := reports.EcartsPart(d).Sheets[2].Table
	at := func(key string) int {
		return slices.IndexFunc(table.Columns, func(c reports.Column) bool { return c.Key == key })
	}
	want := [][2]string{{"D-9", "Justifié"}, {"D-8", ""}, {"", ""}}
	i := 0
	for row, err := range table.Rows {
		must(t, err)
		if i == len(want) {
			break
		}
		got := [2]string{row[at("decided")].Text, ""}
		if status := at("review_status"); status < len(row) {
			got[1] = row[status].Text
		}
		if got != want[i] {
			t.Errorf("cluster %d: %q, want %q", i+1, got, want[i])
		}
		i++
	}
}
