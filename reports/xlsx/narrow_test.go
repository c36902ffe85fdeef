package xlsx_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"bascule/reports"
	"bascule/reports/xlsx"
)

// styleOf is how a cell is laid out.
func styleOf(t *testing.T, file *excelize.File, sheet, cell string) *excelize.Style {
	t.Helper()
	id, err := file.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := file.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return style
}

// narrow is a table of a text, an amount and a text that is not printed.
func narrow(text string, lines ...reports.Line) *reports.Workbook {
	return &reports.Workbook{Title: "Étroit", Lang: "fr", Sheets: []*reports.Sheet{{
		Name: "Étroit", Lines: lines,
		Table: &reports.Table{
			Name: "Etroit", Printed: 2,
			Columns: []reports.Column{{Header: strings.Repeat("En-tête ", 4), Width: 12}, {Header: "Montant", Type: reports.Money, Width: 8}, {Header: "Hors page", Width: 12}},
			Rows: func(yield func([]reports.Cell, error) bool) {
				_ = yield([]reports.Cell{reports.T(text), reports.A(-123456789012), reports.T(strings.Repeat("long ", 9))}, nil)
			},
		},
	}}}
}

func TestAnAmountWiderThanItsColumnShrinks(t *testing.T) {
	path, _ := write(t, narrow("court"), xlsx.Options{})
	file := open(t, path, "")
	if a := styleOf(t, file, "Étroit", "B2").Alignment; a == nil || !a.ShrinkToFit || a.WrapText {
		t.Errorf("an amount is laid out by %+v: programs show #### in its place", a)
	}
	if a := styleOf(t, file, "Étroit", "A2").Alignment; a.ShrinkToFit {
		t.Error("a text shrinks")
	}
}

func TestATextWiderThanItsPrintedColumnTakesSeveralLines(t *testing.T) {
	for _, c := range []struct {
		text   string
		wraps  bool
		height string
	}{{"court", false, ""}, {strings.Repeat("service ", 4), true, ` ht="54"`}} {
		path, _ := write(t, narrow(c.text), xlsx.Options{})
		file := open(t, path, "")
		if got := styleOf(t, file, "Étroit", "A2").Alignment.WrapText; got != c.wraps {
			t.Errorf("%q: on several lines is %v", c.text, got)
		}
		if styleOf(t, file, "Étroit", "C2").Alignment.WrapText {
			t.Error("a text that is not printed makes its row higher")
		}
		if text := part(t, path, "xl/worksheets/sheet1.xml"); !strings.Contains(text, `<row r="2"`+c.height) || c.height == "" && strings.Contains(text, `<row r="2" ht`) {
			t.Errorf("%q: no row of height %q: %s", c.text, c.height, text[strings.Index(text, "<row"):])
		}
	}
}

func TestALongHeaderIsWhole(t *testing.T) {
	header := reports.T(strings.Repeat("En-tête ", 4)).As(reports.Header)
	path, _ := write(t, narrow("court", reports.Line{Cells: []reports.Cell{header}, Height: 2}), xlsx.Options{})
	text := part(t, path, "xl/worksheets/sheet1.xml")
	for _, want := range []string{`<row r="1" ht="54"`, `<row r="2" ht="54"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestATextOfAListTakesSeveralLinesRatherThanBeCut(t *testing.T) {
	long := reports.T(strings.Repeat("engagement ", 3)).As(reports.Body)
	large := reports.T(strings.Repeat("avis ", 9)).As(reports.Bad)
	large.Large = true
	for _, c := range []struct {
		cells  []reports.Cell
		cell   string
		wraps  bool
		reason string
	}{
		{[]reports.Cell{long, reports.T("suite").As(reports.Body)}, "A1", true, "what stands at its right would cut it"},
		{[]reports.Cell{long, {Role: reports.Body}, {Role: reports.Body}}, "A1", false, "it runs over blank cells"},
		{[]reports.Cell{{}, {}, long}, "C1", true, "it would bring a page that holds its end alone"},
		{[]reports.Cell{{}, long, {}}, "B1", true, "the blank cells up to the edge do not hold it"},
		{[]reports.Cell{large, {Role: reports.Bad}, {Role: reports.Bad}}, "A1", false, "a banner is no list"},
		{[]reports.Cell{reports.T(long.Text), reports.T("suite")}, "A1", false, "a sentence is no list"},
	} {
		book := &reports.Workbook{Title: "Étroit", Lang: "fr", Sheets: []*reports.Sheet{{Name: "Étroit", Widths: []int{20, 15, 10}, Lines: []reports.Line{{Cells: c.cells}}}}}
		path, _ := write(t, book, xlsx.Options{})
		if a := styleOf(t, open(t, path, ""), "Étroit", c.cell).Alignment; c.wraps != (a != nil && a.WrapText) {
			t.Errorf("%s: on several lines is %v", c.reason, !c.wraps)
		}
		if text := part(t, path, "xl/worksheets/sheet1.xml"); c.wraps != strings.Contains(text, `<row r="1" ht="`) {
			t.Errorf("%s: its row has the height of several lines is %v", c.reason, !c.wraps)
		}
	}
}

func TestABriefTablePrintsItsFirstRowsAlone(t *testing.T) {
	for _, c := range []struct {
		first, limit int
		want         []string
	}{
		{2, 0, []string{"'Liste'!$A$1:$D$5<"}},
		{0, 0, []string{"'Liste'!$A$1:$D$2<"}}, // no header over nothing
		{999, 0, []string{"'Liste'!$A$1:$D$103<"}},
		{2, 64, []string{"'Liste'!$A$1:$D$5<", "'Liste (2)'!$A$1:$D$2<"}},
	} {
		wb := workbook(rows(100))
		list := wb.Sheets[1]
		list.Table.Brief, list.Table.First = true, c.first
		path, _ := write(t, wb, xlsx.Options{SheetRows: c.limit})
		text := part(t, path, "xl/workbook.xml")
		for _, want := range c.want {
			if !strings.Contains(text, `name="_xlnm.Print_Area">`+want) {
				t.Errorf("first %d, sheets of %d rows: no print area %s", c.first, c.limit, want)
			}
		}
	}
}

func TestALinkThatTakesSeveralLinesIsAText(t *testing.T) {
	for _, c := range []struct {
		text   string
		linked bool
	}{{"court", true}, {strings.Repeat("service ", 4), false}} { // LibreOffice keeps a link on one line, cut
		cell := reports.T(c.text).As(reports.Body).To("Étroit")
		path, _ := write(t, narrow(c.text, reports.Line{Cells: []reports.Cell{cell, reports.A(1).As(reports.Body)}}), xlsx.Options{})
		file := open(t, path, "")
		if linked, _, err := file.GetCellHyperLink("Étroit", "A1"); err != nil || linked != c.linked {
			t.Errorf("%q: a link is %v, %v", c.text, linked, err)
		}
	}
}
