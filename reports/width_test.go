package reports_test

import (
	"strings"
	"testing"

	"bascule/reports"
)

// everyBook is each workbook in both languages, small and large.
func everyBook(see func(lang string, book *reports.Workbook)) {
	for _, lang := range []string{"fr", "en"} {
		for _, book := range []*reports.Workbook{
			reports.Ecarts(withPayslips(lang, 60)), reports.Ecarts(invented(0, lang)), reports.Ecarts(invented(300, lang)),
			reports.Avis(opinion(4, 6, lang)), reports.Avis(opinion(0, 1, lang)),
			reports.Budget(reckoned(payroll(2, lang), false)), reports.Budget(reckoned(payroll(12, lang), true)),
		} {
			see(lang, book)
		}
	}
}

// widthsOf are those of the columns of a sheet.
func widthsOf(s *reports.Sheet) []int {
	if len(s.Widths) > 0 || s.Table == nil {
		return s.Widths
	}
	var widths []int
	for i := range s.Table.Columns {
		widths = append(widths, s.Table.Columns[i].Width)
	}
	return widths
}

func TestNoHeaderIsCutInAWord(t *testing.T) {
	check := func(lang string, book *reports.Workbook) {
		for _, s := range book.Sheets {
			widths := widthsOf(s)
			whole := func(header string, col int) {
				for _, word := range strings.Fields(header) {
					if need, room := reports.BoldBreadth(word), reports.Room(widths[col]); need > room {
						t.Errorf("%s, %s: the word %q of %q takes %d in a column of %d, which has %d", lang, s.Name, word, header, need, widths[col], room)
					}
				}
			}
			if s.Table != nil {
				for i := range s.Table.Columns {
					whole(s.Table.Columns[i].Header, i)
				}
			}
			for _, l := range append(append([]reports.Line{}, s.Lines...), s.Below...) {
				for i := range l.Cells {
					if l.Cells[i].Role == reports.Header {
						whole(l.Cells[i].Text, i)
					}
				}
			}
		}
	}
	everyBook(check)
	for _, lang := range []string{"fr", "en"} {
		labels := reports.Labels{Legacy: "Rémunération d'avant", ONP: "SI-Paye (opérateur)"} // as long as the configuration allows
		gaps, avis, budget := withPayslips(lang, 60), opinion(4, 6, lang), reckoned(payroll(12, lang), true)
		gaps.Labels, avis.Labels, budget.Labels = labels, labels, labels
		check(lang, reports.Ecarts(gaps))
		check(lang, reports.Avis(avis))
		check(lang, reports.Budget(budget))
	}
}

// TestNoWordsOfOursTakeASecondLineInAList holds the columns of what stands around
// the tables to what is always written there: a text that is cut takes a line more,
// which is for the names that the ministry gives.
func TestNoWordsOfOursTakeASecondLineInAList(t *testing.T) {
	everyBook(func(lang string, book *reports.Workbook) {
		for _, s := range book.Sheets {
			widths, printed := widthsOf(s), s.Printed
			if s.Table != nil {
				printed = s.Table.Printed
			}
			if printed > 0 {
				widths = widths[:min(printed, len(widths))]
			}
			for _, l := range append(append([]reports.Line{}, s.Lines...), s.Below...) {
				for i := range l.Cells {
					c := &l.Cells[i]
					if i >= len(widths) || c.Type != reports.Text || c.Wrap || c.Large || c.Role != reports.Body && c.Role != reports.Faint && c.Role != reports.Total {
						continue
					}
					width := widths[i]
					for j := i + 1; j < len(widths) && (j >= len(l.Cells) || l.Cells[j].Type == reports.Blank); j++ {
						width += widths[j]
					}
					need := reports.Breadth(c.Text)
					if c.Role == reports.Total {
						need = reports.BoldBreadth(c.Text)
					}
					if room := reports.Room(width); need > room {
						t.Errorf("%s, %s: %q takes %d of %d", lang, s.Name, c.Text, need, room)
					}
				}
			}
		}
	})
}

func TestAnAmountOfEightDigitsIsNotMadeSmaller(t *testing.T) {
	amounts := map[string]string{"fr": "+98 765 432,10 €", "en": "+€98,765,432.10"}
	everyBook(func(lang string, book *reports.Workbook) {
		need := reports.Breadth(amounts[lang])
		for _, s := range book.Sheets {
			widths := widthsOf(s)
			money := func(typ reports.CellType, col int, where string) {
				const aside = 20 // margins and padding; digits have whole pixels
				if room := widths[col]*10 - aside; (typ == reports.Money || typ == reports.Delta) && room < need {
					t.Errorf("%s, %s, %s: a column of %d has %d for an amount that takes %d", lang, s.Name, where, widths[col], room, need)
				}
			}
			if s.Table != nil {
				for i := range s.Table.Columns {
					money(s.Table.Columns[i].Type, i, s.Table.Columns[i].Header)
				}
			}
			for _, l := range append(append([]reports.Line{}, s.Lines...), s.Below...) {
				for i := range l.Cells {
					if i < len(widths) && (s.Printed == 0 || i < s.Printed) {
						money(l.Cells[i].Type, i, l.Cells[0].Text)
					}
				}
			}
		}
	})
}

// TestNoColumnIsWiderThanAPage: a sheet is made smaller until its columns fit side
// by side, but LibreOffice cuts one that is alone on its page.
func TestNoColumnIsWiderThanAPage(t *testing.T) {
	const page = 140 // digits of Arial 10 on A4 in landscape, within the margins
	everyBook(func(lang string, book *reports.Workbook) {
		for _, s := range book.Sheets {
			for col, width := range widthsOf(s) {
				if width > page {
					t.Errorf("%s, %s: column %d is %d wide", lang, s.Name, col+1, width)
				}
			}
		}
	})
}

func TestAVerdictStandsOnOneLine(t *testing.T) {
	everyBook(func(lang string, book *reports.Workbook) {
		for _, s := range book.Sheets {
			for i := 0; s.Table != nil && i < len(s.Table.Columns); i++ {
				c := &s.Table.Columns[i]
				for _, rule := range c.Rules {
					if need, room := reports.BoldBreadth(rule.Text), reports.Room(c.Width); need > room {
						t.Errorf("%s, %s, %s: %q takes %d of %d", lang, s.Name, c.Header, rule.Text, need, room)
					}
				}
			}
		}
	})
}
