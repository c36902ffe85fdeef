package reports

import (
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// pageChart is a drawing of a page, in units that are pixels on a phone: its
// letters stay legible there.
type pageChart struct {
	ID, Title, Description string
	Width, Height          int

	Lines  []pageMark
	Points string // of the curve
	Dots   []pageMark
	Bars   []pageBar
	Labels []pageMark
}

// pageMark is a line, a point or a text, at X1, Y1.
type pageMark struct {
	X1, Y1, X2, Y2 int
	Class, Text    string
}

type pageBar struct {
	X, Y, Width, Height int
	Class               string
}

const (
	chartWidth   = 340
	trendHeight  = 190
	trendTop     = 26
	trendBottom  = 150
	trendLeft    = 12
	barRow       = 40 // of the bridge: a text, then its bar
	barThickness = 14
	rateParts    = 10_000 // hundredths of a percent, in all
)

// trendChart draws the concordance over the last runs; nil when there are too few.
func (v *avisView) trendChart() *pageChart {
	runs := v.drawnRuns()
	if len(runs) < 2 {
		return nil
	}
	rates := make([]int64, len(runs))
	low, high := int64(rateParts), int64(0)
	for i := range runs {
		rates[i] = rateIn(runs[i].Identical+runs[i].Tolerated, runs[i].Matched+runs[i].Missing)
		low, high = min(low, rates[i]), max(high, rates[i])
	}
	least, most := low, high
	if low == high { // steady: in the middle
		least, most = low-1, high+1
	}
	first, last := &runs[0], &runs[len(runs)-1]
	rate := func(p *RunPoint) string { return v.m.rate(p.Identical+p.Tolerated, p.Matched+p.Missing) }
	c := &pageChart{ID: "trend-chart", Width: chartWidth, Height: trendHeight, Title: v.m.t("payslips.concordance"),
		Description: v.m.t("page.trend.desc", v.m.count(int64(len(runs))), rate(first), rate(last)),
		Lines:       []pageMark{{trendLeft, trendTop, chartWidth - trendLeft, trendTop, "grid", ""}, {trendLeft, trendBottom, chartWidth - trendLeft, trendBottom, "grid", ""}}}
	var points []string
	for i, r := range rates {
		x := trendLeft + i*(chartWidth-2*trendLeft)/(len(rates)-1)
		y := trendBottom - int((r-least)*(trendBottom-trendTop)/(most-least))
		points = append(points, fmt.Sprintf("%d,%d", x, y))
		c.Dots = append(c.Dots, pageMark{X1: x, Y1: y})
	}
	c.Points = strings.Join(points, " ")
	c.Labels = []pageMark{
		{X1: trendLeft, Y1: trendTop - 10, Text: v.m.t("page.trend.high", v.m.rate(high, rateParts)), Class: "start"},
		{X1: trendLeft, Y1: trendBottom + 16, Text: v.m.t("page.trend.low", v.m.rate(low, rateParts)), Class: "start"},
		{X1: trendLeft, Y1: trendHeight - 6, Text: v.runName(first), Class: "start"},
		{X1: chartWidth - trendLeft, Y1: trendHeight - 6, Text: v.runName(last), Class: "end"},
	}
	return c
}

// stepChart draws the steps of the bridge end to end, from no difference to the
// whole of it; nil when nothing moves.
func (v *avisView) stepChart(steps []causeStep) *pageChart {
	steps = slices.DeleteFunc(slices.Clone(steps), func(s causeStep) bool { return s.net == 0 })
	if len(steps) == 0 {
		return nil
	}
	var level, low, high reconcile.Amount
	for i := range steps {
		level += steps[i].net
		low, high = min(low, level), max(high, level)
	}
	c := &pageChart{ID: "bridge-chart", Width: chartWidth, Height: (len(steps)+1)*barRow + 6, Title: v.m.t("page.bridge"),
		Description: v.m.t("page.bridge.desc", v.m.count(int64(len(steps))), v.m.delta(level))}
	at := func(a reconcile.Amount) int { return int((a - low) * chartWidth / (high - low)) }
	bar := func(row int, label, class string, from, to, shown reconcile.Amount) {
		x, end := at(min(from, to)), at(max(from, to))
		y := row * barRow
		c.Bars = append(c.Bars, pageBar{X: min(x, chartWidth-2), Y: y + 20, Width: max(end-x, 2), Height: barThickness, Class: class})
		c.Labels = append(c.Labels, pageMark{X1: 0, Y1: y + 15, Text: label, Class: "start"}, pageMark{X1: chartWidth, Y1: y + 15, Text: v.m.delta(shown), Class: "end strong"})
	}
	level = 0
	for i := range steps {
		class := "up"
		if steps[i].net < 0 {
			class = "down"
		}
		bar(i, steps[i].label.Text, class, level, level+steps[i].net, steps[i].net)
		level += steps[i].net
	}
	bar(len(steps), v.m.t("word.total"), "whole", 0, level, level)
	c.Lines = []pageMark{{X1: at(0), Y1: 18, X2: at(0), Y2: c.Height, Class: "zero"}}
	return c
}
