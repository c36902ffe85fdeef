package xlsx

import (
	"github.com/xuri/excelize/v2"

	"bascule/reports"
)

// chart draws a native chart from cells of the page.
func (p *page) chart(c *reports.Chart) error {
	gap, vary := uint(50), false
	kind, format := excelize.Bar, p.either(`[$-40C]#,##0`, `#,##0`)
	label := excelize.ChartDataLabelsPositionOutsideEnd
	if c.Line {
		kind, label = excelize.Line, excelize.ChartDataLabelsPositionAbove
	}
	if c.Percent {
		format = p.either(`[$-40C]0.0\ %`, `0.0%`)
	}
	font := excelize.Font{Family: textFont, Size: textSize - 2, Color: ink}
	return p.file.AddChart(p.name, cellName(c.Col, c.Row), &excelize.Chart{
		Type: kind,
		Series: []excelize.ChartSeries{{
			Categories: p.reference(c.Categories), Values: p.reference(c.Values),
			Fill: solid(navy), Line: excelize.LineOptions{Width: 2, Fill: solid(navy)}, DataLabelPosition: label, DataLabel: excelize.ChartDataLabel{Font: font}, Marker: excelize.ChartMarker{Symbol: "circle", Size: 6, Fill: solid(navy)},
		}},
		Format:     excelize.GraphicOptions{AltText: c.AltText, Name: c.Title, Positioning: "oneCell"},
		Dimension:  excelize.ChartDimension{Width: uint(c.Width), Height: uint(c.Height)},
		Legend:     excelize.ChartLegend{Position: "none"},
		Title:      excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.Title, Font: &excelize.Font{Family: textFont, Size: textSize, Bold: true, Color: navy}}}},
		VaryColors: &vary,
		XAxis:      excelize.ChartAxis{Font: font, ReverseOrder: !c.Line, TickLabelPosition: excelize.ChartTickLabelLow},
		YAxis:      excelize.ChartAxis{Font: font, MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: format}},
		PlotArea:   excelize.ChartPlotArea{ShowVal: c.Line, NumFmt: excelize.ChartNumFmt{CustomNumFmt: format}},
		GapWidth:   &gap,
	})
}

func (p *page) reference(r reports.Range) string {
	return quoted(p.name) + "!" + absolute(r.Col, r.First) + ":" + absolute(r.Col, r.Last)
}
