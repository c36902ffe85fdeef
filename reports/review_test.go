package reports_test

import (
	"archive/zip"
	"io"
	"iter"
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

// decided is an invented run some of whose gaps and clusters were decided:
// D-1 on the first gap, D-2 on a cluster that the second is in, D-3 on the
// fourth gap, which its amount reopens, D-4 on the sixth, which awaits a visa.
func decided(n int, lang string) *reports.Data {
	d := invented(n, lang)
	d.Database = "0123456789ab"
	d.Tables.Reasons = []reconcile.Reason{
		{Code: "ARRONDI", LabelFR: "Arrondi admis", LabelEN: "Rounding admitted", Statuses: []reconcile.Status{reconcile.StatusJustified, reconcile.StatusAccepted}, Months: 6},
		{Code: "SITUATION_RH", LabelFR: "Situation RH à corriger", LabelEN: "HR situation to be corrected", Statuses: []reconcile.Status{reconcile.StatusToFixHR}},
		{Code: "AUTRE", LabelFR: "Autre, à préciser", LabelEN: "Other, to be specified", Free: true},
	}
	decisions := map[string]*reconcile.Decision{
		"D-1": {ID: 1, Fingerprint: inventedGap(0).Fingerprint, Status: reconcile.StatusJustified, Reason: "ARRONDI", Reference: "PV-2013-04", Author: "A. Renard", Visa: "B. Leduc", Comment: "vu, =SUM(A1)"},
		"D-2": {ID: 2, Cluster: reconcile.Predicate{ID: "g-002"}, Status: reconcile.StatusAccepted, Reason: "RETIRE", Author: "A. Renard", Visa: "B. Leduc"},
		"D-3": {ID: 3, Fingerprint: inventedGap(3).Fingerprint, Status: reconcile.StatusToFixHR, Reason: "SITUATION_RH", Author: "A. Renard"},
		"D-4": {ID: 4, Fingerprint: inventedGap(5).Fingerprint, Status: reconcile.StatusAccepted, Reason: "ARRONDI", Author: "A. Renard"},
	}
	d.Decisions = func(ref string) *reconcile.Decision { return decisions[ref] }
	d.ClusterDecisions = func(cluster, axis, _ string) *reconcile.Decision {
		if cluster == "g-002" && axis == "" {
			return decisions["D-2"]
		}
		return nil
	}
	all := d.Discrepancies
	d.Discrepancies = func() iter.Seq2[*reconcile.Discrepancy, error] {
		return func(yield func(*reconcile.Discrepancy, error) bool) {
			i := 0
			for x, err := range all() {
				copied := *x
				switch i {
				case 0:
					copied.Decision, copied.Status = "D-1", reconcile.StatusJustified
				case 1:
					copied.Decision, copied.Status = "D-2", reconcile.StatusAccepted
				case 3:
					copied.Decision, copied.Reopened = "D-3", "range -3.00 1234.50"
				case 5:
					copied.Decision, copied.Reopened = "D-4", "visa"
				}
				i++
				if !yield(&copied, err) {
					return
				}
			}
		}
	}
	return d
}

// written writes the workbook of d.
func written(t testing.TB, d *reports.Data, o xlsx.Options) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ecarts.xlsx")
	if _, err := xlsx.Write(path, reports.Ecarts(d), o); err != nil {
		t.Fatal(err)
	}
	return path
}

// tableOf are the rows of a sheet's table by header, in order.
func tableOf(t *testing.T, file *excelize.File, sheet string) []map[string]string {
	t.Helper()
	rows := shownRows(t, file, sheet)
	const header = 5 // from 0
	var table []map[string]string
	for _, cells := range rows[header+1:] {
		row := map[string]string{}
		for i, text := range cells {
			row[rows[header][i]] = text
		}
		table = append(table, row)
	}
	return table
}

func TestTheReviewersCellsShowTheDecisionOnThatVeryGap(t *testing.T) {
	type review struct{ status, reason, decision, author, visa, comment, carried, reopened string }
	for _, c := range []struct {
		lang, sheet string
		headers     []string
		want        []review
	}{
		{"fr", "Écarts", []string{"Statut", "Motif", "Décision", "Valideur", "Visa", "Commentaire", "Décision reconduite", "Pourquoi rouvert"}, []review{
			0: {"Justifié", "Arrondi admis", "PV-2013-04", "A. Renard", "B. Leduc", "vu, =SUM(A1)", "D-1", ""},
			1: {carried: "D-2"}, // of its cluster: not the reviewer's on this gap
			2: {carried: "D-2013-004"},
			3: {carried: "D-3", reopened: "Montant sorti de la plage de la décision D-3 (de −3,00\u00a0€ à +1\u00a0234,50\u00a0€)"},
			4: {carried: "tolérance de ligne"},
			5: {"Accepté", "Arrondi admis", "", "A. Renard", "", "", "D-4", "Décision D-4 en attente du visa"},
		}},
		{"en", "Gaps", []string{"Status (review)", "Reason", "Decision", "Decided by", "Visa", "Comment", "Decision carried", "Why reopened"}, []review{
			0: {"Justified", "Rounding admitted", "PV-2013-04", "A. Renard", "B. Leduc", "vu, =SUM(A1)", "D-1", ""},
		}},
	} {
		file, _ := publish(t, decided(12, c.lang))
		table := tableOf(t, file, c.sheet)
		for i, want := range c.want {
			row := table[i]
			var got [8]string
			for j, header := range c.headers {
				got[j] = row[header]
			}
			if got := (review{got[0], got[1], got[2], got[3], got[4], got[5], got[6], got[7]}); got != want {
				t.Errorf("%s, gap %d: %+v, want %+v", c.lang, i, got, want)
			}
		}
	}
}

func TestClustersAreDecidedLikeGaps(t *testing.T) {
	d := decided(30, "fr")
	d.Clusters[1].Low, d.Clusters[1].High = -150, 4_200
	file, _ := publish(t, d)
	table := tableOf(t, file, "Grappes")
	want := map[string]string{"Statut": "Accepté", "Motif": "RETIRE", "Valideur": "A. Renard", "Visa": "B. Leduc", "Décision en vigueur": "D-2", "Écart minimal": "-1.50 €", "Écart maximal": "+42.00 €"}
	for header, text := range want {
		if got := table[1][header]; got != text {
			t.Errorf("%s: %q, want %q", header, got, text)
		}
	}
	if got := table[0]["Statut"] + table[0]["Décision en vigueur"]; got != "" {
		t.Errorf("a cluster that nobody decided shows %q", got)
	}
	rows, err := file.GetRows("Grappes")
	if err != nil {
		t.Fatal(err)
	}
	columns := rows[5]
	for i, name := range columns {
		if locked, input := lockedAt(t, file, "Grappes", i+1, 7), i >= len(columns)-6; locked == input {
			t.Errorf("column %s: locked %v", name, locked)
		}
	}
}

func TestEachReopeningIsASentence(t *testing.T) {
	for _, c := range []struct{ word, fr, en, reason string }{
		{"", "", "", "the decision holds"},
		{"amount -1.00", "Montant sorti de la plage de la décision D-12 (−1,00\u00a0€)", "Amount out of the range of decision D-12 (-€1.00)", "one amount"},
		{"range -3.00 -1.00", "Montant sorti de la plage de la décision D-12 (de −3,00\u00a0€ à −1,00\u00a0€)", "Amount out of the range of decision D-12 (from -€3.00 to -€1.00)", "a range"},
		{"texts", "Valeurs changées depuis la décision D-12", "Values changed since decision D-12", "a field"},
		{"expired 2014-03", "Décision D-12 échue en 2014-03", "Decision D-12 expired in 2014-03", "its term"},
		{"mapping", "Correspondances de l'élément changées depuis la décision D-12", "Correspondences of the element changed since decision D-12", "the tables"},
		{"rate POINT_INDICE 55.2871 55.5635", "« Valeur annuelle d'un point d'indice » passé de 55,2871 à 55,5635 depuis la décision D-12", "“Valeur annuelle d'un point d'indice” gone from 55.2871 to 55.5635 since decision D-12", "a rate of the table"},
		{"rate GRILLE/A 1 9.14 9.54", "« GRILLE/A 1 » passé de 9,14 à 9,54 depuis la décision D-12", "“GRILLE/A 1” gone from 9.14 to 9.54 since decision D-12", "a step whose key holds a space"},
		{"visa", "Décision D-12 en attente du visa", "Decision D-12 awaiting its visa", "not signed yet"},
		{"moved 12", "moved 12", "moved 12", "a word of a later version is shown as it is"},
	} {
		for lang, want := range map[string]string{"fr": c.fr, "en": c.en} {
			d := nothing(lang)
			d.Discrepancies = func() iter.Seq2[*reconcile.Discrepancy, error] {
				return each([]*reconcile.Discrepancy{{Key: "17503000000/01", Kind: reconcile.AmountDiffers, Decision: "D-12", Reopened: c.word}}, nil)
			}
			table := reports.Ecarts(d).Sheets[3].Table
			at := slices.IndexFunc(table.Columns, func(c reports.Column) bool { return c.Key == "reopened" })
			for row, err := range table.Rows {
				if got := row[at].Text; err != nil || got != want {
					t.Errorf("%s, %s: %q, want %q (%v)", c.reason, lang, got, want, err)
				}
			}
		}
	}
}

// partText reads one XML part of a file.
func partText(t *testing.T, path, name string) string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	f, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&quot;", `"`).Replace(string(text))
}

func TestDropDownsAndProtectionStandInTheFile(t *testing.T) {
	closed := decided(30, "fr")
	closed.Tables.Reasons = closed.Tables.Reasons[:2]
	none := decided(30, "fr")
	none.Tables.Reasons = nil
	for _, c := range []struct {
		reason       string
		data         *reports.Data
		has, lacking []string
	}{
		{"a free reason: the list suggests", decided(30, "fr"), []string{`<formula1>Statuts</formula1>`, `<formula1>Motifs</formula1>`, `<sheetProtection`}, nil},
		{"a closed list stops other texts", closed, []string{`<formula1>Motifs</formula1>`}, nil},
		{"no list: any text", none, []string{`<formula1>Statuts</formula1>`}, []string{`Motifs</formula1>`}},
	} {
		path := written(t, c.data, xlsx.Options{})
		for _, sheet := range []string{"xl/worksheets/sheet3.xml", "xl/worksheets/sheet4.xml"} {
			text := partText(t, path, sheet)
			for _, want := range c.has {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %s holds no %s", c.reason, sheet, want)
				}
			}
			for _, unwanted := range c.lacking {
				if strings.Contains(text, unwanted) {
					t.Errorf("%s: %s holds %s", c.reason, sheet, unwanted)
				}
			}
			stops := strings.Count(text, `errorStyle="stop"`)
			if want := map[bool]int{true: 2, false: 1}[c.data == closed]; stops != want {
				t.Errorf("%s: %s has %d lists that stop other texts, want %d", c.reason, sheet, stops, want)
			}
		}
		file, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range file.GetDefinedName() {
			if name.Name != "Motifs" {
				continue
			}
			want := []string{"Arrondi admis", "Situation RH à corriger", "Autre, à préciser"}[:len(c.data.Tables.Reasons)]
			if diff := cmp.Diff(want, listed(t, file, name.RefersTo)); diff != "" {
				t.Errorf("%s: the list of reasons (-want +got)\n%s", c.reason, diff)
			}
		}
		_ = file.Close()
	}
}

// TestAClusterShowsTheDecisionOnVariousAmountsThatClosesIt: two agents come to
// have the same amount, and the roots that were of various amounts are a cluster
// of their own.
func TestAClusterShowsTheDecisionOnVariousAmountsThatClosesIt(t *testing.T) {
	wide := &reconcile.Decision{ID: 8, Status: reconcile.StatusJustified, Author: "A. Renard", Visa: "B. Leduc", Cluster: reconcile.Predicate{ID: "g-various"}}
	of := *wide
	of.ID, of.Cluster.Axis, of.Cluster.Value = 9, "service", "DDSP-13"
	own := *wide
	own.ID, own.Cluster.ID, own.Fingerprint = 10, "", "0123456789abcdef"
	for _, c := range []struct{ carried, reopened, axis, value, want, reason string }{
		{"D-8", "", "", "", "D-8", "it closes the cluster"},
		{"D-8", reconcile.AwaitsVisa, "", "", "D-8", "it will, once signed"},
		{"D-8", reconcile.ReopenedExpired + " 2013-11", "", "", "", "it no longer holds"},
		{"D-9", "", "", "", "", "it closes those of one service alone"},
		{"D-9", "", "service", "DDSP-13", "D-9", "in the workbook of that service"},
		{"D-10", "", "", "", "", "a decision on one gap says nothing of the others"},
		{"", "", "", "", "", "nothing was decided"},
		{"tolérance de ligne", "", "", "", "", "no decision"},
	} {
		d := invented(30, "fr")
		d.Axis, d.Value = c.axis, c.value
		d.Decisions = func(ref string) *reconcile.Decision {
			return map[string]*reconcile.Decision{"D-8": wide, "D-9": &of, "D-10": &own}[ref]
		}
		d.ClusterDecisions = func(string, string, string) *reconcile.Decision { return nil }
		example := *d.Clusters[0].Example
		example.Decision, example.Reopened = c.carried, c.reopened
		d.Clusters[0].Example = &example
		table := reports.Ecarts(d).Sheets[2].Table
		at := slices.IndexFunc(table.Columns, func(c reports.Column) bool { return c.Key == "decided" })
		inputs := slices.IndexFunc(table.Columns, func(c reports.Column) bool { return c.Input })
		for row, err := range table.Rows {
			must(t, err)
			if row[at].Text != c.want || len(row) > inputs {
				t.Errorf("%s: %q in %d cells, wanted %q and nothing to review", c.reason, row[at].Text, len(row), c.want)
			}
			break
		}
	}
}
