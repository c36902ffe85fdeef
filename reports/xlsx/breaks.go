package xlsx

import (
	"slices"

	"bascule/reports"
)

// The printed page, A4 in landscape within its margins, and how Excel measures
// what it prints there.
const (
	pageWidth, pageHeight = 11.69, 8.27 // inches
	pageSide, pageTop     = 0.4, 0.4
	pageBottom, pageFoot  = 0.6, 0.25
	pointsPerInch         = 72
	digitWidth            = 5.56 / pointsPerInch // what a column counts by: a digit of Arial 10, which Excel rounds down to whole pixels
	defaultHeight         = 15                   // of a row that does not say its own, in points
	pageSlack             = 0.98                 // programs differ by some points in a page
)

// inBlocks tells whether a sheet is cut in blocks that printing keeps whole.
func inBlocks(s *reports.Sheet) bool {
	return slices.ContainsFunc(s.Lines, func(l reports.Line) bool { return l.Block })
}

// pageScale is the percentage at which a sheet in blocks is one page wide: Excel
// heeds no page break of a sheet that it fits to a page by itself. It is somewhat
// smaller where that keeps on one page a block that would not fit.
func pageScale(s *reports.Sheet) uint {
	const smallest, whole, smaller = 10, 100, 0.85 // Excel's own bound, no scaling, and what still reads well
	wide := 0
	for _, w := range s.Widths {
		wide += w
	}
	room := (pageWidth - 2*pageSide) * pageSlack
	scale := max(smallest, min(whole, room*whole/(float64(max(wide, 1))*digitWidth)))
	least := scale * smaller
	for _, b := range blocksOf(s) {
		if fits := pageRoom / b.height * whole; b.block && fits >= least {
			scale = min(scale, fits)
		}
	}
	return uint(scale)
}

// pageRoom is the height that a page has for rows, in points.
const pageRoom = (pageHeight - pageTop - pageBottom) * pointsPerInch * pageSlack

// extent is a block, or what stands before the first, from a row on.
type extent struct {
	row    int
	height float64 // in points
	block  bool
}

func blocksOf(s *reports.Sheet) []extent {
	var list []extent
	for i := range s.Lines {
		l := &s.Lines[i]
		if i == 0 || l.Block {
			list = append(list, extent{row: i + 1, block: l.Block})
		}
		list[len(list)-1].height += rowHeight(l, s.Widths)
	}
	return list
}

// pageBreaks are the rows that begin a page, so that no block is cut that a page
// can hold. After one that no page holds, the next begins a page of its own.
func pageBreaks(s *reports.Sheet) []int {
	if !inBlocks(s) {
		return nil
	}
	room := pageRoom * 100 / float64(pageScale(s))
	var rows []int
	used := 0.0
	for _, b := range blocksOf(s) {
		if b.block && used > 0 && used+b.height > room {
			rows = append(rows, b.row)
			used = 0
		}
		used += b.height
	}
	return rows
}

// rowHeight is the height of a line, in points.
func rowHeight(l *reports.Line, widths []int) float64 {
	height := linesIn(l, widths)
	if height == 0 || len(l.Cells) == 0 {
		return defaultHeight
	}
	return float64(min(height, tallest)) * lineHeight
}

// linesIn is the number of lines of text that a line needs, 0 for the usual one:
// that of its wrapped texts, where it is more than what it asks for.
func linesIn(l *reports.Line, widths []int) int {
	height := l.Height
	for i := range l.Cells {
		if wraps := l.Cells[i].Wrap || l.Cells[i].Role == reports.Header; wraps && i < len(widths) {
			height = max(height, linesOf(l.Cells[i].Text, widths[i]))
		}
	}
	return height
}
