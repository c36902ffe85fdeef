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
	begins := func(l reports.Line) bool { return l.Block }
	return slices.ContainsFunc(s.Lines, begins) || slices.ContainsFunc(s.Below, begins)
}

// pageScale is the percentage at which a sheet in blocks is one page wide: Excel
// heeds no page break of a sheet that it fits to a page by itself. It is somewhat
// smaller where that keeps on one page a block that would not fit.
func pageScale(s *reports.Sheet) uint {
	const smallest, whole, smaller = 10, 100, 0.75 // Excel's own bound, no scaling, and what still reads well
	wide := 0
	for _, w := range printedWidths(s) {
		wide += w
	}
	room := (pageWidth - 2*pageSide) * pageSlack
	scale := max(smallest, min(whole, room*whole/(float64(max(wide, 1))*digitWidth)))
	if s.Table != nil {
		return uint(scale)
	}
	least := scale * smaller
	for _, height := range blockHeights(s) {
		if fits := pageRoom / height * whole; fits >= least {
			scale = min(scale, fits)
		}
	}
	return uint(scale)
}

// printedWidths are those of the columns that are printed.
func printedWidths(s *reports.Sheet) []int {
	widths, printed := widthsOf(s), s.Printed
	if s.Table != nil {
		printed = s.Table.Printed
	}
	if printed > 0 {
		return widths[:min(printed, len(widths))]
	}
	return widths
}

// pageRoom is the height that a page has for rows, in points.
const pageRoom = (pageHeight - pageTop - pageBottom) * pointsPerInch * pageSlack

// blockHeights are those of the blocks of a sheet of lines, in points.
func blockHeights(s *reports.Sheet) []float64 {
	var heights []float64
	widths := printedWidths(s)
	for i := range s.Lines {
		l := &s.Lines[i]
		if l.Block {
			heights = append(heights, 0)
		}
		if len(heights) > 0 {
			heights[len(heights)-1] += rowHeight(l, widths)
		}
	}
	return heights
}

// printedRow is a row of a sheet in blocks.
type printedRow struct {
	height float64 // in points
	block  bool    // begins a block
	joint  bool    // a block too high for a page is rather cut before it
}

// pageBreaks are the rows that begin a page, so that no block is cut that a page
// of some room can hold. One that no page holds begins a page of its own, and is
// cut at a joint where it has one. The row header, 0 for none, is printed again
// on the pages after it.
func pageBreaks(rows []printedRow, room float64, header int) []int {
	var breaks []int
	used := 0.0
	begin := func(at int) {
		breaks, used = append(breaks, at+1), 0
		if header > 0 && at >= header {
			used = rows[header-1].height
		}
	}
	for at := 0; at < len(rows); {
		end := at + 1
		for end < len(rows) && !rows[end].block {
			end++
		}
		height := heightOf(rows[at:end])
		if used > 0 && used+height > room && at != header {
			begin(at)
		}
		for used+height > room {
			cut := at + cutOf(rows[at:end], room-used)
			if cut >= end {
				break
			}
			height -= heightOf(rows[at:cut])
			at = cut
			begin(at)
		}
		used, at = used+height, end
	}
	return breaks
}

func heightOf(rows []printedRow) float64 {
	height := 0.0
	for i := range rows {
		height += rows[i].height
	}
	return height
}

// cutOf is how many rows of a block that is too high go on a page with some room:
// up to the last joint of its lower half, or else as many as it holds, but for the
// few that no page should hold alone.
func cutOf(block []printedRow, room float64) int {
	const few = 5
	fits, joint, height := 0, 0, 0.0
	for fits < len(block) && height+block[fits].height <= room {
		height += block[fits].height
		if fits++; fits < len(block) && block[fits].joint && 2*height >= room {
			joint = fits
		}
	}
	if joint > 0 && len(block)-joint >= few {
		return joint
	}
	return max(1, min(fits, len(block)-few))
}

// rowHeight is the height of a line, in points.
func rowHeight(l *reports.Line, widths []int) float64 {
	if len(l.Cells) == 0 {
		return defaultHeight
	}
	return float64(min(max(linesIn(l, widths), 1), tallest)) * lineHeight
}

// linesIn is the number of lines of text that a line needs, 0 for the usual one:
// that of its wrapped texts, where it is more than what it asks for. widths are
// those of the columns printed.
func linesIn(l *reports.Line, widths []int) int {
	height := l.Height
	for i := range l.Cells {
		if c := &l.Cells[i]; i < len(widths) && wraps(l.Cells, i, widths) {
			height = max(height, linesOf(c.Text, roomFor(c, widths[i]), bolder(c)))
		}
	}
	return height
}

// roomFor is what a column of some width holds of a text.
func roomFor(c *reports.Cell, width int) int {
	if !inList(c.Role) && !c.Inset {
		return reports.Room(width) + reports.Indent
	}
	return reports.Room(width)
}

// bolder is what each letter of a text takes more.
func bolder(c *reports.Cell) int {
	if bold(c.Role) {
		return reports.Bolder
	}
	return 0
}

// wraps tells whether the text of cell i takes the lines that it needs: where it
// asks for them, and in a list, where it would be cut at the cell or the edge of
// the paper that stops it, or would bring a page that it runs over to.
func wraps(cells []reports.Cell, i int, widths []int) bool {
	c := &cells[i]
	if c.Wrap || c.Role == reports.Header || c.Role == reports.Paragraph {
		return true
	}
	if c.Type != reports.Text || c.Large || !inList(c.Role) || i >= len(widths) {
		return false
	}
	width, next := widths[i], i+1
	for next < len(widths) && (next >= len(cells) || cells[next].Type == reports.Blank) {
		width, next = width+widths[next], next+1
	}
	return linesOf(c.Text, roomFor(c, width), bolder(c)) > 0
}
