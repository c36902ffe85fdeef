package reports

import (
	"slices"

	"bascule/reconcile"
)

// bridgeSeries are the columns of the chart of the bridge: what lifts a bar, then
// the parts of the bar above and under nought, for a step up, a step down and
// the whole.
var bridgeSeries = []struct {
	key string
	ink Ink
}{{"bridge.base", InkUnseen}, {"bridge.up", InkUp}, {"bridge.up_under", InkUp}, {"bridge.down", InkDown}, {"bridge.down_under", InkDown}, {"bridge.whole", InkSoft}}

// bridgeChart draws the steps end to end from nought, the mass of the legacy
// side, to the difference in all. It writes what it draws right of the page: top
// is the row of the header of the bridge, at the row where the chart stands.
func (v *budgetView) bridgeChart(lines []Line, top, at int) []Chart {
	steps := v.bridge()
	if len(steps) == 0 {
		return nil
	}
	const first = spreadWidth + 1 // column before the series
	header := make([]Cell, len(bridgeSeries))
	for i, s := range bridgeSeries {
		header[i] = T(v.m.t(s.key)).As(Muted)
	}
	beside(&lines[top-1], header)
	var level reconcile.Amount
	for i, s := range steps {
		beside(&lines[top+1+i], bridgeCells(level, level+s.delta))
		level += s.delta
	}
	whole := make([]Cell, len(bridgeSeries))
	whole[len(whole)-1] = D(level).As(Muted)
	beside(&lines[top+1+len(steps)], whole)
	chart := Chart{
		Title: v.m.t("chart.bridge"), Kind: Stack, Row: at, Col: 1, Width: 800, Height: 330,
		Categories: Range{1, top + 2, top + 2 + len(steps)}, AltText: v.m.t("chart.bridge.alt", v.m.delta(level)),
	}
	for i, s := range bridgeSeries {
		col := first + 1 + i
		chart.Series = append(chart.Series, Series{Name: Range{col, top, top}, Values: Range{col, top + 2, top + 2 + len(steps)}, Ink: s.ink})
	}
	return []Chart{chart}
}

// beside adds cells right of the page.
func beside(l *Line, cells []Cell) {
	for len(l.Cells) < spreadWidth+1 {
		l.Cells = append(l.Cells, Cell{})
	}
	l.Cells = append(slices.Clip(l.Cells), cells...)
}

// bridgeCells cut a step from one level to another into what lifts its bar and
// the parts of the bar on both sides of nought.
func bridgeCells(from, to reconcile.Amount) []Cell {
	low, high := min(from, to), max(from, to)
	var base reconcile.Amount
	switch {
	case low > 0:
		base = low
	case high < 0:
		base = high
	}
	above, under := max(high, 0)-max(low, 0), min(low, 0)-min(high, 0)
	up, down := []Cell{D(above).As(Muted), D(under).As(Muted)}, make([]Cell, 2)
	if to < from {
		up, down = down, up
	}
	return slices.Concat([]Cell{D(base).As(Muted)}, up, down)
}
