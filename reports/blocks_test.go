package reports_test

import (
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
	"bascule/reports"
)

func TestAHeadingStaysOnThePageOfWhatItHeads(t *testing.T) {
	seen := 0
	everyBook(func(lang string, book *reports.Workbook) {
		for _, s := range book.Sheets {
			if s.OnePage || s.Pivot != nil {
				continue
			}
			for i, l := range s.Below {
				if len(l.Cells) > 0 && l.Cells[0].Role == reports.Heading {
					if seen++; !l.Block {
						t.Errorf("%s, %s: the heading %q, line %d below the table, may stand alone at the foot of a page", lang, s.Name, l.Cells[0].Text, i+1)
					}
				}
			}
			if !slices.ContainsFunc(slices.Concat(s.Lines, s.Below), func(l reports.Line) bool { return l.Block }) || s.Table == nil {
				continue
			}
			if last := s.Lines[len(s.Lines)-1]; len(last.Cells) > 0 && last.Cells[0].Role == reports.Heading && !last.Block {
				t.Errorf("%s, %s: the heading %q may stand alone above the table on its next page", lang, s.Name, last.Cells[0].Text)
			}
		}
	})
	if seen == 0 {
		t.Error("no heading below a table was seen")
	}
}

func TestAListUnderAHeadingMayGoOnAtAnyRowButTheFirst(t *testing.T) {
	everyBook(func(lang string, book *reports.Workbook) {
		for _, s := range book.Sheets {
			if s.Name != "Lisez-moi" && s.Name != "Read me" {
				continue
			}
			under := 0 // rows under the heading
			for _, l := range s.Lines[3:] {
				switch {
				case len(l.Cells) == 0:
				case l.Cells[0].Role == reports.Heading:
					under = 0
				default:
					if under++; l.Block != (under > 2) {
						t.Fatalf("%s, %s: row %d under its heading begins a page: %v", lang, s.Name, under, l.Block)
					}
				}
			}
		}
	})
}

func TestAPayslipTooHighForAPageIsCutBetweenItsParts(t *testing.T) {
	book := reports.Ecarts(withPayslips("fr", 60))
	at := slices.IndexFunc(book.Sheets, func(s *reports.Sheet) bool { return s.Name == "Bulletins" })
	var joints []string
	for _, l := range book.Sheets[at].Lines {
		if l.Joint {
			joints = append(joints, l.Cells[0].Text)
		}
	}
	for _, want := range []string{"Codes PSOP", "À payer", "À déduire", "Pour information"} {
		if !slices.Contains(joints, want) {
			t.Errorf("no page is cut before %q: %q", want, joints)
		}
	}
}

func TestAFieldThatASideLacksIsSaidBlankInThePayslips(t *testing.T) {
	d := withPayslips("fr", 2)
	v := d.Largest.Of[1].View
	v.Payslips[reconcile.Legacy].Agent.Indice = reconcile.Absent
	text := ""
	for _, s := range reports.Ecarts(d).Sheets {
		if s.Name != "Bulletins" {
			continue
		}
		for _, l := range s.Lines {
			for i := range l.Cells {
				text += l.Cells[i].Text + "|"
			}
			text += "\n"
		}
	}
	if !strings.Contains(text, "Indice majoré||vide|") {
		t.Error("the side that lacks the field shows nothing")
	}
}

func TestLongNamesAreWholeInEverySheet(t *testing.T) {
	const cut = "…"
	long := strings.TrimSpace(strings.Repeat("Direction départementale de la sécurité publique ", 4))
	d := withPayslips("fr", 2)
	for i := range d.Largest.Of {
		root := *d.Largest.Of[i].Root
		root.Service, root.BOP, root.Wave = long, long, long
		d.Largest.Of[i].Root = &root
		for _, s := range d.Largest.Of[i].View.Payslips {
			if s != nil {
				s.Agent.Surname = long
			}
		}
	}
	avis := opinion(3, 2, "fr")
	for i := range avis.Tables.Waves {
		avis.Tables.Waves[i].Label = long
	}
	budget := reckoned(payroll(2, "fr"), true)
	for i := range budget.Figures.Effect.Waves {
		budget.Figures.Effect.Waves[i].Label = long
	}
	for i := range budget.Figures.Project.Workstreams {
		budget.Figures.Project.Workstreams[i].Label = long
	}
	for i := range budget.Figures.Project.Milestones {
		budget.Figures.Project.Milestones[i].Label = long
	}
	for i := range budget.Imported.Operations {
		budget.Imported.Operations[i].Third, budget.Imported.Operations[i].Label = long, long
	}
	for _, c := range []struct {
		book *reports.Workbook
		in   []string // sheets that show such a name
	}{
		{reports.Ecarts(d), []string{"Bulletins"}}, {reports.Avis(avis), []string{"Baromètre", "Vagues", "Signatures"}},
		{reports.Budget(budget), []string{"Trajectoire", "Projet AE-CP", "Chantiers"}},
	} {
		for _, s := range c.book.Sheets {
			text := ""
			add := func(cells []reports.Cell) {
				for i := range cells {
					text += cells[i].Text + " "
				}
			}
			for _, l := range slices.Concat(s.Lines, s.Below) {
				add(l.Cells)
			}
			if s.Table != nil {
				for row, err := range s.Table.Rows {
					if err != nil {
						t.Fatal(err)
					}
					add(row)
				}
			}
			if slices.Contains(c.in, s.Name) && (!strings.Contains(strings.Join(strings.Fields(text), " "), long) || strings.Contains(text, "publiq"+cut) || strings.Contains(text, "Direction"+cut)) {
				t.Errorf("%s: the long name is cut", s.Name)
			}
		}
	}
}
