package xlsx_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"bascule/reports"
	"bascule/reports/xlsx"
)

// drawn is a page of three rows of figures, with one chart.
func drawn(c reports.Chart) *reports.Workbook {
	lines := []reports.Line{{Cells: []reports.Cell{reports.T("Mois"), reports.T("Appui"), reports.T("Hausse"), reports.T("Plafond")}}}
	for i := range 3 {
		lines = append(lines, reports.Line{Cells: []reports.Cell{reports.T("m"), reports.A(100), reports.A(50), reports.J(int64(10_000 + i)), reports.S(-5, 10_000)}})
	}
	c.Title, c.Row, c.Col, c.Width, c.Height, c.AltText = "Essai", 6, 1, 300, 200, "essai"
	c.Categories = reports.Range{Col: 1, First: 2, Last: 4}
	return &reports.Workbook{Title: "Essai", Lang: "fr", Sheets: []*reports.Sheet{{Name: "Page", Widths: []int{20, 20}, Lines: lines, Charts: []reports.Chart{c}, Printed: 2}}}
}

func column(col int, ink reports.Ink, line bool) reports.Series {
	return reports.Series{Name: reports.Range{Col: col, First: 1, Last: 1}, Values: reports.Range{Col: col, First: 2, Last: 4}, Ink: ink, Line: line}
}

func TestAChartIsDrawnAsItIsTold(t *testing.T) {
	for _, c := range []struct {
		reason string
		chart  reports.Chart
		texts  []string
	}{
		{"the steps of a bridge stand end to end, on what is not seen", reports.Chart{Kind: reports.Stack, Series: []reports.Series{column(2, reports.InkUnseen, false), column(3, reports.InkDown, false)}},
			[]string{`<grouping val="stacked">`, `<overlap val="100">`, `<a:noFill>`, `<a:srgbClr val="E69F00">`, `<barDir val="bar">`, `<orientation val="maxMin">`}},
		{"a line lies over columns, and both are named", reports.Chart{Kind: reports.Columns, Legend: true, Series: []reports.Series{column(3, reports.InkSoft, false), column(4, reports.InkLimit, true)}},
			[]string{`<barDir val="col">`, `<lineChart>`, `'Page'!$C$1`, `'Page'!$D$1`, `'Page'!$D$2:$D$4`, `<legendPos val="b">`, `<a:srgbClr val="B91C1C">`}},
		{"a curve tells its values", reports.Chart{Kind: reports.Curve, Series: []reports.Series{column(3, reports.InkMain, false)}}, []string{`<lineChart>`, `<showVal val="1">`}},
		{"or tells them under it, where its title is just above", reports.Chart{Kind: reports.Curve, Under: true, Series: []reports.Series{column(3, reports.InkMain, false)}}, []string{`<dLblPos val="b">`}},
		{"an axis may begin and end where a move shows", reports.Chart{Kind: reports.Curve, Percent: true, From: 9_000, To: 9_500, Series: []reports.Series{column(3, reports.InkMain, false)}},
			[]string{`<min val="0.9">`, `<max val="0.95">`}},
	} {
		path, _ := write(t, drawn(c.chart), xlsx.Options{})
		text := part(t, path, "xl/charts/chart1.xml")
		for _, want := range c.texts {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s in\n%s", c.reason, want, text)
			}
		}
	}
}

func TestASeriesIsWrittenInTheOrderOfTheSchema(t *testing.T) {
	named, unnamed := column(3, reports.InkSoft, false), column(3, reports.InkSoft, false)
	unnamed.Name = reports.Range{}
	for _, c := range []struct {
		series []reports.Series
		bars   string // children of each series, in their order
		lines  string
	}{
		{[]reports.Series{named, column(4, reports.InkLimit, true), column(2, reports.InkUp, true)}, "idx order tx spPr invertIfNegative dLbls cat val", "idx order tx spPr marker dLbls cat val smooth"},
		{[]reports.Series{unnamed, named}, "idx order spPr invertIfNegative dLbls cat val|idx order tx spPr invertIfNegative dLbls cat val", ""},
	} {
		path, _ := write(t, drawn(reports.Chart{Kind: reports.Columns, Series: c.series}), xlsx.Options{})
		var chart struct {
			Bars  []children `xml:"chart>plotArea>barChart>ser"`
			Lines []children `xml:"chart>plotArea>lineChart>ser"`
		}
		if err := xml.Unmarshal([]byte(part(t, path, "xl/charts/chart1.xml")), &chart); err != nil {
			t.Fatal(err)
		}
		if len(chart.Bars)+len(chart.Lines) != len(c.series) {
			t.Errorf("%d bars and %d lines for %d series", len(chart.Bars), len(chart.Lines), len(c.series))
		}
		wanted := strings.Split(c.bars, "|")
		for i := range chart.Bars {
			if got := chart.Bars[i].names(); got != wanted[i] {
				t.Errorf("bar %d: %s, wanted %s", i, got, wanted[i])
			}
		}
		for i := range chart.Lines {
			if got := chart.Lines[i].names(); got != c.lines {
				t.Errorf("line %d: %s, wanted %s", i, got, c.lines)
			}
		}
	}
}

// children are the elements inside an element.
type children struct {
	All []struct{ XMLName xml.Name } `xml:",any"`
}

func (c *children) names() string {
	var names []string
	for _, e := range c.All {
		names = append(names, e.XMLName.Local)
	}
	return strings.Join(names, " ")
}

func TestAPageMayKeepColumnsOffPaper(t *testing.T) {
	path, _ := write(t, drawn(reports.Chart{Series: []reports.Series{column(2, reports.InkMain, false)}}), xlsx.Options{})
	if text := part(t, path, "xl/workbook.xml"); !strings.Contains(text, `name="_xlnm.Print_Area">'Page'!$A$1:$B$4<`) {
		t.Errorf("what stands right of the printed columns is printed: %s", text)
	}
}

func TestJobsAndSignedSharesAreNumbers(t *testing.T) {
	path, _ := write(t, drawn(reports.Chart{Series: []reports.Series{column(2, reports.InkMain, false)}}), xlsx.Options{})
	if text := part(t, path, "xl/worksheets/sheet1.xml"); !strings.Contains(text, `<v>1.0002</v>`) || !strings.Contains(text, `<v>-0.0005</v>`) {
		t.Errorf("a job to four decimals and a share are not there: %s", text)
	}
}
