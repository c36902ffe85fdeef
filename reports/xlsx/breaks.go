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

// pageScale is the percentage at which some columns are one page wide: Excel
// heeds no page break of a sheet that it fits to a page by itself.
func pageScale(widths []int) uint {
	wide := 0
	for _, w := range widths {
		wide += w
	}
	const smallest, whole = 10, 100 // Excel's own bound, then no scaling
	room := (pageWidth - 2*pageSide) * pageSlack
	return uint(max(smallest, min(whole, int(room*whole/(float64(max(wide, 1))*digitWidth)))))
}

// pageBreaks are the rows that begin a page, so that no block is cut that a page
// can hold. After one that no page holds, the next begins a page of its own.
func pageBreaks(s *reports.Sheet) []int {
	room := (pageHeight - pageTop - pageBottom) * pointsPerInch * pageSlack * 100 / float64(pageScale(s.Widths))
	var rows []int
	used := 0.0
	for i := 0; i < len(s.Lines); {
		end, height := i+1, rowHeight(&s.Lines[i], s.Widths)
		for ; end < len(s.Lines) && !s.Lines[end].Block; end++ {
			height += rowHeight(&s.Lines[end], s.Widths)
		}
		if s.Lines[i].Block && used > 0 && used+height > room {
			rows = append(rows, i+1)
			used = 0
		}
		used += height
		i = end
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
		if l.Cells[i].Wrap && i < len(widths) {
			height = max(height, linesOf(l.Cells[i].Text, widths[i]))
		}
	}
	return height
}
