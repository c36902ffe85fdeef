package reports

import (
	"slices"

	"bascule/reconcile"
)

// bridgeParts are the columns that the chart of a bridge draws: what lifts a bar,
// then the parts of the bar above and under nought, for a step up, a step down and
// the whole.
var bridgeParts = []struct {
	key string
	ink Ink
}{{"bridge.base", InkUnseen}, {"bridge.up", InkUp}, {"bridge.up_under", InkUp}, {"bridge.down", InkDown}, {"bridge.down_under", InkDown}, {"bridge.whole", InkSoft}}

// bridgeChart draws the steps from nought, the mass of the legacy side, to the
// difference in all. top is the row of the header of the bridge, at the row where
// the chart stands.
func (v *budgetView) bridgeChart(lines []Line, top, at int) []Chart {
	steps := v.bridge()
	if len(steps) == 0 {
		return nil
	}
	deltas := make([]reconcile.Amount, len(steps))
	for i := range steps {
		deltas[i] = steps[i].delta
	}
	chart := v.m.bridgeChart(deltas, lines, spreadWidth, top+2)
	chart.Row, chart.Col, chart.Width, chart.Height = at, 1, pixels(budgetWidths[:halfColumns]), 330
	return []Chart{chart}
}

// pixels is the width of some columns.
func pixels(widths []int) int {
	const digit = 7
	sum := 0
	for _, w := range widths {
		sum += w * digit
	}
	return sum
}

// bridgeChart draws steps end to end from nought, and their whole after the last.
// It writes what it draws right of a page of some columns, on the rows from first
// on, where the steps are named.
func (m *messages) bridgeChart(deltas []reconcile.Amount, lines []Line, pageWidth, first int) Chart {
	var series []Series
	var level reconcile.Amount
	levels := make([]reconcile.Amount, 0, len(deltas))
	names := first - 3
	header := make([]Cell, len(bridgeParts))
	for i, part := range bridgeParts {
		header[i] = T(m.t(part.key)).As(Muted)
		col := pageWidth + 2 + i
		series = append(series, Series{Name: Range{col, names + 1, names + 1}, Values: Range{col, first, first + len(deltas)}, Ink: part.ink})
	}
	beside(&lines[names], pageWidth, header)
	for i, delta := range deltas {
		beside(&lines[first-1+i], pageWidth, bridgeCells(level, level+delta))
		level += delta
		levels = append(levels, level)
	}
	whole := make([]Cell, len(bridgeParts))
	whole[len(whole)-1] = D(level).As(Muted)
	beside(&lines[first-1+len(deltas)], pageWidth, whole)
	unit, name := m.unitOf(levels...)
	return Chart{Title: m.t("chart.bridge", name), Kind: Stack, Unit: unit, Categories: Range{1, first, first + len(deltas)}, Series: series,
		Step: axisStep(levels), AltText: m.t("chart.bridge.alt", m.delta(level))}
}

// axisStep is a round number of euros that cuts an axis from the lowest of some
// levels to the highest, nought included, in few parts: marks of six letters
// touch each other where a program draws more.
func axisStep(levels []reconcile.Amount) int {
	const few, cents = 6, 100
	low, high := slices.Min(append(levels, 0)), slices.Max(append(levels, 0))
	for unit := reconcile.Amount(cents); ; unit *= 10 {
		for _, round := range [...]reconcile.Amount{1, 2, 5} {
			if high-low <= few*round*unit {
				return int(round * unit / cents)
			}
		}
	}
}

// beside adds cells right of a page of some columns.
func beside(l *Line, pageWidth int, cells []Cell) {
	for len(l.Cells) < pageWidth+1 {
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
