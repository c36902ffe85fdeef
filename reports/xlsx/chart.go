package xlsx

import (
	"github.com/xuri/excelize/v2"

	"bascule/reports"
)

// inks are the colours of the series. What goes up and what goes down are told
// apart in grey too: one is dark, the other light.
var inks = map[reports.Ink]string{
	reports.InkMain: navy, reports.InkUp: navy, reports.InkDown: "E69F00", reports.InkLimit: "B91C1C", reports.InkSoft: "8FB3DD",
}

// chart draws a native chart from cells of the page. Series that are lines lie
// over its columns, on the same axes.
func (p *page) chart(c *reports.Chart) error {
	var bars, lines []reports.Series
	for _, s := range c.Series {
		if s.Line {
			lines = append(lines, s)
		} else {
			bars = append(bars, s)
		}
	}
	charts := []*excelize.Chart{p.drawn(c, c.Kind, bars)}
	if len(lines) > 0 {
		charts = append(charts, p.drawn(c, reports.Curve, lines))
	}
	return p.file.AddChart(p.name, cellName(c.Col, c.Row), charts[0], charts[1:]...)
}

// drawn is the part of a chart that draws some series alike.
func (p *page) drawn(c *reports.Chart, kind reports.ChartKind, series []reports.Series) *excelize.Chart {
	gap, overlap, vary := uint(50), 0, false
	format := p.either(`[$-40C]#,##0`, `#,##0`)
	switch {
	case c.Percent:
		format = p.either(`[$-40C]0.0\ %`, `0.0%`)
	case c.Unit == reports.Thousands:
		format = p.either(`[$-40C]#,##0,`, `#,##0,`)
	case c.Unit == reports.Millions:
		format = p.either(`[$-40C]#,##0,,`, `#,##0,,`)
	}
	font := excelize.Font{Family: textFont, Size: textSize - 2, Color: ink}
	chart := &excelize.Chart{
		Format:     excelize.GraphicOptions{AltText: c.AltText, Name: c.Title, Positioning: "oneCell"},
		Dimension:  excelize.ChartDimension{Width: uint(c.Width), Height: uint(c.Height)},
		Legend:     excelize.ChartLegend{Position: "none"},
		Title:      excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.Title, Font: &excelize.Font{Family: textFont, Size: textSize, Bold: true, Color: navy}}}},
		VaryColors: &vary,
		XAxis:      excelize.ChartAxis{Font: font, TickLabelPosition: excelize.ChartTickLabelLow},
		YAxis:      excelize.ChartAxis{Font: font, MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: format}},
		PlotArea:   excelize.ChartPlotArea{ShowVal: kind == reports.Curve && !c.Legend, NumFmt: excelize.ChartNumFmt{CustomNumFmt: format}},
		GapWidth:   &gap,
	}
	if c.From != c.To {
		from, to := float64(c.From)/10_000, float64(c.To)/10_000
		chart.YAxis.Minimum, chart.YAxis.Maximum = &from, &to
	}
	chart.YAxis.MajorUnit = float64(c.Step)
	if c.Legend {
		chart.Legend = excelize.ChartLegend{Position: "bottom", Font: &font}
	}
	label := excelize.ChartDataLabelsPositionOutsideEnd
	switch kind {
	case reports.Bars:
		chart.Type, chart.XAxis.ReverseOrder = excelize.Bar, true
	case reports.Stack:
		chart.Type, chart.XAxis.ReverseOrder = excelize.BarStacked, true
		overlap = 100
		chart.Overlap = &overlap
	case reports.Columns:
		chart.Type = excelize.Col
	case reports.Curve:
		chart.Type, label = excelize.Line, excelize.ChartDataLabelsPositionAbove
		if c.Under {
			label = excelize.ChartDataLabelsPositionBelow
		}
	}
	for _, s := range series {
		colour := solid(inks[s.Ink])
		if s.Ink == reports.InkUnseen {
			colour = excelize.Fill{Type: "pattern"}
		}
		drawn := excelize.ChartSeries{
			Categories: p.reference(c.Categories), Values: p.reference(s.Values),
			Fill: colour, Line: excelize.LineOptions{Width: 2, Fill: colour}, DataLabelPosition: label, DataLabel: excelize.ChartDataLabel{Font: font},
			Marker: excelize.ChartMarker{Symbol: "circle", Size: 6, Fill: colour},
		}
		if s.Name.Col > 0 {
			drawn.Name = p.reference(s.Name)
		}
		chart.Series = append(chart.Series, drawn)
	}
	return chart
}

func (p *page) reference(r reports.Range) string {
	first := quoted(p.name) + "!" + absolute(r.Col, r.First)
	if r.Last <= r.First {
		return first
	}
	return first + ":" + absolute(r.Col, r.Last)
}
