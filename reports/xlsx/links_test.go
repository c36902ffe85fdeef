package xlsx_test

import (
	"strings"
	"testing"

	"bascule/reports"
	"bascule/reports/xlsx"
)

// linked is a page whose links lead to marks of a table that comes after it, of n
// rows, each third of which is a root: the two that follow stand under it. A
// pivot table reads that table.
func linked(n int) *reports.Workbook {
	rows := func(yield func([]reports.Cell, error) bool) {
		for i := range n {
			row := []reports.Cell{reports.T("ligne"), reports.N(i)}
			switch {
			case i%3 > 0:
				row[0].Level = 1
			case i == 63:
				row[0].Mark = "far"
			case i == 3:
				row[0].Mark, row[1] = "near", row[1].ToMark("Page", "near")
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	list := &reports.Sheet{Name: "Liste", Lines: []reports.Line{{Cells: []reports.Cell{reports.T("Titre")}}}, Table: &reports.Table{
		Name: "T_Liste", Columns: []reports.Column{{Key: "a", Header: "Nom", Width: 20}, {Key: "b", Header: "Nombre", Type: reports.Count, Width: 10}}, Outline: true, Rows: rows,
	}}
	page := &reports.Sheet{Name: "Page", Lines: []reports.Line{{Cells: []reports.Cell{reports.T("Page")}},
		{Cells: []reports.Cell{reports.T("loin").ToMark("Liste", "far"), reports.T("près").ToMark("Liste", "near"), reports.T("nulle part").ToMark("Liste", "none")}},
		{Cells: []reports.Cell{reports.T("Nom"), reports.T("Σ")}}, {Cells: []reports.Cell{reports.T("ligne"), reports.N(7)}}, {Cells: []reports.Cell{reports.T("Total"), reports.N(7)}}}}
	if n < 60 {
		page.Pivot = &reports.Pivot{Name: "Croise", Source: list, Rows: n, Row: 3, Col: 1, Height: 3, Labels: []string{"Nom"}, Sums: []reports.PivotSum{{Column: "Nombre", Name: "Σ", Counts: true}}}
	}
	return &reports.Workbook{Title: "Essai", Lang: "fr", Sheets: []*reports.Sheet{page, list}}
}

func TestLinksLeadToTheRowThatBearsTheirMark(t *testing.T) {
	path, _ := write(t, linked(100), xlsx.Options{SheetRows: 64})
	page, first, next := part(t, path, "xl/worksheets/sheet1.xml"), part(t, path, "xl/worksheets/sheet2.xml"), part(t, path, "xl/worksheets/sheet3.xml")
	for _, c := range []struct{ text, want, reason string }{
		{page, `<hyperlink ref="A2" location="'Liste (2)'!A4"`, "a row that the continuation holds"},
		{page, `<hyperlink ref="B2" location="'Liste'!A6"`, "a row of the first sheet"},
		{page, `<hyperlink ref="C2" location="'Liste'!A1"`, "a mark that no row bears leads to the top"},
		{first, `<hyperlink ref="B6" location="'Page'!B2"`, "and back"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%s: no %s", c.reason, c.want)
		}
	}
	if strings.Contains(next, "<hyperlink ") {
		t.Error("a link is written twice")
	}
}

func TestRowsStandUnderTheirRootOnEverySheet(t *testing.T) {
	path, _ := write(t, linked(100), xlsx.Options{SheetRows: 64})
	for sheet, under := range map[string]int{"xl/worksheets/sheet2.xml": 41, "xl/worksheets/sheet3.xml": 25} {
		text := part(t, path, sheet)
		for _, want := range []string{`<outlinePr summaryBelow="false">`, `outlineLevelRow="1"`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s", sheet, want)
			}
		}
		if n := strings.Count(text, `outlineLevel="1"`); n != under {
			t.Errorf("%s: %d rows under a root, wanted %d", sheet, n, under)
		}
	}
	if text := part(t, path, "xl/worksheets/sheet1.xml"); strings.Contains(text, "outlineLevelRow") {
		t.Error("a page without levels has the margin of an outline")
	}
}

func TestAPivotTableReadsAStreamedTable(t *testing.T) {
	path, _ := write(t, linked(20), xlsx.Options{})
	for _, c := range []struct{ part, text, reason string }{
		{"xl/pivotCache/pivotCacheDefinition1.xml", `<worksheetSource ref="A2:B22" sheet="Liste">`, "its source"},
		{"xl/pivotCache/pivotCacheDefinition1.xml", `<cacheField name="Nombre"`, "the fields of the source"},
		{"xl/pivotCache/pivotCacheDefinition1.xml", `refreshOnLoad="true"`, "it is made again on opening"},
		{"xl/pivotTables/pivotTable1.xml", `<location ref="A3:B5"`, "where it stands"},
		{"xl/pivotTables/pivotTable1.xml", `<dataField name="Σ" fld="1" subtotal="sum" numFmtId="3">`, "what it adds up"},
		{"xl/worksheets/_rels/sheet1.xml.rels", `pivotTable1.xml`, "the sheet that shows it"},
		{"xl/worksheets/sheet2.xml", `<is><t>ligne</t></is>`, "the rows of the source"},
		{"xl/tables/table1.xml", `ref="A2:B22"`, "the source is a table"},
	} {
		if text := part(t, path, c.part); !strings.Contains(text, c.text) {
			t.Errorf("%s: %s holds no %s\n%s", c.reason, c.part, c.text, text)
		}
	}
	wb := linked(59)
	wb.Sheets[0].Pivot.Rows = 63
	if _, err := xlsx.Write(t.TempDir()+"/e.xlsx", wb, xlsx.Options{SheetRows: 64}); err == nil {
		t.Error("a source that takes two sheets is accepted: its pivot table would miss rows")
	}
}
