package reports_test

import (
	"strings"
	"testing"

	"bascule/reconcile"
	"bascule/reports"
)

// TestNoLineIsCutByWhatStandsAtItsRight measures the texts above the tables: they
// run over blank cells, up to one that is not, or to the edge of what is printed.
func TestNoLineIsCutByWhatStandsAtItsRight(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		books := []*reports.Workbook{
			reports.Ecarts(withPayslips(lang, 60)), reports.Ecarts(invented(0, lang)), reports.Ecarts(invented(300, lang)),
			reports.Avis(opinion(4, 6, lang)), reports.Avis(opinion(0, 1, lang)),
			reports.Budget(reckoned(payroll(2, lang), false)), reports.Budget(reckoned(payroll(12, lang), true)),
		}
		for _, book := range books {
			for _, sheet := range book.Sheets {
				for row := range sheet.Lines {
					cutTexts(t, lang, sheet, row)
				}
			}
		}
	}
}

// TestNoLineIsCutThatNamesTheSystemsAtLength gives both the longest names that the
// configuration takes, alone and before a month.
func TestNoLineIsCutThatNamesTheSystemsAtLength(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		gaps, avis, budget := withPayslips(lang, 60), opinion(4, 6, lang), reckoned(payroll(12, lang), true)
		gaps.Labels = reports.Labels{Legacy: "Rémunération d'avant", ONP: "SI-Paye (opérateur)"}
		avis.Labels, budget.Labels = gaps.Labels, gaps.Labels
		months := withPayslips(lang, 60)
		months.Labels, months.Run.Months = gaps.Labels, reconcile.Months{Side: reconcile.Legacy, Earlier: months.Run.Period - 1}
		for _, book := range []*reports.Workbook{reports.Ecarts(gaps), reports.Avis(avis), reports.Budget(budget), reports.Ecarts(months)} {
			for _, sheet := range book.Sheets {
				for row := range sheet.Lines {
					cutTexts(t, lang, sheet, row)
				}
			}
		}
	}
}

func TestAnAlertThatNamesSomethingLongIsNotCutAtTheEdgeOfThePage(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		d := reckoned(payroll(2, lang), true)
		scope := strings.TrimSpace(strings.Repeat("ENGAGEMENT-DU-MARCHE ", 8))
		for i := range d.Figures.Alerts {
			d.Figures.Alerts[i].Scope = scope
		}
		sheet, text := reports.Budget(d).Sheets[0], ""
		for row := range sheet.Lines {
			cutTexts(t, lang, sheet, row)
			for i := range sheet.Lines[row].Cells {
				text += sheet.Lines[row].Cells[i].Text + " "
			}
		}
		if !strings.Contains(strings.Join(strings.Fields(text), " "), scope) {
			t.Errorf("%s: what the alert names is not whole", lang)
		}
	}
}

func cutTexts(t *testing.T, lang string, sheet *reports.Sheet, row int) {
	t.Helper()
	widths, printed := sheet.Widths, sheet.Printed
	if sheet.Table != nil {
		printed = sheet.Table.Printed
		if len(widths) == 0 {
			for i := range sheet.Table.Columns {
				widths = append(widths, sheet.Table.Columns[i].Width)
			}
		}
	}
	cells := sheet.Lines[row].Cells
	for i := range cells {
		if printed > 0 && i >= printed {
			return
		}
		c := &cells[i]
		switch c.Role {
		case reports.Paragraph, reports.Header, reports.Body, reports.Faint, reports.Total: // which take the lines that they need
			continue
		}
		if c.Type != reports.Text || c.Wrap {
			continue
		}
		room, open := 0, true
		for j := i; j < len(widths) && (printed == 0 || j < printed) && open; j++ {
			room += widths[j] * 10
			open = j+1 >= len(cells) || cells[j+1].Type == reports.Blank
		}
		if need := breadthOf(c); need > room {
			t.Errorf("%s, %s, row %d: %q takes %d and has %d", lang, sheet.Name, row+1, c.Text, need, room)
		}
	}
}

// breadthOf is the width of a text in its role.
func breadthOf(c *reports.Cell) int {
	const size, title, heading, large, small = 10, 16, 11, 13, 9 // points
	bold, points := true, size
	switch c.Role {
	case reports.Title:
		points = title
	case reports.Heading:
		points = heading
	case reports.Subtitle:
		bold, points = false, small
	case reports.Plain, reports.Body, reports.Muted, reports.Faint:
		bold = false
	}
	if c.Large {
		points = large
	}
	need := reports.Breadth(c.Text)
	if bold {
		need = reports.BoldBreadth(c.Text)
	}
	return need * points / size
}

func TestALongPopulationIsNotCutAtTheEdgeOfThePage(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		d := withPayslips(lang, 60)
		d.Axis, d.Value = "service", "SVC-ADMINISTRATION-CENTRALE-DE-LA-SOUS-DIRECTION-DES-PERSONNELS-CONTRACTUELS"
		for _, sheet := range reports.EcartsPart(d).Sheets {
			for row := range sheet.Lines {
				cutTexts(t, lang, sheet, row)
			}
		}
	}
}

func TestTheHeadingOfTheBridgeStopsBeforeItsChart(t *testing.T) {
	for _, c := range []struct{ label, want string }{
		{"ONP", "Du net ONP 2013-11 au net ONP 2013-12, par cause"},
		{"ADMINISTRATION D'ÉTAT", "D'un net à l'autre, par cause"},
	} {
		d := invented(60, "fr")
		d.Labels = reports.Labels{Legacy: "PSOP", ONP: c.label}
		d.Run.Months = reconcile.Months{Side: reconcile.ONP, Earlier: d.Run.Period - 1}
		sheet := reports.Ecarts(d).Sheets[0]
		found := false
		for _, l := range sheet.Lines {
			found = found || len(l.Cells) > 0 && l.Cells[0].Text == c.want
		}
		if !found {
			t.Errorf("%s: no heading %q", c.label, c.want)
		}
	}
}
