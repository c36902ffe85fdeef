package xlsx_test

import (
	"archive/zip"
	"io"
	"strings"
	"testing"

	"bascule/reports"
	"bascule/reports/xlsx"
)

// part reads one XML part of a file.
func part(t *testing.T, path, name string) string {
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
	return strings.ReplaceAll(strings.ReplaceAll(string(text), "&#34;", `"`), "&#39;", "'")
}

// What the stream loses without a word when it is set in the wrong order is
// looked for in the XML.
func TestNothingIsLostInTheStream(t *testing.T) {
	path, _ := write(t, workbook(rows(20)), xlsx.Options{Creator: "bascule 0.1"})
	for _, c := range []struct{ part, text, reason string }{
		{"xl/worksheets/sheet1.xml", `<tabColor rgb="16A34A">`, "colour of the tab"},
		{"xl/worksheets/sheet1.xml", `<pageSetUpPr fitToPage="true">`, "fit to page"},
		{"xl/worksheets/sheet1.xml", `fitToHeight="1"`, "one page"},
		{"xl/worksheets/sheet1.xml", `<drawing `, "chart"},
		{"xl/worksheets/sheet1.xml", `<hyperlink ref="A2" location="'Liste'!A1"`, "link to a sheet"},
		{"xl/worksheets/sheet2.xml", `location="'Page l''une'!A1"`, "link to a name with a quote"},
		{"xl/worksheets/sheet2.xml", `fitToHeight="0" fitToWidth="1" orientation="landscape" paperSize="9"`, "A4 landscape, one page wide"},
		{"xl/worksheets/sheet2.xml", `<pane activePane="bottomRight" state="frozen" topLeftCell="B4" xSplit="1" ySplit="3">`, "frozen header and key column"},
		{"xl/worksheets/sheet2.xml", `<cols><col min="1" max="1" width="20" customWidth="1"/><col min="2"`, "widths, from the left"},
		{"xl/worksheets/sheet2.xml", `<sheetProtection sheet="true"`, "protection"},
		{"xl/worksheets/sheet2.xml", `formatColumns="false"`, "columns may be formatted"},
		{"xl/worksheets/sheet2.xml", `autoFilter="false"`, "rows may be filtered"},
		{"xl/worksheets/sheet2.xml", `<conditionalFormatting sqref="H4:H23">`, "rules"},
		{"xl/worksheets/sheet2.xml", `<formula>"Justifié"</formula>`, "rules tell by the text"},
		{"xl/worksheets/sheet2.xml", `type="list"><formula1>Choix</formula1>`, "drop-down fed by a list"},
		{"xl/worksheets/sheet2.xml", `sqref="I4:I23"`, "drop-down on the rows"},
		{"xl/worksheets/sheet2.xml", `<tablePart r:id=`, "table"},
		{"xl/worksheets/sheet2.xml", `numberStoredAsText="true"`, "no green corners"},
		{"xl/worksheets/sheet2.xml", `&amp;R&amp;8&amp;P / &amp;N`, "page x / y"},
		{"xl/worksheets/sheet2.xml", `&amp;C&amp;8Essai &amp;&amp; co`, "an ampersand of the title is no command"},
		{"xl/worksheets/sheet2.xml", `<is><t>=AGENT(7)</t></is>`, "a text that looks like a formula is text"},
		{"xl/tables/table1.xml", `ref="A3:J23"`, "range of the table"},
		{"xl/tables/table1.xml", `name="Écart"`, "headers of the table"},
		{"xl/workbook.xml", `name="_xlnm.Print_Titles">'Liste'!$3:$3<`, "header repeated on each page"},
		{"xl/workbook.xml", `name="_xlnm.Print_Area">'Liste'!$A$1:$D$23<`, "columns printed"},
		{"xl/workbook.xml", `name="Choix">'Choix'!$A$2:$A$3<`, "list of the drop-down"},
		{"xl/charts/chart1.xml", `'Page l''une'!$B$2:$B$3`, "figures of the chart"},
		{"xl/drawings/drawing1.xml", `deux barres`, "the chart has a text for those who do not see it"},
		{"docProps/core.xml", `<dc:creator>bascule 0.1<`, "author"},
		{"docProps/core.xml", `<dc:language>fr-FR<`, "language"},
		{"docProps/core.xml", `>2013-12-21T02:15:00Z<`, "the date is the run's, not the clock's"},
		{"docProps/app.xml", `<Application>bascule 0.1<`, "application"},
	} {
		if text := part(t, path, c.part); !strings.Contains(text, c.text) {
			t.Errorf("%s: %s holds no %s", c.reason, c.part, c.text)
		}
	}
	if text := part(t, path, "xl/worksheets/sheet2.xml"); strings.Contains(text, "mergeCell") || strings.Contains(text, "<f>") {
		t.Error("the sheet has merged cells or formulas")
	}
}

func TestAmountsAreNumbersAsTheLanguageWritesThem(t *testing.T) {
	for _, c := range []struct{ lang, money, delta string }{
		{"fr", `[$-40C]#,##0.00\ "€"_0_!;[$-40C]\-#,##0.00\ "€"_0_!`, `[$-40C]\+#,##0.00\ "€"_0_!;[Red][$-40C]\-#,##0.00\ "€"_0_!;[$-40C]0.00\ "€"_0_!`},
		{"en", `[$€-809]#,##0.00_0_!;\-[$€-809]#,##0.00_0_!`, `\+[$€-809]#,##0.00_0_!;[Red]\-[$€-809]#,##0.00_0_!;[$€-809]0.00_0_!`},
	} {
		wb := workbook(rows(3))
		wb.Lang = c.lang
		path, _ := write(t, wb, xlsx.Options{})
		file := open(t, path, "")
		for cell, format := range map[string]string{"B4": c.money, "C4": c.delta} {
			id, err := file.GetCellStyle("Liste", cell)
			if err != nil {
				t.Fatal(err)
			}
			style, err := file.GetStyle(id)
			if err != nil || style.CustomNumFmt == nil || *style.CustomNumFmt != format {
				t.Errorf("%s, %s: %v %v", c.lang, cell, style.CustomNumFmt, err)
			}
		}
		if text := part(t, path, "xl/worksheets/sheet2.xml"); !strings.Contains(text, `<v>-10000</v>`) || !strings.Contains(text, `<v>3333.33</v>`) {
			t.Errorf("%s: the amounts of the first row are no numbers", c.lang)
		}
	}
}

func TestOnlyTheReviewersCellsAreUnlocked(t *testing.T) {
	path, _ := write(t, workbook(rows(3)), xlsx.Options{})
	file := open(t, path, "")
	for _, c := range []struct {
		cell   string
		locked bool
	}{{"A1", true}, {"A3", true}, {"I3", true}, {"A4", true}, {"H6", true}, {"I4", false}, {"J6", false}} {
		id, err := file.GetCellStyle("Liste", c.cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := file.GetStyle(id)
		if err != nil || style.Protection == nil || style.Protection.Locked != c.locked {
			t.Errorf("%s: %+v %v", c.cell, style.Protection, err)
		}
	}
}

func TestAwkwardTextsComeBackAsTheyWere(t *testing.T) {
	texts := []string{"=HYPERLINK(\"http://x\";\"y\")", "+33", "@SUM(A1)", "-1", " blancs ", "a\tb\x00c", "_x0041_", "😀 é", "<b>&amp;</b>", strings.Repeat("é", 40_000), "x\u202ey"}
	list := func(yield func([]reports.Cell, error) bool) {
		for i, s := range texts {
			row := invented(i)
			row[0] = reports.T(s)
			if !yield(row, nil) {
				return
			}
		}
	}
	path, _ := write(t, workbook(list), xlsx.Options{})
	rows, err := open(t, path, "").GetRows("Liste")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range texts {
		got, want := rows[i+3][0], reports.Clean(s)
		if len(want) > 40_000 {
			got, want = got[:100], want[:100]
		}
		if got != want {
			t.Errorf("%q comes back as %q", want, got)
		}
	}
}

func TestALongTextMakesItsRowHigher(t *testing.T) {
	list := func(yield func([]reports.Cell, error) bool) {
		for i, s := range []string{"court", strings.Repeat("NOM À RALLONGE ", 4)} {
			row := invented(i)
			row[0] = reports.T(s)
			if !yield(row, nil) {
				return
			}
		}
	}
	path, _ := write(t, workbook(list), xlsx.Options{})
	text := part(t, path, "xl/worksheets/sheet2.xml")
	if !strings.Contains(text, `<row r="4">`) || !strings.Contains(text, `<row r="5" ht="54" customHeight="1">`) {
		t.Errorf("the heights are wrong: %s", text[strings.Index(text, "<row"):][:400])
	}
}

func TestAFooterIsNeverTooLongForExcel(t *testing.T) {
	for _, c := range []struct{ text, want, reason string }{
		{"Écarts & co", "Écarts && co", "a short one is whole"},
		{"2013", " 2013", "a digit is no size"},
		{strings.Repeat("x", 200), strings.Repeat("x", 109) + "…", "a long one is cut"},
		{strings.Repeat("&", 200), strings.Repeat("&&", 54) + "…", "no command is cut in two"},
		{strings.Repeat("😀", 200), strings.Repeat("😀", 54) + "…", "some letters count for two"},
	} {
		wb := workbook(rows(1))
		wb.Title, wb.Footer = c.text, c.text
		path, _ := write(t, wb, xlsx.Options{})
		file := open(t, path, "")
		footer, err := file.GetHeaderFooter("Liste")
		if want := "&L&8" + c.want + "&C&8" + c.want + "&R&8&P / &N"; err != nil || footer.OddFooter != want {
			t.Errorf("%s: %q %v", c.reason, footer.OddFooter, err)
		}
	}
}
